#include "bindings/values.h"

namespace mlp::bindings {

val field(const val& object, const char* name) { return object[name]; }
double number(const val& object, const char* name) { return field(object, name).as<double>(); }
std::string text(const val& value) { return value.as<std::string>(); }
bool given(const val& value) { return !value.isUndefined() && !value.isNull(); }
void put(val& object, const char* name, double value) { object.set(name, value); }
void put(val& object, const char* name, bool value) { object.set(name, value); }
void append(val& array, const val& value) { array.set(number(array, "length"), value); }
void append(val& array, double value) { array.set(number(array, "length"), value); }
void unknown(const std::string& name) { fail("unknown name: " + name); }

}  // namespace mlp::bindings
