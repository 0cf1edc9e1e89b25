// Samples as callers hold them.
#pragma once

#include <cstdint>

#include "mlp/types.h"

namespace mlp {

// Position of the first number of row `row`, if each has `length` numbers. A std::size_t, because byte samples on the
// web may be more than the 32 bits of an Index there can count.
inline std::size_t placeOf(Index row, Index length) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(length);
}

// Samples in the caller's memory: x in one of three forms, targets in one of two, and perhaps weights.
struct Samples {
  Index rows = 0;
  Index features = 0;

  const Scalar* dense = nullptr;        // rows × features
  const std::uint8_t* bytes = nullptr;  // rows × features, each worth byte · scale
  Scalar scale = 1;
  const std::int32_t* rowStarts = nullptr;  // compressed sparse rows: rows + 1
  const std::int32_t* columns = nullptr;    // of each entry, ascending within a row
  const Scalar* values = nullptr;           // of each entry

  const Scalar* targets = nullptr;        // rows × outputs
  const std::int32_t* classes = nullptr;  // rows, each in [0, outputs)

  const Scalar* weights = nullptr;  // rows: of each sample's loss; null where all are 1

  std::uint32_t firstRow = 0;  // number of the first row within the pass, from which augmentation draws
};

// The rows of the samples that make a batch: order[first] … order[first + rows − 1], or first … first + rows − 1 if
// `order` is null.
struct Selection {
  const std::int32_t* order;
  Index first;
  Index rows;

  Index operator[](Index i) const { return order ? order[first + i] : first + i; }
};

}  // namespace mlp
