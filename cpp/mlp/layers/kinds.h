// All kinds of layers. One entry each in kinds.cc: name, options, weights, and the function that makes such a layer.
#pragma once

#include <memory>
#include <string_view>

#include "mlp/layers/inference.h"
#include "mlp/layers/layer.h"
#include "mlp/option.h"

namespace mlp {

// An option of layers, of any kind.
struct LayerOption : Option<LayerOptions> {
  // For an option that names something (an activation, an initialiser …): the default name, null if there is none, and
  // the field that it sets.
  const char* fallbackName = nullptr;
  InitializerChoice LayerOptions::*initializer = nullptr;
  Regularizer LayerOptions::*regularizer = nullptr;
  Constraint LayerOptions::*constraint = nullptr;
};

enum class WeightShape {
  kMatrix,  // inputs × units
  kVector,  // units
};

// A named weight of layers of one kind. Those that gradients train lie in the network's parameters in this order, the
// others in its state.
struct LayerWeight {
  const char* name;
  WeightShape shape;
  bool trained;
  const char* flag = nullptr;  // the option that turns it on; null: it is always there
  bool LayerOptions::*field = nullptr;

  // Numbers of this weight in a layer with these options.
  Size size(const LayerOptions& options) const;
};

struct LayerKind {
  const char* name;
  Table<LayerOption> options;
  Table<LayerWeight> weights;
  std::unique_ptr<Layer> (*make)(const LayerOptions& options);

  // Options with their defaults, if they have any.
  LayerOptions defaults() const;
};

// The layers of one kind where nothing is trained: see inference.h.
struct KindInference {
  LayerInfer* infer;
  bool acceptsSparse;
};

// Bytes that a layer of any kind takes at most, beside its weights.
Size layerBytes();

Table<LayerKind> layerKinds();
const LayerKind* findLayerKind(std::string_view name);  // nullptr where there is none

// Of the kind in this place of the table. A program that predicts and never trains calls this and links nothing else of
// the kinds.
const KindInference& kindInference(std::size_t place);

}  // namespace mlp
