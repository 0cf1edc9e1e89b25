// Layers of every kind, as the table has them, for tests of one and of all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mlp/layers/kinds.h"
#include "support/testing.h"

namespace mlp {

// A kind, perhaps without what it could do without.
struct LayerCase {
  std::string name;
  const LayerKind* kind;
  bool bare = false;

  std::unique_ptr<Layer> make(Index units, bool trainable = true) const {
    LayerOptions options = kind->defaults();
    options.inputs = options.units = units;
    options.trainable = trainable;
    options.rate = options.stddev = Scalar(0.3);
    options.useBias = options.center = options.scale = !bare;
    if (name == "activation") options.activation = &activationCalled("tanh");
    return kind->make(options);
  }
};

inline std::vector<LayerCase> everyKind() {
  std::vector<LayerCase> all;
  for (const LayerKind& kind : layerKinds()) {
    all.push_back({kind.name, &kind});
    for (const LayerWeight& weight : kind.weights) {
      if (!weight.flag) continue;
      all.push_back({std::string(kind.name) + " without " + weight.flag, &kind, true});
      break;
    }
  }
  return all;
}

inline std::unique_ptr<Layer> layerCalled(std::string_view name, Index units, bool trainable = true) {
  return LayerCase{std::string(name), &found(findLayerKind(name), name)}.make(units, trainable);
}

// One layer by itself on x.
inline Matrix through(std::unique_ptr<Layer> layer, const Matrix& x, const Mode& mode, Vector* state = nullptr) {
  Network network(x.cols(), 3);
  network.add(std::move(layer));
  if (state && state->size() > 0) network.state() = *state;
  const Matrix out = network.forward(view(x), mode);
  if (state) *state = network.state();
  return out;
}

}  // namespace mlp
