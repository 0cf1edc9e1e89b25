#include "mlp/metric.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "mlp/elementary.h"
#include "mlp/scores.h"

namespace mlp {
namespace {

Index largest(const Scalar* numbers, Index count) { return std::max_element(numbers, numbers + count) - numbers; }

// A target above ½ means yes, because that also tells 1 from −1.
bool yes(Scalar target) { return target > Scalar(0.5); }

// --- Means over the samples. Accumulator: samples, sum.

using RowValue = double (*)(const Judged& judged, const Scalar* output, const Scalar* target);

template <RowValue value>
void addValue(const Judged& judged, const Sample& sample, double* accumulator) {
  accumulator[0] += 1;
  accumulator[1] += value(judged, sample.output, sample.target);
}

// The cross-entropy as the loss computes it: from z if possible, because an output that rounds to 0 or 1 has lost its
// digits.
void addCrossentropy(const Judged& judged, const Sample& sample, double* accumulator) {
  accumulator[0] += 1;
  accumulator[1] += judged.crossentropy(judged.crossentropyOfZ ? sample.z : sample.output, sample.target, judged.units,
                                        LossOptions(), 1, nullptr);
}

double mean(const Judged&, const double* accumulator) { return accumulator[1] / accumulator[0]; }
double rootMean(const Judged& judged, const double* accumulator) { return std::sqrt(mean(judged, accumulator)); }

// Share of outputs on the right side of the threshold.
double binaryAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  Index right = 0;
  for (Index i = 0; i < judged.units; ++i) right += (output[i] > judged.threshold) == yes(target[i]);
  return static_cast<double>(right) / static_cast<double>(judged.units);
}

// 1 if the largest output is that of the sample's class, which has the largest target; else 0. Of equal ones the first
// counts.
double categoricalAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  return largest(output, judged.units) == largest(target, judged.units);
}

double accuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  return (judged.independent ? binaryAccuracy : categoricalAccuracy)(judged, output, target);
}

// 1 if fewer than k outputs rank before that of the class, else 0. Larger ones do, and equal ones with a lower index.
double topKAccuracy(const Judged& judged, const Scalar* output, const Scalar* target) {
  const Index right = largest(target, judged.units);
  Index before = 0;
  for (Index i = 0; i < judged.units; ++i) {
    before += output[i] > output[right] || (output[i] == output[right] && i < right);
  }
  return before < judged.k;
}

// The value of a loss of that name without options.
double lossOf(const char* name, const Judged& judged, const Scalar* output, const Scalar* target) {
  return findLoss(name)->fromActivations(output, target, judged.units, LossOptions(), 1, nullptr);
}

double percentageError(const Judged& judged, const Scalar* output, const Scalar* target) {
  return lossOf("meanAbsolutePercentageError", judged, output, target);
}

double logarithmicError(const Judged& judged, const Scalar* output, const Scalar* target) {
  return lossOf("meanSquaredLogarithmicError", judged, output, target);
}

// 1 where both point the same way: as in Keras, the loss with its sign turned.
double cosineSimilarity(const Judged& judged, const Scalar* output, const Scalar* target) {
  return -lossOf("cosineSimilarity", judged, output, target);
}

double meanSquaredError(const Judged& judged, const Scalar* output, const Scalar* target) {
  double sum = 0;
  for (Index i = 0; i < judged.units; ++i) sum += (double(output[i]) - target[i]) * (double(output[i]) - target[i]);
  return sum / static_cast<double>(judged.units);
}

double meanAbsoluteError(const Judged& judged, const Scalar* output, const Scalar* target) {
  double sum = 0;
  for (Index i = 0; i < judged.units; ++i) sum += std::abs(double(output[i]) - target[i]);
  return sum / static_cast<double>(judged.units);
}

// --- Precision, recall and F₁. Accumulator, for each output: found rightly, found, to be found.

void addCounts(const Judged& judged, const Sample& sample, double* accumulator) {
  const Scalar *const output = sample.output, *const target = sample.target;
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

// The average of scikit-learn's precision_recall_fscore_support: a class that neither occurs nor is found is left out,
// an independent output never is.
double average(const Judged& judged, const double* accumulator, int ofFound, int ofWanted) {
  Counts all = {0, 0, 0};
  double sum = 0, weights = 0;
  for (Index i = 0; i < judged.units; ++i, accumulator += 3) {
    const Counts counts = {accumulator[0], accumulator[1], accumulator[2]};
    all = {all.right + counts.right, all.found + counts.found, all.wanted + counts.wanted};
    const double weight =
        judged.average == Average::kWeighted ? counts.wanted : judged.independent || counts.found + counts.wanted > 0;
    sum += weight * counts.figure(ofFound, ofWanted);
    weights += weight;
  }
  return judged.average == Average::kMicro || judged.units == 1 ? all.figure(ofFound, ofWanted) : share(sum, weights);
}

double precision(const Judged& judged, const double* accumulator) { return average(judged, accumulator, 1, 0); }
double recall(const Judged& judged, const double* accumulator) { return average(judged, accumulator, 0, 1); }
double f1Score(const Judged& judged, const double* accumulator) { return average(judged, accumulator, 1, 1); }

// --- R². Accumulator: samples; for each output: mean target, Σ(y − mean)², Σ(y − ŷ)².

// The running mean and Σ(y − mean)² of Welford 1962: large means cancel nothing.
void addDeviations(const Judged& judged, const Sample& sample, double* accumulator) {
  const Scalar *const output = sample.output, *const target = sample.target;
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

bool isOneOf(std::string_view name, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

using Options = MetricOptions;

constexpr std::string_view kAverages[] = {"macro", "micro", "weighted"};  // in the order of Average

constexpr Option<Options> kThreshold{{"threshold", OptionKind::kNumber, kNone, -kAnyNumber, kAnyNumber},
                                     assign<&Options::threshold>};
constexpr Option<Options> kAccuracyOptions[] = {kThreshold};
constexpr Option<Options> kTopKOptions[] = {{{"k", OptionKind::kInteger, 5, 1, 2147483648.0}, assign<&Options::k>}};
constexpr Option<Options> kCountOptions[] = {
    kThreshold, {{"average", OptionKind::kChoice, 0, 0, 3, false, kAverages}, assign<&Options::average>}};

constexpr Metric kMetrics[] = {
    {"accuracy", 2, 0, addValue<accuracy>, mean},
    {"binaryAccuracy", 2, 0, addValue<binaryAccuracy>, mean, kAccuracyOptions},
    {"categoricalAccuracy", 2, 0, addValue<categoricalAccuracy>, mean},
    {"sparseCategoricalAccuracy", 2, 0, addValue<categoricalAccuracy>, mean},
    {"topKAccuracy", 2, 0, addValue<topKAccuracy>, mean, kTopKOptions},
    {"precision", 0, 3, addCounts, precision, kCountOptions},
    {"recall", 0, 3, addCounts, recall, kCountOptions},
    {"f1Score", 0, 3, addCounts, f1Score, kCountOptions},
    {"auc", 0, 0, nullptr, nullptr},
    {"logLoss", 2, 0, addCrossentropy, mean},
    {"meanSquaredError", 2, 0, addValue<meanSquaredError>, mean},
    {"meanAbsoluteError", 2, 0, addValue<meanAbsoluteError>, mean},
    {"meanAbsolutePercentageError", 2, 0, addValue<percentageError>, mean},
    {"meanSquaredLogarithmicError", 2, 0, addValue<logarithmicError>, mean},
    {"cosineSimilarity", 2, 0, addValue<cosineSimilarity>, mean},
    {"rootMeanSquaredError", 2, 0, addValue<meanSquaredError>, rootMean},
    {"r2Score", 1, 3, addDeviations, r2Score},
};

}  // namespace

Judged::Judged(const Objective& objective, Index outputs, const MetricOptions& options)
    : units(outputs), k(options.k), average(options.average) {
  const bool signs = objective.loss().targets == TargetKind::kSign;
  const std::string_view output = objective.output().name;
  const bool logits = objective.options().fromLogits;
  independent = units == 1 || signs || std::string_view(objective.loss().name) == "binaryCrossentropy";
  const double given = std::isnan(options.threshold) ? (signs ? 0 : 0.5) : options.threshold;
  threshold = static_cast<Scalar>(given);
  if (logits) threshold = std::log(threshold / (1 - threshold));
  const Loss& loss = *findLoss(independent ? "binaryCrossentropy" : "categoricalCrossentropy");
  crossentropyOfZ = logits || isOneOf(output, {"logSoftmax"}) ||
                    std::find(loss.fused.begin(), loss.fused.end(), output) != loss.fused.end();
  crossentropy = crossentropyOfZ ? loss.fromLogits : loss.fromActivations;
  scores = !independent && (logits || isOneOf(output, {"softmax", "logSoftmax"}))        ? ScoreKind::kLogOdds
           : isOneOf(output, {"sigmoid", "tanh", "softplus", "softsign", "exponential"}) ? ScoreKind::kZ
                                                                                         : ScoreKind::kOutput;
}

void Judged::addScores(const Sample& sample, Index number, double* accumulator, Index capacity) const {
  const Index wanted = largest(sample.target, units), top = largest(sample.z, units);
  const bool logOdds = scores == ScoreKind::kLogOdds;
  Index second = top == 0 ? 1 : 0;  // the largest of the others
  for (Index i = 0; logOdds && i < units; ++i) {
    if (i != top && sample.z[i] > sample.z[second]) second = i;
  }
  // Powers are float's in the float build, because the tables of a double exponential are 4 kB that no gzip makes
  // smaller; sums of them are double, so that the order in which equal odds are added up is not seen.
  const auto power = [&](Index i, Index of) { return double(mlp::exp(Scalar(sample.z[i] - sample.z[of]))); };
  double sum = 0, others = 0;  // Σ e^(z − z_top) of all, Σ e^(z − z_second) of all but the top
  for (Index i = 0; logOdds && i < units; ++i) {
    sum += power(i, top);
    if (i != top) others += power(i, second);
  }
  for (Index i = 0; i < units; ++i, accumulator += kScoreHeader + capacity) {
    double score = static_cast<double>((scores == ScoreKind::kOutput ? sample.output : sample.z)[i]);
    if (logOdds) {
      // ln(p/(1 − p)) = z − ln Σ e^z of the others, each power relative to the largest of these, so that none overflows.
      const double rest = i == top ? others : sum - power(i, top);
      score -= double(sample.z[i == top ? second : top]) + double(std::log(static_cast<Scalar>(rest)));
      score = double(static_cast<float>(score));
    }
    Scores(accumulator, capacity).add(score, independent ? yes(sample.target[i]) : i == wanted, number);
  }
}

double Judged::area(const double* accumulator, Index capacity) const {
  double sum = 0, outputs = 0;
  for (Index i = 0; i < units; ++i, accumulator += kScoreHeader + capacity) {
    const Scores::Pairs pairs = Scores(const_cast<double*>(accumulator), capacity).pairs();
    if (pairs.all == 0) continue;
    sum += pairs.right / pairs.all;
    outputs += 1;
  }
  return sum / outputs;
}

Table<Metric> metrics() { return kMetrics; }

const Metric* findMetric(std::string_view name) { return findNamed(metrics(), name); }

}  // namespace mlp
