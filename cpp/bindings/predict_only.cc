// Networks that only predict, as JavaScript sees them: a few functions of a module of its own, predict.wasm, which imports
// nothing and allocates nothing. Its caller lays layers, weights and rows into the memory from __heap_base on, and has
// checked them. (Predictions in the module that trains are bound in model.cc and predict_row.cc.)
#include <cstddef>
#include <cstdint>

#include "mlp/inference.h"
#include "mlp/simd.h"

using Pointer = std::uintptr_t;

namespace {

template <class To>
const To* at(Pointer pointer) {
  return reinterpret_cast<const To*>(pointer);
}
float* numbersAt(Pointer pointer) { return reinterpret_cast<float*>(pointer); }

mlp::NetworkInference network(Pointer layers, int count) { return {at<mlp::LayerInference>(layers), count}; }

}  // namespace

// As web/src/predict/network.ts writes it: ten words of four bytes.
static_assert(sizeof(mlp::LayerInference) == 40 && offsetof(mlp::LayerInference, alpha) == 16 &&
                  offsetof(mlp::LayerInference, weights) == 24,
              "the layout that TypeScript writes");

extern "C" {

__attribute__((export_name("acceptsSparse"))) bool acceptsSparse(Pointer layers) {
  return mlp::acceptsSparse(network(layers, 1));
}

__attribute__((export_name("workspaceBytes"))) double workspaceBytes(Pointer layers, int count, int rows, bool sparse) {
  return static_cast<double>(mlp::inferenceWorkspace(network(layers, count), rows, sparse)) * sizeof(float);
}

__attribute__((export_name("allFinite"))) bool allFinite(Pointer numbers, int count) {
  return mlp::allFinite(numbersAt(numbers), count);
}

// outputs ← predictions of `rows` rows: of x, rows × features, or, where that is null and acceptsSparse(), of compressed
// sparse rows.
__attribute__((export_name("predict"))) void predict(Pointer layers, int count, int rows, Pointer x, Pointer rowStarts,
                                                     Pointer columns, Pointer values, Pointer workspace,
                                                     Pointer outputs) {
  const auto* const first = at<mlp::LayerInference>(layers);
  const auto* const starts = at<std::int32_t>(rowStarts);
  const mlp::SparseRows lists{rows, starts, starts + 1, at<std::int32_t>(columns), at<float>(values)};
  mlp::infer({first, count}, {rows, first->inputs, at<float>(x), x ? nullptr : &lists}, numbersAt(workspace),
             numbersAt(outputs));
}

}  // extern "C"
