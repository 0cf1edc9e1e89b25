// The parts of the module beside its tables: the refusal of bad input, and the entry of workers into the pool.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>
#include <emscripten/emscripten.h>

#include "bindings/values.h"
#include "mlp/threads/pool.h"

// TypeScript checks arguments before they come here. This is the net below: there are no C++ exceptions to unwind.
EM_JS(void, mlpThrow, (const char* message), { throw new RangeError(UTF8ToString(message)); });

namespace {

mlp::bindings::Pointer stackPointer() {
  mlp::bindings::Pointer top = 0;
  asm volatile(
      ".globaltype __stack_pointer, i32\n"
      "global.get __stack_pointer\n"
      "local.set %0\n"
      : "=r"(top));
  return top;
}

// The stack pointer when nothing runs in the module, because static values are made before the first call.
const mlp::bindings::Pointer emptyStack = stackPointer();

}  // namespace

// The stack is emptied here, because JavaScript's throw unwinds none of it: after some hundred refusals it would be full.
// Every call comes from JavaScript, so that nothing below is in use. The message stays, as nothing is called that would
// write over it.
void mlp::fail(const std::string& message) {
  const char* const words = message.c_str();
  asm volatile(
      ".globaltype __stack_pointer, i32\n"
      "local.get %0\n"
      "global.set __stack_pointer\n"
      :
      : "r"(emptyStack));
  mlpThrow(words);
  __builtin_unreachable();
}

// An empty sprintf, because embind's messages about unbound types, which never come, would bring in all of printf.
extern "C" int siprintf(char* text, const char*, ...) {
  *text = 0;
  return 0;
}

#ifdef MLP_THREADS

namespace mlp::bindings {
namespace {

// A worker calls this by its place in the function table. It sets the stack pointer before anything else, because until
// then the worker has no stack of its own.
__attribute__((noinline)) void enterPool(Pointer stackTop, int thread) {
  asm volatile(
      ".globaltype __stack_pointer, i32\n"
      "local.get %0\n"
      "global.set __stack_pointer\n"
      :
      : "r"(stackTop));
  pool::work(thread);
}
Pointer poolEntry() { return reinterpret_cast<Pointer>(&enterPool); }
Pointer poolDeaths() { return reinterpret_cast<Pointer>(pool::deaths()); }
EM_JS(void, poolIsLost, (), { throw Module["poolLost"](); });
void usePool(int workers) {
  pool::whenLost(poolIsLost);
  pool::use(workers);
}

EMSCRIPTEN_BINDINGS(pool) {
  emscripten::function("poolEntry", &poolEntry);
  emscripten::function("poolEntered", &pool::entered);
  emscripten::function("poolDeaths", &poolDeaths);
  emscripten::function("usePool", &usePool);
}

}  // namespace
}  // namespace mlp::bindings

#endif
