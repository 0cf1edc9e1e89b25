#include "mlp/pairing.h"

#include <initializer_list>
#include <string>

namespace mlp {
namespace {

std::string sentenceOf(std::initializer_list<std::string_view> words) {
  std::string sentence = "compile: ";
  for (const std::string_view word : words) sentence += word;
  return sentence;
}

}  // namespace

std::string pairingFault(const Network& network, const Loss& loss, const std::vector<MetricChoice>& metrics,
                         const Optimizer& optimizer) {
  const Layer& last = *network.layers().back();
  const std::string_view name = loss.name, output = last.activation().name;
  if (last.units() == 1 && (output == "softmax" || output == "logSoftmax" || name == "categoricalCrossentropy" ||
                            name == "sparseCategoricalCrossentropy")) {
    return sentenceOf(
        {"loss: expected several outputs for ", name, " after ", output,
         ", got 1, whose share of the whole is always 1. For a yes or no: sigmoid and binaryCrossentropy"});
  }
  for (const MetricChoice& choice : metrics) {
    if (loss.targets == TargetKind::kSign && std::string_view(choice.metric->name) == "logLoss") {
      return sentenceOf({"metrics: expected no logLoss beside ", name, ", whose outputs are no probabilities"});
    }
  }
  for (const auto& layer : network.layers()) {
    if (optimizer.fullBatch() && layer->draws()) {
      return sentenceOf({"optimizer: expected no layer that draws in training beside ", optimizer.name,
                         ", which must find the same loss for the same weights, got one at layers[",
                         std::to_string(layer->index()), "]"});
    }
  }
  return {};
}

}  // namespace mlp
