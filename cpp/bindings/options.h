// Readers of options in JavaScript objects, by the names in the core's tables.
#pragma once

#include "bindings/values.h"
#include "mlp/layers/kinds.h"
#include "mlp/model.h"
#include "mlp/optimizer.h"

namespace mlp::bindings {

// The value given for an option, as the number that its table wants.
double optionValue(const OptionLimits& option, const val& value);

// Sets those that are given; the others stay.
template <class Options>
void readOptions(Table<Option<Options>> table, const val& object, Options& options) {
  for (const Option<Options>& option : table) {
    const val value = field(object, option.name);
    if (given(value)) option.set(options, optionValue(option, value));
  }
}

// Makes a layer with `inputs` inputs. `layer`: the object that layers.ts resolves.
std::unique_ptr<Layer> newLayer(Index inputs, const val& layer);

// `config`: every field that resolveOptimizer fills in.
const Optimizer& optimizerOf(const val& config);
OptimizerOptions optimizerOptionsOf(const val& config);

const Loss& lossOf(const val& config, LossOptions& options);
MetricChoice metricOf(const val& config);

}  // namespace mlp::bindings
