#include "mlp/layers/kinds.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/layers.h"

namespace mlp {
namespace {

TEST(LayerKindsTest, NamesAreUsedOnce) {
  EXPECT_TRUE(allDifferent(namesIn(layerKinds())));
  for (const LayerKind& kind : layerKinds()) {
    EXPECT_TRUE(allDifferent(namesIn(kind.options))) << kind.name;
    EXPECT_TRUE(allDifferent(namesIn(kind.weights))) << kind.name;
  }
}

TEST(LayerKindsTest, EveryWeightIsWhereTheLayerHasIt) {
  for (const LayerCase& each : everyKind()) {
    LayerOptions options = each.kind->defaults();
    options.inputs = options.units = 5;
    options.useBias = options.center = options.scale = !each.bare;
    Size trained = 0, state = 0;
    for (const LayerWeight& weight : each.kind->weights) {
      (weight.trained ? trained : state) += weight.size(options);
      if (!weight.flag) continue;
      const auto* const flag = findNamed(each.kind->options, weight.flag);
      ASSERT_NE(flag, nullptr) << weight.flag;
      flag->set(options, 0);
      EXPECT_EQ(weight.size(options), 0) << each.name << ' ' << weight.name;
      flag->set(options, each.bare ? 0 : 1);
    }
    const auto layer = each.make(5);
    EXPECT_EQ(trained, layer->kernelSize() + layer->biasSize()) << each.name;
    EXPECT_EQ(state, layer->stateSize()) << each.name;
  }
}

TEST(LayerKindsTest, DefaultsAreWithinTheirLimitsAndInForce) {
  for (const LayerKind& kind : layerKinds()) {
    EXPECT_NE(findNamed(kind.options, "trainable"), nullptr) << kind.name;
    for (const LayerOption& option : kind.options) {
      const bool isNumber = option.set != nullptr;
      if (isNumber && !option.required) {
        EXPECT_TRUE(option.low <= option.fallback && option.fallback < option.high) << kind.name << ' ' << option.name;
      }
      if (option.initializer) {
        EXPECT_STREQ((kind.defaults().*option.initializer).initializer->name, option.fallbackName);
      }
      EXPECT_EQ(isNumber, option.kind <= OptionKind::kChoice) << kind.name << ' ' << option.name;
    }
  }
  EXPECT_EQ(findLayerKind("batchNormalization")->defaults().momentum, Scalar(0.99));
  EXPECT_EQ(findLayerKind("dense")->defaults().useBias, true);
}

TEST(LayerKindsTest, SizesAreReckonedIn64Bits) {
  LayerOptions options = findLayerKind("dense")->defaults();
  options.inputs = options.units = 1 << 20;
  EXPECT_EQ(findLayerKind("dense")->weights.front().size(options), Size(1) << 40);
  EXPECT_EQ(findLayerKind("dense")->make(options)->kernelSize(), Size(1) << 40);
}

}  // namespace
}  // namespace mlp
