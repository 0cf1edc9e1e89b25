// Constraints that parameters are held to after every step. One entry for each kind in constraint.cc.
#pragma once

#include <string_view>

#include "mlp/option.h"
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

struct ConstraintKind {
  const char* name;
  Constraint::Kind kind;
  Table<Option<Constraint>> options;
};

Table<ConstraintKind> constraints();
const ConstraintKind* findConstraint(std::string_view name);  // nullptr where there is none

}  // namespace mlp
