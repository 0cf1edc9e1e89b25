#include "mlp/layers/dropout.h"

#include <algorithm>
#include <cmath>

namespace mlp {

Dropout::Outcome Dropout::outcome() const {
  return {static_cast<Scalar>(1 / (1 - static_cast<double>(options().rate))), 0, 0};
}

// a = (q + λ²α²·q(1 − q))^(−1/2), b = −a·(1 − q)·(−λα), with q = 1 − rate: x becomes ax + b, or −λαa + b.
Dropout::Outcome AlphaDropout::outcome() const {
  constexpr double kLimit = -1.7580993408473766;  // −λα
  const double keep = 1 - static_cast<double>(options().rate);
  const double scale = 1 / std::sqrt(keep + kLimit * kLimit * keep * (1 - keep));
  const Scalar shift = static_cast<Scalar>(-scale * (1 - keep) * kLimit);
  return {static_cast<Scalar>(scale), shift, static_cast<Scalar>(scale * kLimit) + shift};
}

void Dropout::forward(const Pass& pass, const Input& x, MatrixMap z) const {
  const Scalar* from = x.dense;
  const Index count = z.size();
  if (!pass.mode.training || options().rate == 0) {
    std::copy(from, from + count, z.data());
    return;
  }
  Random draws = random(pass);
  // Dropped: probability rate, to 2⁻³².
  const auto threshold = static_cast<std::uint64_t>(static_cast<double>(options().rate) * 4294967296.0);
  const Outcome outcome = this->outcome();
  for (Index i = 0; i < count; ++i) {
    const bool drop = draws.nextUint32() < threshold;
    pass.memory[i] = drop ? Scalar(0) : outcome.kept;
    z.data()[i] = drop ? outcome.dropped : from[i] * outcome.kept + outcome.shift;
  }
}

void Dropout::inputGradient(const Pass& pass, ConstMatrixMap delta, MatrixMap inputGrad) const {
  const bool identity = !pass.mode.training || options().rate == 0;
  for (Index i = 0; i < delta.size(); ++i) {
    inputGrad.data()[i] = identity ? delta.data()[i] : delta.data()[i] * pass.memory[i];
  }
}

}  // namespace mlp
