// The threads that JavaScript lends: workers that entered work() once and stay there, asleep between jobs.
// WebAssembly only.
#pragma once

#include "mlp/parallel.h"

namespace mlp::pool {

// Never returns: the life of one worker. `thread` ≥ 1, each its own.
[[noreturn]] void work(int thread);

// Workers that have come in.
int entered();

// From now on jobs are shared with this many of them, which must all have come in; 0 until then.
void use(int workers);
int workers();

void run(Index count, Task* task, const void* context);

}  // namespace mlp::pool
