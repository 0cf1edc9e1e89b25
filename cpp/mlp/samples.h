// Samples as callers hold them.
#pragma once

#include <cstdint>

#include "mlp/types.h"

namespace mlp {

struct Augmentation;

// Samples in somebody else's memory: x in one of three forms, targets in one of two, and
// perhaps weights.
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

  const Augmentation* augmentation = nullptr;  // what a batch does to its rows; null for nothing
};

// Which rows of the samples make a batch: order[first] … order[first + rows − 1], or first … themselves where
// `order` is null.
struct Selection {
  const std::int32_t* order;
  Index first;
  Index rows;

  Index operator[](Index i) const { return order ? order[first + i] : first + i; }
};

}  // namespace mlp
