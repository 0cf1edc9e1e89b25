// Penalties that keep numbers small. One entry for each kind in regularizer.cc.
#pragma once

#include <string_view>

#include "mlp/option.h"
#include "mlp/types.h"

namespace mlp {

// Penalties on numbers v: l1·Σ|v| + l2·Σv².
struct Regularizer {
  Scalar l1 = 0;
  Scalar l2 = 0;

  bool any() const { return l1 != 0 || l2 != 0; }
  double penalty(const Scalar* values, Size count) const;
  // gradients += factor·∂penalty/∂v: factor·(l1·sign(v) + 2·l2·v). `smooth`: without the first term, because its
  // derivative is 0; then R{v} for v gives R{∂penalty/∂v}.
  void addGradient(const Scalar* values, Size count, Scalar factor, Scalar* gradients, bool smooth = false) const;
};

struct RegularizerKind {
  const char* name;
  Table<Option<Regularizer>> options;
};

Table<RegularizerKind> regularizers();
const RegularizerKind* findRegularizer(std::string_view name);  // nullptr where there is none

}  // namespace mlp
