#include "mlp/noise.h"

#include <cmath>

namespace mlp {

void Noise::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const Scalar* from = x.dense;
  const Index count = z.size();
  if (!pass.mode.training || rate_ == 0) {
    std::copy(from, from + count, z.data());
    return;
  }
  Random draws = random(pass);
  if (kind_ == Kind::kGaussian) {
    for (Index i = 0; i < count; ++i) {
      z.data()[i] = from[i] + rate_ * static_cast<Scalar>(draws.normal());
    }
    return;
  }
  // Dropped: probability rate, to 2⁻³².
  const auto threshold = static_cast<std::uint64_t>(static_cast<double>(rate_) * 4294967296.0);
  const double keep = 1 - static_cast<double>(rate_);
  constexpr double kLimit = -1.7580993408473766;  // −λα
  // a = (q + λ²α²·q(1 − q))^(−1/2), b = −a·(1 − q)·(−λα), with q = 1 − rate
  const bool alphaDropout = kind_ == Kind::kAlphaDropout;
  const double scale = alphaDropout ? 1 / std::sqrt(keep + kLimit * kLimit * keep * (1 - keep)) : 1 / keep;
  const Scalar kept = static_cast<Scalar>(scale);
  const Scalar shift = static_cast<Scalar>(alphaDropout ? -scale * (1 - keep) * kLimit : 0);
  const Scalar dropped = static_cast<Scalar>(alphaDropout ? scale * kLimit : 0) + shift;
  for (Index i = 0; i < count; ++i) {
    const bool drop = draws.nextUint32() < threshold;
    pass.memory[i] = drop ? Scalar(0) : kept;
    z.data()[i] = drop ? dropped : from[i] * kept + shift;
  }
}

void Noise::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const bool identity = !pass.mode.training || rate_ == 0 || kind_ == Kind::kGaussian;
  for (Index i = 0; i < delta.size(); ++i) {
    inputGrad.data()[i] = identity ? delta.data()[i] : delta.data()[i] * pass.memory[i];
  }
}

}  // namespace mlp
