// The smallest network that has everything a network has, and samples for it.
#pragma once

#include "support/testing.h"

namespace mlp {

// A network of 3 inputs, 4 tanh and 2 linear units, with parameters drawn at random.
struct Small {
  Network network = makeNetwork(3, {{4, "tanh"}, {2, "linear"}}, 7);
  Matrix x, y;

  explicit Small(const Activation* hidden = nullptr) {
    Random random = testRandom(80);
    if (hidden) {
      network = Network(3, 7);
      LayerOptions options;
      options.units = 4;
      options.activation = hidden;
      options.kernelInitializer = options.biasInitializer = &initializerCalled("zeros");
      addDense(network, options);
      addLayers(network, {{2, "linear"}});
    }
    randomizeParameters(network, random, 0.5);
    x = randomNormal(random, 5, 3);
    y = randomNormal(random, 5, 2);
  }
};

}  // namespace mlp
