// Helpers of all tables in this folder. Pointers cross as numbers, sizes as doubles, names as strings.
#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "mlp/error.h"
#include "mlp/types.h"

namespace mlp::bindings {

using emscripten::val;

using Pointer = std::uintptr_t;

template <class To>
To* at(Pointer pointer) {
  return reinterpret_cast<To*>(pointer);
}
inline Pointer address(const Scalar* pointer) { return reinterpret_cast<Pointer>(pointer); }

// Fields of JavaScript objects, by functions of their own, because each of them is a dozen calls.
val field(const val& object, const char* name);
double number(const val& object, const char* name);
std::string text(const val& value);
bool given(const val& value);  // neither undefined nor null
void put(val& object, const char* name, double value);
void put(val& object, const char* name, bool value);
void append(val& array, const val& value);
void append(val& array, double value);
[[noreturn]] void unknown(const std::string& name);

// The entry that an object names, or a string.
template <class Entry>
const Entry& known(const Entry* (*find)(std::string_view), const val& nameValue) {
  const std::string name = text(nameValue);
  const Entry* entry = find(name);
  if (!entry) unknown(name);
  return *entry;
}

}  // namespace mlp::bindings
