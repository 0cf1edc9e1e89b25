// Metrics: a value per sample, then the mean over samples. One entry each in metric.cc.
#pragma once

#include <string_view>

#include "mlp/types.h"

namespace mlp {

struct Metric {
  const char* name;
  // Value of one sample: `units` outputs and targets. `threshold`: an output above it means class 1.
  double (*row)(const Scalar* output, const Scalar* target, Index units, Scalar threshold);
};

Table<Metric> metrics();
const Metric* findMetric(std::string_view name);  // nullptr where there is none

// Sum over the rows.
double metricSum(const Metric& metric, ConstMatrixMap outputs, ConstMatrixMap targets, Scalar threshold);

}  // namespace mlp
