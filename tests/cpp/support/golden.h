// Numbers of other programs, from tests/golden.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "mlp/types.h"

namespace mlp {

using Json = nlohmann::json;

inline Json goldenFile(const char* name) {
  const std::string path = std::string(MLP_SOURCE_DIR "/tests/golden/") + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no " + path);
  return Json::parse(file);
}

inline Matrix matrixOf(const Json& rows) {
  Matrix matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.at(0).size()));
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) {
      matrix(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j)).get<Scalar>();
    }
  }
  return matrix;
}

}  // namespace mlp
