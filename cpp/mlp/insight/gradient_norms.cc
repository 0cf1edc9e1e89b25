#include "mlp/insight/gradient_norms.h"

#include <cmath>

#include "mlp/dot.h"

namespace mlp {
namespace {

double norm(const Scalar* values, Size count) { return std::sqrt(dot(values, values, static_cast<Index>(count))); }

}  // namespace

std::vector<LayerNorms> gradientNorms(Network& network, const Input& x, ConstMatrixMap targets,
                                      const Objective& objective) {
  network.lossAndGradients(x, targets, objective);
  std::vector<LayerNorms> norms;
  norms.reserve(network.layers().size());
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const Layer& layer = *network.layers()[i];
    const Scalar* gradients = network.gradients().data();
    norms.push_back({norm(network.delta(i).data(), network.delta(i).size()),
                     norm(gradients + layer.kernelOffset(), layer.kernelSize()),
                     norm(gradients + layer.biasOffset(), layer.biasSize())});
  }
  return norms;
}

}  // namespace mlp
