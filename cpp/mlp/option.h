// Options of all that tables list (layers, losses, optimizers …): public names, defaults and limits. Callers outside of
// the core read them from here, through the catalogue, so that nothing is written down twice.
#pragma once

#include <limits>
#include <string_view>
#include <type_traits>

#include "mlp/types.h"

namespace mlp {

enum class OptionKind {
  kNumber,
  kInteger,
  kFlag,    // 0 or 1
  kChoice,  // one of `choices`, by its place among them
  // Something with a name and options of its own.
  kActivation,
  kInitializer,
  kRegularizer,
  kConstraint,
};

inline constexpr std::string_view kOptionKindNames[] = {"number",     "integer",     "flag",        "choice",
                                                        "activation", "initializer", "regularizer", "constraint"};
constexpr std::string_view nameOf(OptionKind kind) { return kOptionKindNames[static_cast<int>(kind)]; }

inline constexpr double kAnyNumber = std::numeric_limits<double>::max();
// A bound for factors of normal draws, because the product must still be a float.
inline constexpr double kLargeNumber = 1e37;
// The least number that stays above 0 when it is rounded to float.
inline constexpr double kLeastPositive = std::numeric_limits<float>::min();
// The default of an option that has none: it may be left out, or is required.
inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Name, default and limits of an option that is one number.
struct OptionLimits {
  const char* name;
  OptionKind kind;
  double fallback;
  double low, high;  // low ≤ value < high
  bool required = false;
  Table<std::string_view> choices = {};
};

template <class Options>
struct Option : OptionLimits {
  void (*set)(Options& options, double value);
};

template <auto Field, class Options>
void assign(Options& options, double value) {
  options.*Field = static_cast<std::decay_t<decltype(options.*Field)>>(value);
}

template <class Options>
void setDefaults(Table<Option<Options>> table, Options& options) {
  for (const Option<Options>& option : table) option.set(options, option.fallback);
}

}  // namespace mlp
