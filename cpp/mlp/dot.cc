#include "mlp/dot.h"

namespace mlp {

double dot(const Scalar* a, const Scalar* b, Index count) {
  double sums[4] = {};  // four that do not wait for each other
  Index i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int j = 0; j < 4; ++j) sums[j] += static_cast<double>(a[i + j]) * static_cast<double>(b[i + j]);
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace mlp
