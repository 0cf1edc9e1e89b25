// Adds normal numbers with deviation `stddev` in training; outside of it z = x. Each draw depends only on (seed, layer,
// step), whatever else is drawn.
#pragma once

#include "mlp/layers/identity.h"

namespace mlp {

class GaussianNoise : public Identity {  // because gradients pass unchanged
 public:
  using Identity::Identity;
  bool draws() const override { return options().stddev != 0; }
  void forward(const Pass& pass, const Input& x, MatrixMap z) const override;
};

}  // namespace mlp
