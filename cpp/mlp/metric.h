// Metrics: numbers that are accumulated sample by sample, and a result made of them. One entry each in
// metric.cc.
//
// Accumulators are doubles in a flat buffer, as many for a metric whatever the number of samples, and each
// sample is added by itself: how samples are cut into batches, and whether the buffer was stored in between,
// changes no bit.
#pragma once

#include <limits>
#include <string_view>

#include "mlp/loss.h"
#include "mlp/types.h"

namespace mlp {

// How figures of several outputs become one.
enum class Average {
  kMacro,     // their mean
  kMicro,     // one figure of the counts of all
  kWeighted,  // their mean, each as often as its class occurs
};

struct MetricOptions {
  // Above which output the answer is yes; as a probability where outputs are logits. NaN: ½, or 0 where
  // targets are ±1.
  double threshold = std::numeric_limits<double>::quiet_NaN();
  Index k = 5;  // topKAccuracy
  Average average = Average::kMacro;
};

// What a metric has to know of the network that it judges.
struct Judged {
  Judged(const Objective& objective, Index units, const MetricOptions& options);

  Index units;
  bool independent;  // whether each output is a yes or no of its own; otherwise outputs are classes
  enum class Scale { kAny, kProbability, kLogit } scale;  // of the outputs
  Scalar threshold;                                       // on the scale of the outputs
  Index k;
  Average average;
  RowLoss crossentropy;  // of outputs on that scale
};

struct Metric {
  const char* name;
  // Length of the accumulator: this many numbers, and this many for each output. All start as 0.
  Index fixed, perUnit;
  // Adds one sample: `units` outputs and targets.
  void (*add)(const Judged& judged, const Scalar* output, const Scalar* target, double* accumulator);
  // Of the samples added so far, at least one.
  double (*result)(const Judged& judged, const double* accumulator);

  Index size(Index units) const { return fixed + perUnit * units; }
};

Table<Metric> metrics();
const Metric* findMetric(std::string_view name);  // nullptr where there is none

}  // namespace mlp
