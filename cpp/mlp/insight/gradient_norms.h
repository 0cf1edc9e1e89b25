// Norms of the gradients of each layer, because they show gradients that vanish or explode (document 001 §9).
#pragma once

#include <vector>

#include "mlp/network.h"
#include "mlp/objective.h"

namespace mlp {

struct LayerNorms {
  double delta, kernelGrad, biasGrad;  // Euclidean
};

// ‖Δˡ‖, ‖∂L/∂Wˡ‖, ‖∂L/∂bˡ‖ for every layer.
std::vector<LayerNorms> gradientNorms(Network& network, const Input& x, ConstMatrixMap targets,
                                      const Objective& objective);

}  // namespace mlp
