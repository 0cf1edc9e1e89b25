// The one scalar type of the core, and the matrix types made from it. Rows are samples everywhere.
#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace mlp {

// float is what ships; MLP_DOUBLE builds the whole core in double, for the gradient proofs.
#ifdef MLP_DOUBLE
using Scalar = double;
#else
using Scalar = float;
#endif

using Index = Eigen::Index;

using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::Matrix<Scalar, 1, Eigen::Dynamic, Eigen::RowMajor>;

// Views of memory that somebody else owns: contiguous, row-major.
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;
using VectorMap = Eigen::Map<Vector>;
using ConstVectorMap = Eigen::Map<const Vector>;

}  // namespace mlp
