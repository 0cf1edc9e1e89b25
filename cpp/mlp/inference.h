// A network that only predicts: the forward pass of network.h, to the same bits, without anything that training needs.
// It allocates nothing, and its caller lays out its memory.
#pragma once

#include "mlp/layers/inference.h"
#include "mlp/types.h"

namespace mlp {

// `count` layers, of which the first takes the features.
struct NetworkInference {
  const LayerInference* layers;
  Index count;
};

// True if x may be sparse rows.
bool acceptsSparse(const NetworkInference& network);

// Numbers that infer() works with for up to this many rows. `sparse`: x is sparse rows.
Size inferenceWorkspace(const NetworkInference& network, Index rows, bool sparse);

// outputs ← what the network makes of x, rows × units of the last layer.
void infer(const NetworkInference& network, const InferenceInput& x, Scalar* workspace, Scalar* outputs);

}  // namespace mlp
