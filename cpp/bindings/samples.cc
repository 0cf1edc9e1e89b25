#include "bindings/samples.h"

#include <emscripten/bind.h>

#include "mlp/batcher.h"

namespace mlp::bindings {

Samples samplesAt(const SampleAddresses& addresses) {
  Samples samples;
  samples.rows = static_cast<Index>(addresses.rows);
  samples.features = static_cast<Index>(addresses.features);
  samples.dense = at<const Scalar>(addresses.dense);
  samples.bytes = at<const std::uint8_t>(addresses.bytes);
  samples.scale = static_cast<Scalar>(addresses.scale);
  samples.rowStarts = at<const std::int32_t>(addresses.rowStarts);
  samples.columns = at<const std::int32_t>(addresses.columns);
  samples.values = at<const Scalar>(addresses.values);
  samples.targets = at<const Scalar>(addresses.targets);
  samples.classes = at<const std::int32_t>(addresses.classes);
  samples.weights = at<const Scalar>(addresses.weights);
  samples.firstRow = static_cast<std::uint32_t>(addresses.firstRow);
  return samples;
}

namespace {

void augmentSamples(const SampleAddresses& addresses, const Augmentation& options, double seed, double pass,
                    double rowsAtOnce, Pointer outputs) {
  augment(samplesAt(addresses), options, static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(pass),
          static_cast<Index>(rowsAtOnce), at<Scalar>(outputs));
}
double augmentSamplesBytes(const SampleAddresses& addresses, const Augmentation& options, double rowsAtOnce) {
  return static_cast<double>(augmentBytes(samplesAt(addresses), options, static_cast<Index>(rowsAtOnce)));
}

EMSCRIPTEN_BINDINGS(samples) {
  emscripten::value_object<SampleAddresses>("Samples")
      .field("rows", &SampleAddresses::rows)
      .field("features", &SampleAddresses::features)
      .field("dense", &SampleAddresses::dense)
      .field("bytes", &SampleAddresses::bytes)
      .field("scale", &SampleAddresses::scale)
      .field("rowStarts", &SampleAddresses::rowStarts)
      .field("columns", &SampleAddresses::columns)
      .field("values", &SampleAddresses::values)
      .field("targets", &SampleAddresses::targets)
      .field("classes", &SampleAddresses::classes)
      .field("weights", &SampleAddresses::weights)
      .field("firstRow", &SampleAddresses::firstRow);

  emscripten::value_object<Augmentation>("Augmentation")
      .field("height", &Augmentation::height)
      .field("width", &Augmentation::width)
      .field("shift", &Augmentation::shift)
      .field("rotation", &Augmentation::rotation)
      .field("scaleLow", &Augmentation::scaleLow)
      .field("scaleHigh", &Augmentation::scaleHigh)
      .field("shear", &Augmentation::shear)
      .field("elasticAlpha", &Augmentation::elasticAlpha)
      .field("elasticSigma", &Augmentation::elasticSigma)
      .field("noise", &Augmentation::noise)
      .field("erasingProbability", &Augmentation::erasingProbability)
      .field("erasingSize", &Augmentation::erasingSize)
      .field("fill", &Augmentation::fill);

  emscripten::function("augment", &augmentSamples);
  emscripten::function("augmentBytes", &augmentSamplesBytes);
}

}  // namespace
}  // namespace mlp::bindings
