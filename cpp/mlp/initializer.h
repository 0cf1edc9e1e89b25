// Initial values of kernels and biases. One entry each in initializer.cc.
#pragma once

#include <cstddef>
#include <string_view>

#include "mlp/option.h"
#include "mlp/random.h"
#include "mlp/types.h"

namespace mlp {

struct InitializerOptions {
  double value = 0;       // constant
  double minval = -0.05;  // randomUniform
  double maxval = 0.05;   // randomUniform
  double mean = 0;        // randomNormal
  double stddev = 0.05;   // randomNormal
  double gain = 1;        // orthogonal
};

struct Initializer {
  const char* name;
  // Fills `weights`, fan-in rows × fan-out columns. A bias is one row.
  void (*fill)(MatrixMap weights, Random& random, const InitializerOptions& options);
  Table<Option<InitializerOptions>> options = {};  // the ones it takes
  std::size_t scratch = 0;                         // bytes that fill() allocates, for each weight
};

Table<Initializer> initializers();
const Initializer* findInitializer(std::string_view name);  // nullptr where there is none

}  // namespace mlp
