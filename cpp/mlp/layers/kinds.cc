#include "mlp/layers/kinds.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "mlp/layers/batch_norm.h"
#include "mlp/layers/dense.h"
#include "mlp/layers/dropout.h"
#include "mlp/layers/feature_norm.h"
#include "mlp/layers/gaussian_noise.h"
#include "mlp/layers/identity.h"
#include "mlp/layers/layer_norm.h"

namespace mlp {
namespace {

template <auto Field>
constexpr LayerOption number(const char* name, double fallback, double low, double high = kAnyNumber) {
  return {{{name, OptionKind::kNumber, fallback, low, high, fallback != fallback}, assign<Field, LayerOptions>}};
}
template <auto Field>
constexpr LayerOption flag(const char* name) {
  return {{{name, OptionKind::kFlag, 1, 0, 2}, assign<Field, LayerOptions>}};
}
constexpr LayerOption named(const char* name, OptionKind kind, const char* fallback = nullptr) {
  LayerOption option{{{name, kind, kNone, 0, 0}, nullptr}};
  option.fallbackName = fallback;
  return option;
}
constexpr LayerOption activation(const char* fallback) {
  LayerOption option = named("activation", OptionKind::kActivation, fallback);
  option.required = fallback == nullptr;
  return option;
}
constexpr LayerOption initializer(const char* name, const char* fallback, InitializerChoice LayerOptions::*field) {
  LayerOption option = named(name, OptionKind::kInitializer, fallback);
  option.initializer = field;
  return option;
}
constexpr LayerOption regularizer(const char* name, Regularizer LayerOptions::*field) {
  LayerOption option = named(name, OptionKind::kRegularizer);
  option.regularizer = field;
  return option;
}
constexpr LayerOption constraint(const char* name, Constraint LayerOptions::*field) {
  LayerOption option = named(name, OptionKind::kConstraint);
  option.constraint = field;
  return option;
}

using Options = LayerOptions;

constexpr LayerOption kUnits{
    {{"units", OptionKind::kInteger, kNone, 1, 2147483648.0, true}, assign<&Options::units, LayerOptions>}};
constexpr LayerOption kTrainable = flag<&Options::trainable>("trainable");
constexpr LayerOption kEpsilon = number<&Options::epsilon>("epsilon", 1e-3, kLeastPositive);
constexpr LayerOption kCenter = flag<&Options::center>("center");
constexpr LayerOption kScale = flag<&Options::scale>("scale");
constexpr LayerOption kRate = number<&Options::rate>("rate", kNone, 0, 1);

constexpr LayerOption kDense[] = {
    kUnits,
    activation("linear"),
    flag<&Options::useBias>("useBias"),
    initializer("kernelInitializer", "glorotUniform", &Options::kernelInitializer),
    initializer("biasInitializer", "zeros", &Options::biasInitializer),
    regularizer("kernelRegularizer", &Options::kernelRegularizer),
    regularizer("biasRegularizer", &Options::biasRegularizer),
    regularizer("activityRegularizer", &Options::activityRegularizer),
    constraint("kernelConstraint", &Options::kernelConstraint),
    constraint("biasConstraint", &Options::biasConstraint),
    kTrainable,
};
constexpr LayerOption kActivation[] = {activation(nullptr), kTrainable};
constexpr LayerOption kDropout[] = {kRate, kTrainable};
constexpr LayerOption kGaussianNoise[] = {number<&Options::stddev>("stddev", kNone, 0, kLargeNumber), kTrainable};
constexpr LayerOption kBatchNormalization[] = {number<&Options::momentum>("momentum", 0.99, 0, 1), kEpsilon, kCenter,
                                               kScale, kTrainable};
constexpr LayerOption kLayerNormalization[] = {kEpsilon, kCenter, kScale, kTrainable};
constexpr LayerOption kNormalization[] = {kTrainable};

constexpr LayerWeight kGamma{"gamma", WeightShape::kVector, true, "scale", &Options::scale};
constexpr LayerWeight kBeta{"beta", WeightShape::kVector, true, "center", &Options::center};

constexpr LayerWeight kDenseWeights[] = {
    {"kernel", WeightShape::kMatrix, true},
    {"bias", WeightShape::kVector, true, "useBias", &Options::useBias},
};
constexpr LayerWeight kBatchNormalizationWeights[] = {
    kGamma, kBeta, {"movingMean", WeightShape::kVector, false}, {"movingVariance", WeightShape::kVector, false}};
constexpr LayerWeight kLayerNormalizationWeights[] = {kGamma, kBeta};
constexpr LayerWeight kNormalizationWeights[] = {{"mean", WeightShape::kVector, false},
                                                 {"variance", WeightShape::kVector, false}};

template <class Kind>
std::unique_ptr<Layer> make(const LayerOptions& options) {
  return std::make_unique<Kind>(options);
}

struct Row {
  LayerKind kind;
  KindInference inference;
};

constexpr Row kRows[] = {
    {{"dense", kDense, kDenseWeights, make<Dense>}, {Dense::infer, true}},
    {{"activation", kActivation, {}, make<Identity>}, {Identity::infer, false}},
    {{"dropout", kDropout, {}, make<Dropout>}, {Identity::infer, false}},
    {{"alphaDropout", kDropout, {}, make<AlphaDropout>}, {Identity::infer, false}},
    {{"gaussianNoise", kGaussianNoise, {}, make<GaussianNoise>}, {Identity::infer, false}},
    {{"batchNormalization", kBatchNormalization, kBatchNormalizationWeights, make<BatchNormalization>},
     {BatchNormalization::infer, false}},
    {{"layerNormalization", kLayerNormalization, kLayerNormalizationWeights, make<LayerNormalization>},
     {LayerNormalization::infer, false}},
    {{"normalization", kNormalization, kNormalizationWeights, make<Normalization>}, {Normalization::infer, false}},
};

// One column of the rows by itself. Linkers keep tables whole, with all that they point to: a program that only trains,
// or only predicts, links one column.
template <auto Column>
constexpr auto column() {
  using Entry = std::decay_t<decltype(kRows[0].*Column)>;
  std::array<Entry, std::size(kRows)> entries{};
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = kRows[i].*Column;
  return entries;
}

constexpr auto kKinds = column<&Row::kind>();
constexpr auto kInferences = column<&Row::inference>();

}  // namespace

const KindInference& kindInference(std::size_t place) { return kInferences[place]; }

Table<LayerKind> layerKinds() { return {kKinds.data(), kKinds.size()}; }

const LayerKind* findLayerKind(std::string_view name) { return findNamed(layerKinds(), name); }

// The largest layer, and words around it: a shared pointer in a list that doubles as it grows, and its count of owners.
Size layerBytes() {
  constexpr std::size_t kLargest =
      std::max({sizeof(Dense), sizeof(BatchNormalization), sizeof(LayerNormalization), sizeof(Normalization),
                sizeof(Dropout), sizeof(AlphaDropout), sizeof(GaussianNoise), sizeof(Identity)});
  return static_cast<Size>(kLargest + 12 * sizeof(void*));
}

Size LayerWeight::size(const LayerOptions& options) const {
  if (field && !(options.*field)) return 0;
  return shape == WeightShape::kMatrix ? Size(options.inputs) * options.units : options.units;
}

LayerOptions LayerKind::defaults() const {
  LayerOptions values;
  values.activation = findActivation("linear");
  for (const LayerOption& option : options) {
    if (option.set && !option.required) option.set(values, option.fallback);
    if (option.initializer) values.*option.initializer = findInitializer(option.fallbackName);
  }
  return values;
}

}  // namespace mlp
