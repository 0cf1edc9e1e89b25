#include "bindings/options.h"

namespace mlp::bindings {
namespace {

InitializerChoice initializer(const val& config) {
  InitializerChoice choice = &known(findInitializer, field(config, "name"));
  setDefaults(choice.initializer->options, choice.options);
  readOptions(choice.initializer->options, config, choice.options);
  return choice;
}

Regularizer regularizer(const val& config) {
  Regularizer regularizer;
  readOptions(known(findRegularizer, field(config, "name")).options, config, regularizer);
  return regularizer;
}

Constraint constraint(const val& config) {
  const ConstraintKind& kind = known(findConstraint, field(config, "name"));
  Constraint constraint{kind.kind};
  readOptions(kind.options, config, constraint);
  return constraint;
}

void readActivation(const val& config, LayerOptions& options) {
  options.activation = &known(findActivation, field(config, "name"));
  const val alpha = field(config, "alpha");
  options.alpha = static_cast<Scalar>(given(alpha) ? alpha.as<double>() : options.activation->defaultAlpha);
}

}  // namespace

double optionValue(const OptionLimits& option, const val& value) {
  if (option.kind == OptionKind::kFlag) return value.as<bool>();
  if (option.kind != OptionKind::kChoice) return value.as<double>();
  const std::string name = text(value);
  double place = 0;
  for (const std::string_view choice : option.choices) {
    if (choice == name) return place;
    ++place;
  }
  unknown(name);
}

std::unique_ptr<Layer> newLayer(Index inputs, const val& layer) {
  const LayerKind& kind = known(findLayerKind, field(layer, "className"));
  LayerOptions options = kind.defaults();
  options.inputs = options.units = inputs;
  for (const LayerOption& option : kind.options) {
    const val value = field(layer, option.name);
    if (!given(value)) continue;
    if (option.set) {
      option.set(options, optionValue(option, value));
    } else if (option.initializer) {
      options.*option.initializer = initializer(value);
    } else if (option.regularizer) {
      options.*option.regularizer = regularizer(value);
    } else if (option.constraint) {
      options.*option.constraint = constraint(value);
    } else {
      readActivation(value, options);
    }
  }
  return kind.make(options);
}

const Optimizer& optimizerOf(const val& config) { return known(findOptimizer, field(config, "name")); }

OptimizerOptions optimizerOptionsOf(const val& config) {
  const Optimizer& optimizer = optimizerOf(config);
  OptimizerOptions options = optimizer.defaults();
  for (const OptimizerOption& option : optimizer.options) {
    options.*option.field =
        optionValue({option.name, option.kind, option.fallback, option.low, option.high}, field(config, option.name));
  }
  return options;
}

const Loss& lossOf(const val& config, LossOptions& options) {
  const Loss& loss = known(findLoss, field(config, "name"));
  readOptions(loss.options, config, options);
  return loss;
}

MetricChoice metricOf(const val& config) {
  MetricChoice choice{&known(findMetric, field(config, "name")), {}};
  readOptions(choice.metric->options, config, choice.options);
  return choice;
}

}  // namespace mlp::bindings
