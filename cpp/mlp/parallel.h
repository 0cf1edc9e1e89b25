// Work split over threads. In the flavour without threads, and until JavaScript has lent some, it is a plain
// loop.
#pragma once

#include "mlp/types.h"

namespace mlp {

constexpr int kMaxThreads = 32;

// Threads that take part, the caller's included.
int threadCount();

using Task = void(const void* context, Index index, int thread);

// Runs task(context, i, thread) once for every i in [0, count), in any order, on any thread; `thread` is
// below threadCount(). Returns when all are done. Tasks must not depend on each other, nor call parallelFor.
void parallelFor(Index count, Task* task, const void* context);

template <class Function>
void parallelFor(Index count, const Function& function) {
  parallelFor(
      count,
      [](const void* context, Index index, int thread) {
        (*static_cast<const Function*>(context))(index, thread);
      },
      &function);
}

// Multiplications that take as long as handing out a job costs, some twenty times over; measured in
// tests/bench/NOTES.md. Work of another kind is counted by what it takes of their time.
constexpr double kParallelWork = 1e5;

// How many parts to cut work of so many multiplications into: 1 where sharing it would not pay, else several
// for each thread, because none of them runs undisturbed.
inline Index partsOf(double multiplications) {
  return multiplications < kParallelWork || threadCount() == 1 ? 1 : 4 * threadCount();
}

// Runs function(begin, end, thread) on `parts` ranges that [0, count) is cut into; empty ones are left out.
template <class Function>
void parallelRanges(Index count, Index parts, const Function& function) {
  if (parts <= 1) return function(Index(0), count, 0);
  parallelFor(parts, [&](Index part, int thread) {
    const Index begin = part * count / parts;
    const Index end = (part + 1) * count / parts;
    if (begin < end) function(begin, end, thread);
  });
}

}  // namespace mlp
