// Products of the Hessian with vectors, held against differences of the gradient.
#pragma once

#include <algorithm>

#include "mlp/insight/curvature.h"
#include "support/testing.h"

namespace mlp {

inline Vector randomDirection(Random& random, Index size) {
  Vector v(size);
  for (Index i = 0; i < size; ++i) v[i] = static_cast<Scalar>(random.normal());
  return v / v.norm();
}

inline Vector timesHessian(Network& network, const Input& x, const Matrix& y, const Objective& objective,
                           const Vector& v) {
  Vector product(v.size());
  Curvature(network, x, view(y), objective).multiply(v.data(), product.data());
  return product;
}

// The largest error of H·v along a random v against (∇L(θ + hv) − ∇L(θ − hv))/2h, in units of the largest
// entry, or of a thousandth of the gradient's if that is more.
inline double worstProduct(Network& network, const Input& x, const Matrix& y, const Objective& objective,
                           Random& random) {
  const Vector theta = network.parameters(), v = randomDirection(random, theta.size());
  const Vector product = timesHessian(network, x, y, objective, v);
  const double floor = 1e-3 * static_cast<double>(network.gradients().cwiseAbs().maxCoeff());
  constexpr double h = within(1e-5, 1e-2);
  const auto gradientAt = [&](double step) {
    network.parameters() = theta + static_cast<Scalar>(step) * v;
    network.lossAndGradients(x, view(y), objective);
    return Eigen::VectorXd(network.gradients().cast<double>().transpose());
  };
  const Eigen::VectorXd expected = (gradientAt(h) - gradientAt(-h)) / (2 * h);
  network.parameters() = theta;
  const Eigen::VectorXd found = product.cast<double>().transpose();
  return (found - expected).cwiseAbs().maxCoeff() / std::max({expected.cwiseAbs().maxCoeff(), floor, 1e-9});
}

}  // namespace mlp
