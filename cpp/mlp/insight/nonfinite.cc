#include "mlp/insight/nonfinite.h"

#include "mlp/simd.h"

namespace mlp {
namespace {

// Position of the last number that is not finite; −1 if all are.
Index lastNonFinite(const Scalar* numbers, Index count) {
  if (allFinite(numbers, count)) return -1;
  while (--count >= 0 && numbers[count] - numbers[count] == 0) {
  }
  return count;
}

}  // namespace

NonFinite firstNonFinite(const Network& network) {
  NonFinite found;
  for (std::size_t i = network.passEnd(); i-- > network.passBegin();) {
    const ConstMatrixMap a = network.a(i);
    if (lastNonFinite(a.data(), a.size()) >= 0) found.layer = static_cast<Index>(i);
  }
  found.parameter = lastNonFinite(network.parameters().data(), network.parameters().size());
  return found;
}

}  // namespace mlp
