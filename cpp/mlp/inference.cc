#include "mlp/inference.h"

#include <algorithm>

#include "mlp/activation.h"
#include "mlp/batcher.h"
#include "mlp/gemm.h"
#include "mlp/layers/kinds.h"

namespace mlp {
namespace {

static_assert(sizeof(std::int32_t) <= sizeof(Scalar), "indices fit into the places of numbers");

// The widest that a layer has to read and to write.
struct Widths {
  Index inputs = 0, units = 0;
};

Widths widest(const NetworkInference& network) {
  Widths widths;
  for (Index i = 0; i < network.count; ++i) {
    widths.inputs = std::max(widths.inputs, network.layers[i].inputs);
    widths.units = std::max(widths.units, network.layers[i].units);
  }
  return widths;
}

// True if the rows of x have few entries, and for one row always: as in Model::predict() and Model::predictRow().
bool takesSparseWay(const NetworkInference& network, const InferenceInput& x) {
  if (x.sparse || !acceptsSparse(network)) return false;
  Samples samples;
  samples.rows = x.rows;
  samples.features = x.features;
  samples.dense = x.dense;
  return x.rows == 1 || goesSparse(samples);
}

}  // namespace

bool acceptsSparse(const NetworkInference& network) {
  return kindInference(static_cast<std::size_t>(network.layers->kind)).acceptsSparse;
}

// Two matrices to go to and fro between, what products pack, and for dense x that may go the sparse way its lists.
Size inferenceWorkspace(const NetworkInference& network, Index rows, bool sparse) {
  const Widths widths = widest(network);
  const Size lists = sparse ? 0 : 2 * Size(rows) * (Size(network.layers->inputs) + 2);
  return 2 * Size(rows) * widths.units + multiplyScratch(widths.inputs) + lists;
}

void infer(const NetworkInference& network, const InferenceInput& x, Scalar* workspace, Scalar* outputs) {
  const Widths widths = widest(network);
  Scalar* const scratch = workspace + 2 * x.rows * widths.units;
  InferenceInput input = x;
  SparseRows lists;
  if (takesSparseWay(network, x)) {
    const Index most = x.rows * (x.features + 1);  // a place is left free behind each row
    Scalar* const values = scratch + multiplyScratch(widths.inputs);
    auto* const columns = reinterpret_cast<std::int32_t*>(values + most);
    std::int32_t *const starts = columns + most, *const ends = starts + x.rows;
    Index end = 0;
    for (Index row = 0; row < x.rows; ++row) {
      starts[row] = static_cast<std::int32_t>(end);
      end = listNonzero(x.dense + row * x.features, x.features, columns, values, end);
      ends[row] = static_cast<std::int32_t>(end++);
    }
    lists = {x.rows, starts, ends, columns, values};
    input.sparse = &lists;
  }
  // The matrix that is not being read; what is made last goes to where it is wanted.
  const auto next = [&](bool isLast) {
    if (isLast) return outputs;
    return input.dense == workspace ? workspace + x.rows * widths.units : workspace;
  };
  for (Index i = 0; i < network.count; ++i) {
    const LayerInference& layer = network.layers[i];
    ActivationForward* const activation = activationForward(static_cast<std::size_t>(layer.activation));
    const bool isLast = i + 1 == network.count;
    Scalar* const z = next(isLast && !activation);
    const KindInference& kind = kindInference(static_cast<std::size_t>(layer.kind));
    kind.infer(layer, input, MatrixMap(z, x.rows, layer.units), scratch);
    input = {x.rows, layer.units, z};
    if (!activation) continue;
    Scalar* const a = next(isLast);
    activation(z, a, x.rows, layer.units, layer.alpha);
    input.dense = a;
  }
}

}  // namespace mlp
