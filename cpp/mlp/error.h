// The core refuses bad input by one call with a whole sentence, so that it needs no exception support itself.
#pragma once

#include <string>

namespace mlp {

// Never returns. The native build throws std::invalid_argument (error.cc); the web build, which is compiled
// without C++ exceptions, throws a JavaScript RangeError (bindings/module.cc). `message` names the argument, what was
// expected and what came.
[[noreturn]] void fail(const std::string& message);

inline void require(bool condition, const char* message) {
  if (!condition) fail(message);
}

}  // namespace mlp
