#ifdef MLP_THREADS

#include "mlp/threads/pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace mlp::pool {
namespace {

// Looks for the next job before a worker sleeps, some 100 µs, because the jobs of a training step come closer together
// than that, and waking a sleeper takes about as long.
constexpr int kSpins = 300000;

Task* task;
const void* context;

// The job's task count in the high half, the next one to hand out in the low half. In one word, so that a
// worker that comes late can never take a number of one job for a number of another.
std::atomic<std::uint64_t> ticket{0};
std::atomic<int> active{0};  // workers that may hold a ticket
std::atomic<int> inside{0};
std::atomic<int> asleep{0};  // workers that wait, or are about to
std::atomic<int> dead{0};    // workers that died in a job, who stay among the active ones for ever
int used = 0;
LostHandler* onLost = nullptr;
std::atomic<std::uint32_t> jobs{0};  // the number of jobs so far; sleeping workers wait for its change

void drain(int thread) {
  for (;;) {
    const std::uint64_t drawn = ticket.fetch_add(1);
    const std::uint32_t index = static_cast<std::uint32_t>(drawn);
    if (index >= drawn >> 32) return;
    task(context, static_cast<Index>(index), thread);
  }
}

// Milliseconds that the main thread waits for workers after its own share is done. There is a limit, because a thread
// that is ended from outside tells nobody; a task takes far less, also on a busy machine.
constexpr double kPatienceMs = 10000;
// The most that one look at the clock adds, because time during which the machine slept is no waiting.
constexpr double kLookMs = 100;
constexpr unsigned kSpinsPerLook = 100000;

// Waits until all workers have left the job. False if one of them never will.
bool allAreDone() {
  using Clock = std::chrono::steady_clock;
  double waitedMs = 0;
  Clock::time_point last{};
  for (unsigned spin = 0; active.load() != 0; ++spin) {
    if (dead.load() > 0 && active.load() <= dead.load()) return false;
    if (spin % kSpinsPerLook != 0) continue;
    const Clock::time_point now = Clock::now();
    if (spin > 0) waitedMs += std::min(kLookMs, std::chrono::duration<double, std::milli>(now - last).count());
    last = now;
    if (waitedMs > kPatienceMs) return false;
  }
  return true;
}

}  // namespace

int* deaths() { return reinterpret_cast<int*>(&dead); }

void whenLost(LostHandler* handler) { onLost = handler; }

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
  if (allAreDone()) return;
  used = 0;
  onLost();  // throws: what the lost worker was to compute is missing
}

}  // namespace mlp::pool

#endif  // MLP_THREADS
