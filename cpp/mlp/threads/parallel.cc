#include "mlp/threads/parallel.h"

#ifdef MLP_THREADS
#include "mlp/threads/pool.h"
#endif

namespace mlp {

#ifdef MLP_THREADS

int threadCount() { return pool::workers() + 1; }

void parallelFor(Index count, Task* task, const void* context) {
  if (count > 1 && pool::workers() > 0) {
    pool::run(count, task, context);
    return;
  }
  for (Index i = 0; i < count; ++i) task(context, i, 0);
}

#else

int threadCount() { return 1; }

void parallelFor(Index count, Task* task, const void* context) {
  for (Index i = 0; i < count; ++i) task(context, i, 0);
}

#endif

}  // namespace mlp
