// Everything that has a name, with its options, as the text of a JavaScript module. scripts/build.mjs asks for it while it
// builds the package, so that TypeScript mirrors none of it, and no page waits for it to be read out of the core.
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/error.h"
#include "mlp/layers/kinds.h"
#include "mlp/model.h"
#include "mlp/optimizer.h"

// Nothing here is refused, because nothing is given.
void mlp::fail(const std::string&) { __builtin_trap(); }

namespace mlp {
namespace {

using Texts = std::vector<std::string>;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

// All 17 digits that a double can need; JavaScript reads the shortest of the same value.
std::string number(double x) {
  if (std::isinf(x)) return x < 0 ? "-Infinity" : "Infinity";
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.17g", x);
  return digits;
}

std::string truth(bool is) { return is ? "true" : "false"; }

std::string field(const char* name, const std::string& value) { return std::string(name) + ": " + value; }

std::string joined(char open, const Texts& texts, char close) {
  std::string all(1, open);
  for (const std::string& text : texts) all += text + ", ";
  return all + close;
}

std::string object(const Texts& fields) { return joined('{', fields, '}'); }
std::string array(const Texts& entries) { return joined('[', entries, ']'); }

template <class Entries, class Describe>
std::string arrayOf(const Entries& entries, Describe describe) {
  Texts texts;
  for (const auto& entry : entries) texts.push_back(describe(entry));
  return array(texts);
}

// A default that is not a number (x ≠ x) is none. `fallbackName` overrides it.
std::string described(const OptionLimits& option, const char* fallbackName = nullptr) {
  Texts fields = {field("name", quoted(option.name)), field("kind", quoted(nameOf(option.kind))),
                  field("low", number(option.low)), field("high", number(option.high)),
                  field("required", truth(option.required))};
  if (fallbackName) {
    fields.push_back(field("default", quoted(fallbackName)));
  } else if (!option.choices.empty()) {
    fields.push_back(field("default", quoted(option.choices.begin()[static_cast<int>(option.fallback)])));
  } else if (option.fallback == option.fallback) {
    fields.push_back(field("default", number(option.fallback)));
  }
  if (!option.choices.empty()) {
    fields.push_back(field("choices", arrayOf(option.choices, [](std::string_view name) { return quoted(name); })));
  }
  return object(fields);
}

template <class Options>
std::string optionsOf(const Options& options) {
  return arrayOf(options, [](const OptionLimits& option) { return described(option); });
}

template <class Entry>
std::string nameAndOptions(const Entry& entry) {
  return object({field("name", quoted(entry.name)), field("options", optionsOf(entry.options))});
}

std::string layer(const LayerKind& kind) {
  const std::string options =
      arrayOf(kind.options, [](const LayerOption& option) { return described(option, option.fallbackName); });
  const std::string weights = arrayOf(kind.weights, [](const LayerWeight& weight) {
    Texts fields = {field("name", quoted(weight.name)), field("isMatrix", truth(weight.shape == WeightShape::kMatrix)),
                    field("trained", truth(weight.trained))};
    if (weight.flag) fields.push_back(field("flag", quoted(weight.flag)));
    return object(fields);
  });
  return object({field("name", quoted(kind.name)), field("options", options), field("weights", weights)});
}

std::string loss(const Loss& loss) {
  return object({field("name", quoted(loss.name)), field("targets", quoted(nameOf(loss.targets))),
                 field("hasLogits", truth(loss.fromLogits != nullptr)), field("options", optionsOf(loss.options))});
}

std::string optimizer(const Optimizer& optimizer) {
  const std::string options = arrayOf(optimizer.options, [](const OptimizerOption& option) {
    return described({option.name, option.kind, option.fallback, option.low, option.high});
  });
  return object({field("name", quoted(optimizer.name)), field("fullBatch", truth(optimizer.fullBatch())),
                 field("options", options)});
}

std::string activation(const Activation& activation) {
  return object({field("name", quoted(activation.name)), field("alpha", number(activation.defaultAlpha))});
}

std::string catalogue() {
  const auto plain = [](const auto& entries) {
    return arrayOf(entries, [](const auto& entry) { return nameAndOptions(entry); });
  };
  return object({field("layers", arrayOf(layerKinds(), layer)),
                 field("activations", arrayOf(activations(), activation)), field("losses", arrayOf(losses(), loss)),
                 field("optimizers", arrayOf(optimizers(), optimizer)), field("initializers", plain(initializers())),
                 field("regularizers", plain(regularizers())), field("constraints", plain(constraints())),
                 field("metrics", plain(metrics())), field("layerBytes", number(static_cast<double>(layerBytes())))});
}

}  // namespace
}  // namespace mlp

extern "C" __attribute__((export_name("catalogueModule"))) const char* catalogueModule() {
  static std::string text;
  text = "export default " + mlp::catalogue() + ";\n";
  return text.c_str();
}
