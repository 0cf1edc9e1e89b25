// The threads that JavaScript lends: workers that entered work() once and stay there, asleep between jobs.
// WebAssembly only.
#pragma once

#include "mlp/threads/parallel.h"

namespace mlp::pool {

// Never returns: the life of one worker. `thread` ≥ 1, each its own.
[[noreturn]] void work(int thread);

// A counter to which a worker that dies of an error adds itself, so that its job fails instead of waiting for it.
int* deaths();

// Called in place of a job's end when a worker was lost in it; does not return. The pool is not used any more.
using LostHandler = void();
void whenLost(LostHandler* handler);

// Workers that have come in.
int entered();

// From now on jobs are shared with this many of them, which must all have come in; 0 until then.
void use(int workers);
int workers();

void run(Index count, Task* task, const void* context);

}  // namespace mlp::pool
