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

// Multiplications below which waking others costs more than it saves; measured in tests/bench/NOTES.md.
constexpr double kParallelWork = 4e5;

}  // namespace mlp
