// What parameters are held to after every step.
#pragma once

#include <string_view>

#include "mlp/types.h"

namespace mlp {

struct Constraint {
  enum class Kind {
    kNone,
    kMaxNorm,   // each column w: w·min(‖w‖, maxValue)/(‖w‖ + 1e-7) (Srebro & Shraibman 2005; Keras)
    kNonNeg,    // max(w, 0)
    kUnitNorm,  // each column: w/(‖w‖ + 1e-7)
  };

  Kind kind = Kind::kNone;
  Scalar maxValue = 2;

  // Columns are the weights into one unit.
  void apply(MatrixMap weights) const;
};

// The kind called 'none', 'maxNorm', 'nonNeg' or 'unitNorm'; nullptr where there is none.
const Constraint::Kind* findConstraint(std::string_view name);

}  // namespace mlp
