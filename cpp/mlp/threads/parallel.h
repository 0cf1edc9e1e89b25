// Work split over threads. In the flavour without threads, and until JavaScript has lent some, it is a plain
// loop.
#pragma once

#include <cstdint>

#include "mlp/types.h"

namespace mlp {

constexpr int kMaxThreads = 32;

// Threads that take part, the caller's included. Where the build says that there is never more than one, compilers leave
// out all that would share work.
#ifdef MLP_ONE_THREAD
constexpr bool kOneThread = true;
constexpr int threadCount() { return 1; }
#else
constexpr bool kOneThread = false;
int threadCount();
#endif

using Task = void(const void* context, Index index, int thread);

// Runs task(context, i, thread) once for every i in [0, count), in any order, on any thread; `thread` is
// below threadCount(). Returns when all are done. Tasks must not depend on each other, nor call parallelFor.
void parallelFor(Index count, Task* task, const void* context);

template <class Function>
void parallelFor(Index count, const Function& function) {
  parallelFor(
      count,
      [](const void* context, Index index, int thread) { (*static_cast<const Function*>(context))(index, thread); },
      &function);
}

// Work is shared from this many multiplications on, because they take some twenty times as long as handing out a job;
// measured in tests/bench/NOTES.md. Other work is counted in multiplications that take as long.
constexpr double kParallelWork = 1e5;

// Number of parts to cut work into: 1 if sharing it would not pay, else several for each thread, because no thread runs
// undisturbed.
inline Index partsOf(double multiplications) {
  return kOneThread || multiplications < kParallelWork || threadCount() == 1 ? 1 : 4 * threadCount();
}

// First index of part `part` of [0, count), cut into `parts` of equal length, give or take one; part `parts` would
// begin at the end of the last. Computed in 64 bits, because part · count exceeds the 32 of an Index on the web from
// 2²⁴ parameters and 128 parts on.
inline Index partBegin(Index part, Index count, Index parts) {
  return static_cast<Index>(static_cast<std::int64_t>(part) * count / parts);
}

// Runs function(begin, end, thread) on `parts` ranges that [0, count) is cut into; empty ones are left out.
template <class Function>
void parallelRanges(Index count, Index parts, const Function& function) {
  if (kOneThread || parts <= 1) return function(Index(0), count, 0);
  parallelFor(parts, [&](Index part, int thread) {
    const Index begin = partBegin(part, count, parts);
    const Index end = partBegin(part + 1, count, parts);
    if (begin < end) function(begin, end, thread);
  });
}

}  // namespace mlp
