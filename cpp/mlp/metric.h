// Metrics: numbers that are accumulated sample by sample, and a result made of them. One entry each in metric.cc.
//
// Accumulators are doubles in a flat buffer, and samples are added one by one, so that neither the cut into batches nor
// storing the buffer in between changes a bit of the result. Their length does not depend on the number of samples. The
// exception are the scores for the area under the ROC curve (scores.h): they lie behind the accumulators, once for all
// metrics that need them.
#pragma once

#include <limits>
#include <string_view>

#include "mlp/objective.h"
#include "mlp/option.h"
#include "mlp/types.h"

namespace mlp {

// Ways to make one figure of those of several outputs. Their names: kAverages in metric.cc.
enum class Average {
  kMacro,     // their mean
  kMicro,     // one figure, of the counts of all outputs together
  kWeighted,  // their mean, weighted by the number of samples of each class
};

struct MetricOptions {
  // An output above this means yes. It is a probability even if the outputs are logits. NaN: ½, or 0 if targets are ±1.
  double threshold = std::numeric_limits<double>::quiet_NaN();
  Index k = 5;  // topKAccuracy
  Average average = Average::kMacro;
};

// One sample as the network judged it: `units` numbers each.
struct Sample {
  const Scalar* z;  // of the last layer
  const Scalar* output;
  const Scalar* target;
};

// The facts that metrics need about the network that they judge.
struct Judged {
  Judged(const Objective& objective, Index outputs, const MetricOptions& options);

  Index units;
  bool independent;  // each output is a yes or no of its own; otherwise outputs are classes
  Scalar threshold;  // on the scale of the outputs
  Index k;
  Average average;
  RowLoss crossentropy;  // of outputs, or of z
  bool crossentropyOfZ;
  // The numbers that rank samples for the area under the ROC curve. If z, or the log-odds z − ln Σ eᶻ of the others,
  // rank them as the outputs do, they are used instead, because many outputs round to the same 0 or 1.
  enum class ScoreKind { kOutput, kZ, kLogOdds } scores;

  // Adds sample `number`, counted from 0, to the scores of each output: kScoreHeader + capacity numbers an output.
  void addScores(const Sample& sample, Index number, double* accumulator, Index capacity) const;
  // Area under the ROC curve of each output or class against the rest: the mean over those that have both. NaN where
  // none has.
  double area(const double* accumulator, Index capacity) const;
};

struct Metric {
  const char* name;
  // Length of the accumulator: `fixed` numbers, and `perUnit` for each output. All start as 0.
  Index fixed, perUnit;
  // Adds one sample. nullptr, as is `result`: the metric is the area under the ROC curve, made from scores.
  void (*add)(const Judged& judged, const Sample& sample, double* accumulator);
  // The figure for the samples added so far, at least one.
  double (*result)(const Judged& judged, const double* accumulator);
  Table<Option<MetricOptions>> options = {};  // the ones it takes

  bool ofScores() const { return add == nullptr; }
  Index size(Index units) const { return fixed + perUnit * units; }
};

// A metric as Model::compile() is given it.
struct MetricChoice {
  const Metric* metric;
  MetricOptions options;
};

Table<Metric> metrics();
const Metric* findMetric(std::string_view name);  // nullptr where there is none

}  // namespace mlp
