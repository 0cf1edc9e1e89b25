#include "mlp/metric.h"

#include <algorithm>
#include <cmath>

#include "mlp/elementary.h"

namespace mlp {
namespace {

Index largest(const Scalar* numbers, Index count) {
  return std::max_element(numbers, numbers + count) - numbers;
}

// Of one or independent outputs: targets count as yes above ½, which also tells 1 from −1.
bool yes(Scalar target) { return target > Scalar(0.5); }

// --- Means over the samples. Accumulator: samples, sum.
// -----------------------------------------------------------

using RowValue = double (*)(const Judged& judged, const Scalar* output, const Scalar* target);

template <RowValue value>
void addValue(const Judged& judged, const Scalar* output, const Scalar* target, double* accumulator) {
  accumulator[0] += 1;
  accumulator[1] += value(judged, output, target);
}

double mean(const Judged&, const double* accumulator) { return accumulator[1] / accumulator[0]; }
double rootMean(const Judged& judged, const double* accumulator) {
  return std::sqrt(mean(judged, accumulator));
}

// Share of outputs on the right side of the threshold.
double binaryAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  Index right = 0;
  for (Index i = 0; i < judged.units; ++i) right += (output[i] > judged.threshold) == yes(target[i]);
  return static_cast<double>(right) / static_cast<double>(judged.units);
}

// Whether the class, that of the largest target, is that of the largest output; of equal ones the first
// counts.
double categoricalAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  return largest(output, judged.units) == largest(target, judged.units);
}

double accuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  return (judged.independent ? binaryAccuracy : categoricalAccuracy)(judged, output, target);
}

// Whether fewer than k outputs come before that of the class: larger ones, and equal ones that stand before
// it.
double topKAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  const Index right = largest(target, judged.units);
  Index before = 0;
  for (Index i = 0; i < judged.units; ++i) {
    before += output[i] > output[right] || (output[i] == output[right] && i < right);
  }
  return before < judged.k;
}

double crossentropy(const Judged& judged, const Scalar* output, const Scalar* target) {
  return judged.crossentropy(output, target, judged.units, LossOptions(), 1, nullptr);
}

double meanSquaredError(const Judged& judged, const Scalar* output, const Scalar* target) {
  double sum = 0;
  for (Index i = 0; i < judged.units; ++i)
    sum += (double(output[i]) - target[i]) * (double(output[i]) - target[i]);
  return sum / static_cast<double>(judged.units);
}

double meanAbsoluteError(const Judged& judged, const Scalar* output, const Scalar* target) {
  double sum = 0;
  for (Index i = 0; i < judged.units; ++i) sum += std::abs(double(output[i]) - target[i]);
  return sum / static_cast<double>(judged.units);
}

// --- Precision, recall and F₁. Accumulator, for each output: found rightly, found, to be found.
// --------------------

void addCounts(const Judged& judged, const Scalar* output, const Scalar* target, double* accumulator) {
  const Index answer = largest(output, judged.units);
  const Index wanted = largest(target, judged.units);
  for (Index i = 0; i < judged.units; ++i, accumulator += 3) {
    const bool isFound = judged.independent ? output[i] > judged.threshold : i == answer;
    const bool isWanted = judged.independent ? yes(target[i]) : i == wanted;
    accumulator[0] += isFound && isWanted;
    accumulator[1] += isFound;
    accumulator[2] += isWanted;
  }
}

// 0 where there is nothing to divide by, as in Keras and scikit-learn.
double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

// The counts of one output, or of several together.
struct Counts {
  double right, found, wanted;

  // Precision is right/found, recall right/wanted, and F₁ = 2PR/(P + R) is 2·right/(found + wanted).
  double figure(int ofFound, int ofWanted) const {
    return share((ofFound + ofWanted) * right, ofFound * found + ofWanted * wanted);
  }
};

// As scikit-learn's precision_recall_fscore_support averages: a class that neither occurs nor is found counts
// not at all, an independent output always.
double average(const Judged& judged, const double* accumulator, int ofFound, int ofWanted) {
  Counts all = {0, 0, 0};
  double sum = 0, weights = 0;
  for (Index i = 0; i < judged.units; ++i, accumulator += 3) {
    const Counts counts = {accumulator[0], accumulator[1], accumulator[2]};
    all = {all.right + counts.right, all.found + counts.found, all.wanted + counts.wanted};
    const double weight = judged.average == Average::kWeighted
                              ? counts.wanted
                              : judged.independent || counts.found + counts.wanted > 0;
    sum += weight * counts.figure(ofFound, ofWanted);
    weights += weight;
  }
  return judged.average == Average::kMicro || judged.units == 1 ? all.figure(ofFound, ofWanted)
                                                                : share(sum, weights);
}

double precision(const Judged& judged, const double* accumulator) {
  return average(judged, accumulator, 1, 0);
}
double recall(const Judged& judged, const double* accumulator) { return average(judged, accumulator, 0, 1); }
double f1Score(const Judged& judged, const double* accumulator) { return average(judged, accumulator, 1, 1); }

// --- Area under the ROC curve. Accumulator, for each output: negatives and positives in each bin of its
// scores. ----

// A bin is as wide as 1/64 of a power of two: of min(p, 1 − p) for probabilities, of |score| for other
// scores, 32 powers on either side. Scores in one bin count as equal.
constexpr int kStepBits = 6;
constexpr int kSide = 32 << kStepBits;
constexpr int kBins = 2 * kSide;

// Which step of 2^(power)·[1, 2^32) a magnitude lies on: its exponent and the first bits of its mantissa.
int step(float magnitude, int power) {
  const int bits = static_cast<int>(detail::bitCast<std::uint32_t>(std::abs(magnitude)) >> (23 - kStepBits));
  return std::min(std::max(bits - ((127 + power) << kStepBits), 0), kSide - 1);
}

int binOfProbability(Scalar p) {
  const Scalar rest = std::max(1 - p, Scalar(0));  // a rounding error may leave less
  return p < Scalar(0.5) ? step(static_cast<float>(p), -33) : kBins - 1 - step(static_cast<float>(rest), -33);
}
int binOfScore(Scalar score) {
  return score < 0 ? kSide - 1 - step(static_cast<float>(-score), -16)
                   : kSide + step(static_cast<float>(score), -16);
}

void addScores(const Judged& judged, const Scalar* output, const Scalar* target, double* accumulator) {
  const Index wanted = largest(target, judged.units);
  const bool logits = judged.scale == Judged::Scale::kLogit;
  const Scalar top = output[largest(output, judged.units)];
  Scalar sum = 0;  // softmax(z) = e^(z − top) / sum
  if (logits && !judged.independent) {
    for (Index i = 0; i < judged.units; ++i) sum += mlp::exp(output[i] - top);
  }
  for (Index i = 0; i < judged.units; ++i, accumulator += 2 * kBins) {
    const int bin = judged.scale == Judged::Scale::kAny ? binOfScore(output[i])
                    : !logits                           ? binOfProbability(output[i])
                    : judged.independent                ? binOfProbability(sigmoid(output[i]))
                                                        : binOfProbability(mlp::exp(output[i] - top) / sum);
    accumulator[2 * bin + (judged.independent ? yes(target[i]) : i == wanted)] += 1;
  }
}

// The share of pairs of a positive and a negative that are in the right order, equal ones counted half
// (Hanley & McNeil 1982): each output or class against the rest, and the mean over those that have both. NaN
// where none has.
double auc(const Judged& judged, const double* accumulator) {
  double sum = 0, outputs = 0;
  for (Index i = 0; i < judged.units; ++i) {
    double below = 0, positives = 0, pairs = 0;  // negatives in the bins so far
    for (int bin = 0; bin < kBins; ++bin, accumulator += 2) {
      pairs += accumulator[1] * (below + accumulator[0] / 2);
      below += accumulator[0];
      positives += accumulator[1];
    }
    if (below == 0 || positives == 0) continue;
    sum += pairs / (below * positives);
    outputs += 1;
  }
  return sum / outputs;
}

// --- R². Accumulator: samples; for each output: mean target, Σ(y − mean)², Σ(y − ŷ)².
// -----------------------------

// The running mean and Σ(y − mean)² of Welford 1962: large means cancel nothing.
void addDeviations(const Judged& judged, const Scalar* output, const Scalar* target, double* accumulator) {
  const double samples = ++accumulator[0];
  ++accumulator;
  for (Index i = 0; i < judged.units; ++i, accumulator += 3) {
    const double gap = target[i] - accumulator[0];
    const double error = double(output[i]) - target[i];
    accumulator[0] += gap / samples;
    accumulator[1] += gap * (target[i] - accumulator[0]);
    accumulator[2] += error * error;
  }
}

// 1 − Σ(y − ŷ)²/Σ(y − ȳ)², the mean over the outputs. Where targets are all the same: 1 if there is no error,
// else 0, as in scikit-learn.
double r2Score(const Judged& judged, const double* accumulator) {
  double sum = 0;
  ++accumulator;
  for (Index i = 0; i < judged.units; ++i, accumulator += 3) {
    sum += accumulator[1] > 0 ? 1 - accumulator[2] / accumulator[1] : accumulator[2] == 0;
  }
  return sum / static_cast<double>(judged.units);
}

Judged::Scale scaleOf(const Objective& objective) {
  const std::string_view output = objective.output().name;
  if (objective.options().fromLogits || output == "logSoftmax") return Judged::Scale::kLogit;
  for (const char* probability : {"sigmoid", "softmax", "hardSigmoid"}) {
    if (output == probability) return Judged::Scale::kProbability;
  }
  return Judged::Scale::kAny;
}

constexpr Metric kMetrics[] = {
    {"accuracy", 2, 0, addValue<accuracy>, mean},
    {"binaryAccuracy", 2, 0, addValue<binaryAccuracy>, mean},
    {"categoricalAccuracy", 2, 0, addValue<categoricalAccuracy>, mean},
    {"sparseCategoricalAccuracy", 2, 0, addValue<categoricalAccuracy>, mean},
    {"topKAccuracy", 2, 0, addValue<topKAccuracy>, mean},
    {"precision", 0, 3, addCounts, precision},
    {"recall", 0, 3, addCounts, recall},
    {"f1Score", 0, 3, addCounts, f1Score},
    {"auc", 0, 2 * kBins, addScores, auc},
    {"logLoss", 2, 0, addValue<crossentropy>, mean},
    {"meanSquaredError", 2, 0, addValue<meanSquaredError>, mean},
    {"meanAbsoluteError", 2, 0, addValue<meanAbsoluteError>, mean},
    {"rootMeanSquaredError", 2, 0, addValue<meanSquaredError>, rootMean},
    {"r2Score", 1, 3, addDeviations, r2Score},
};

}  // namespace

Judged::Judged(const Objective& objective, Index outputs, const MetricOptions& options)
    : units(outputs), scale(scaleOf(objective)), k(options.k), average(options.average) {
  const bool signs = objective.loss().targets == TargetKind::kSign;
  independent = units == 1 || signs || std::string_view(objective.loss().name) == "binaryCrossentropy";
  const double given = std::isnan(options.threshold) ? (signs ? 0 : 0.5) : options.threshold;
  threshold = static_cast<Scalar>(given);
  if (objective.options().fromLogits) threshold = std::log(threshold / (1 - threshold));
  const Loss& loss = *findLoss(independent ? "binaryCrossentropy" : "categoricalCrossentropy");
  crossentropy = scale == Scale::kLogit ? loss.fromLogits : loss.fromActivations;
}

Table<Metric> metrics() { return kMetrics; }

const Metric* findMetric(std::string_view name) { return findNamed(metrics(), name); }

}  // namespace mlp
