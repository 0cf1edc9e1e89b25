// Samples and what may be done to them, as JavaScript describes them.
#pragma once

#include "bindings/values.h"
#include "mlp/augment.h"
#include "mlp/samples.h"

namespace mlp::bindings {

// Addresses in memory, 0 for what is not there.
struct SampleAddresses {
  double rows, features;
  Pointer dense, bytes;
  double scale;
  Pointer rowStarts, columns, values;
  Pointer targets, classes, weights;
  double firstRow;
};

Samples samplesAt(const SampleAddresses& addresses);

}  // namespace mlp::bindings
