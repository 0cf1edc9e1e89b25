#include "mlp/metric.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

// Share of outputs on the right side of the threshold; targets count as 1 above ½.
double binaryAccuracy(const Scalar* output, const Scalar* target, Index units, Scalar threshold) {
  Index right = 0;
  for (Index i = 0; i < units; ++i) right += (output[i] > threshold) == (target[i] > Scalar(0.5));
  return static_cast<double>(right) / static_cast<double>(units);
}

// 1 where the largest output is the largest target (one-hot), else 0.
double categoricalAccuracy(const Scalar* output, const Scalar* target, Index units, Scalar) {
  return std::max_element(output, output + units) - output == std::max_element(target, target + units) - target;
}

// A single output is a yes or no; several are classes.
double accuracy(const Scalar* output, const Scalar* target, Index units, Scalar threshold) {
  return units == 1 ? binaryAccuracy(output, target, units, threshold)
                    : categoricalAccuracy(output, target, units, threshold);
}

double meanSquaredError(const Scalar* output, const Scalar* target, Index units, Scalar) {
  double sum = 0;
  for (Index i = 0; i < units; ++i) sum += double(output[i] - target[i]) * double(output[i] - target[i]);
  return sum / static_cast<double>(units);
}

double meanAbsoluteError(const Scalar* output, const Scalar* target, Index units, Scalar) {
  double sum = 0;
  for (Index i = 0; i < units; ++i) sum += std::abs(output[i] - target[i]);
  return sum / static_cast<double>(units);
}

constexpr Metric kMetrics[] = {
    {"accuracy", accuracy},
    {"binaryAccuracy", binaryAccuracy},
    {"categoricalAccuracy", categoricalAccuracy},
    {"meanSquaredError", meanSquaredError},
    {"meanAbsoluteError", meanAbsoluteError},
};

}  // namespace

Table<Metric> metrics() { return kMetrics; }

const Metric* findMetric(std::string_view name) { return findNamed(metrics(), name); }

double metricSum(const Metric& metric, ConstMatrixMap outputs, ConstMatrixMap targets, Scalar threshold) {
  double sum = 0;
  for (Index row = 0; row < outputs.rows(); ++row) {
    sum += metric.row(outputs.data() + row * outputs.cols(), targets.data() + row * outputs.cols(), outputs.cols(),
                      threshold);
  }
  return sum;
}

}  // namespace mlp
