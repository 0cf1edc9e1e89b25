// Everything that has a name, with its options, so that TypeScript mirrors none of it.
#include <emscripten/bind.h>

#include "bindings/options.h"

namespace mlp::bindings {
namespace {

val named(const char* name) {
  val object = val::object();
  put(object, "name", std::string_view(name));
  return object;
}

// Not inlined, because the description of an option is much code, needed in many places.
__attribute__((noinline)) val describe(const OptionLimits& option) {
  val object = named(option.name);
  put(object, "kind", nameOf(option.kind));
  if (option.fallback == option.fallback) put(object, "default", option.fallback);
  put(object, "low", option.low);
  put(object, "high", option.high);
  put(object, "required", option.required);
  if (option.choices.empty()) return object;
  val choices = val::array();
  for (const std::string_view choice : option.choices) append(choices, val(std::string(choice)));
  put(object, "choices", choices);
  put(object, "default", choices[option.fallback]);
  return object;
}

template <class Entries>
val options(const Entries& entries) {
  val array = val::array();
  for (const OptionLimits& option : entries) append(array, describe(option));
  return array;
}

// Entries that have nothing but a name and options.
template <class Entries>
val plain(const Entries& entries) {
  val array = val::array();
  for (const auto& entry : entries) {
    val object = named(entry.name);
    put(object, "options", options(entry.options));
    append(array, object);
  }
  return array;
}

val layers() {
  val array = val::array();
  for (const LayerKind& kind : layerKinds()) {
    val object = named(kind.name), told = val::array(), weights = val::array();
    for (const LayerOption& option : kind.options) {
      val described = describe(option);
      if (option.fallbackName) put(described, "default", std::string_view(option.fallbackName));
      append(told, described);
    }
    for (const LayerWeight& weight : kind.weights) {
      val described = named(weight.name);
      put(described, "isMatrix", weight.shape == WeightShape::kMatrix);
      put(described, "trained", weight.trained);
      if (weight.flag) put(described, "flag", std::string_view(weight.flag));
      append(weights, described);
    }
    put(object, "options", told);
    put(object, "weights", weights);
    append(array, object);
  }
  return array;
}

val allLosses() {
  val array = val::array();
  for (const Loss& loss : losses()) {
    val object = named(loss.name);
    put(object, "targets", nameOf(loss.targets));
    put(object, "hasLogits", loss.fromLogits != nullptr);
    put(object, "options", options(loss.options));
    append(array, object);
  }
  return array;
}

val allOptimizers() {
  val array = val::array();
  for (const Optimizer& optimizer : optimizers()) {
    val object = named(optimizer.name), told = val::array();
    for (const OptimizerOption& option : optimizer.options) {
      append(told, describe({option.name, option.kind, option.fallback, option.low, option.high}));
    }
    put(object, "fullBatch", optimizer.fullBatch());
    put(object, "options", told);
    append(array, object);
  }
  return array;
}

val allActivations() {
  val array = val::array();
  for (const Activation& activation : activations()) {
    val object = named(activation.name);
    put(object, "alpha", activation.defaultAlpha);
    append(array, object);
  }
  return array;
}

val catalogue() {
  val all = val::object();
  put(all, "layers", layers());
  put(all, "activations", allActivations());
  put(all, "losses", allLosses());
  put(all, "optimizers", allOptimizers());
  put(all, "initializers", plain(initializers()));
  put(all, "regularizers", plain(regularizers()));
  put(all, "constraints", plain(constraints()));
  put(all, "metrics", plain(metrics()));
  put(all, "layerBytes", static_cast<double>(layerBytes()));
  return all;
}

EMSCRIPTEN_BINDINGS(catalogue) { emscripten::function("catalogue", &catalogue); }

}  // namespace
}  // namespace mlp::bindings
