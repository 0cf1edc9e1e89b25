// Layers of programs that only predict: plain data without objects. The formulas are those of the layers' forward(), by
// the same functions.
#pragma once

#include <cstdint>

#include "mlp/sparse.h"
#include "mlp/types.h"

namespace mlp {

// A layer of a network that only predicts.
struct LayerInference {
  std::int32_t kind;        // its place in layerKinds()
  std::int32_t activation;  // its place in activations()
  Index inputs;
  Index units;
  Scalar alpha;    // of the activation
  Scalar epsilon;  // of kinds that have one
  // The named weights of its kind, in that order. Null for what its options leave out.
  const Scalar* weights[4];
};

// Rows that reach a layer: a dense matrix, or lists of their entries.
struct InferenceInput {
  ConstMatrixMap matrix() const { return ConstMatrixMap(dense, rows, features); }

  Index rows;
  Index features;
  const Scalar* dense;
  const SparseRows* sparse = nullptr;  // only for kinds that accept sparse batches
};

// z ← T(x), rows × units. scratch: multiplyScratch(inputs) numbers. z is never the same memory as x.
using LayerInfer = void(const LayerInference& layer, const InferenceInput& x, MatrixMap z, Scalar* scratch);

}  // namespace mlp
