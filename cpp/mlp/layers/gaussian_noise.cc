#include "mlp/layers/gaussian_noise.h"

namespace mlp {

void GaussianNoise::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  if (!pass.mode.training || options().stddev == 0) return Identity::forward(pass, x, z);
  Random draws = random(pass);
  for (Index i = 0; i < z.size(); ++i) {
    z.data()[i] = x.dense[i] + options().stddev * static_cast<Scalar>(draws.normal());
  }
}

}  // namespace mlp
