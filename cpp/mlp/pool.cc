#ifdef MLP_THREADS

#include "mlp/pool.h"

#include <atomic>
#include <cstdint>

namespace mlp::pool {
namespace {

// How often a worker looks for the next job before it sleeps, some 100 µs: the jobs of a training step come
// closer together than that, and waking a sleeper takes about as long.
constexpr int kSpins = 300000;

Task* task;
const void* context;

// The job's task count in the high half, the next one to hand out in the low half. In one word, so that a
// worker that comes late can never take a number of one job for a number of another.
std::atomic<std::uint64_t> ticket{0};
std::atomic<int> active{0};  // workers that may hold a ticket
std::atomic<int> inside{0};
std::atomic<int> asleep{0};  // workers that wait, or are about to
int used = 0;
std::atomic<std::uint32_t> jobs{0};  // how many there were: what sleeping workers wait on

void drain(int thread) {
  for (;;) {
    const std::uint64_t drawn = ticket.fetch_add(1);
    const std::uint32_t index = static_cast<std::uint32_t>(drawn);
    if (index >= drawn >> 32) return;
    task(context, static_cast<Index>(index), thread);
  }
}

}  // namespace

int entered() { return inside.load(); }

void use(int workers) { used = workers; }

int workers() { return used; }

void work(int thread) {
  std::uint32_t seen = jobs.load();
  inside.fetch_add(1);
  for (;;) {
    for (int spin = 0; jobs.load(std::memory_order_relaxed) == seen && spin < kSpins; ++spin) {
    }
    asleep.fetch_add(1);
    while (jobs.load() == seen) {
      __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(&jobs), static_cast<int>(seen), -1);
    }
    asleep.fetch_sub(1);
    seen = jobs.load();
    active.fetch_add(1);
    drain(thread);
    active.fetch_sub(1);
  }
}

void run(Index count, Task* newTask, const void* newContext) {
  task = newTask;
  context = newContext;
  ticket.store(static_cast<std::uint64_t>(count) << 32);
  jobs.fetch_add(1);
  if (asleep.load() > 0) {
    __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(&jobs), static_cast<unsigned>(workers()));
  }
  drain(0);
  // The main thread of a page must not sleep, and the others are nearly done.
  while (active.load() != 0) {
  }
}

}  // namespace mlp::pool

#endif  // MLP_THREADS
