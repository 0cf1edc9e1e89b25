// The one scalar type of the core, and the matrix types made from it. Rows are samples everywhere.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlp {

// float is what ships; MLP_DOUBLE builds the whole core in double, for the gradient proofs.
#ifdef MLP_DOUBLE
using Scalar = double;
#else
using Scalar = float;
#endif

using Index = Eigen::Index;

// On a function that nothing waits for, in a file that is built for speed: it is built for size, and once.
#ifdef __clang__
#define MLP_SMALL __attribute__((minsize, noinline))
#else
#define MLP_SMALL __attribute__((noinline))
#endif

using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::Matrix<Scalar, 1, Eigen::Dynamic, Eigen::RowMajor>;

// Views of memory that somebody else owns: contiguous, row-major.
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;
using VectorMap = Eigen::Map<Vector>;
using ConstVectorMap = Eigen::Map<const Vector>;

// Entries that stand in the program's data: no code makes or frees them.
template <class Entry>
class Table {
 public:
  constexpr Table() = default;
  template <std::size_t Count>
  constexpr Table(const Entry (&entries)[Count]) : begin_(entries), end_(entries + Count) {}
  constexpr Table(const Entry* first, std::size_t count) : begin_(first), end_(first + count) {}

  constexpr const Entry* begin() const { return begin_; }
  constexpr const Entry* end() const { return end_; }
  constexpr std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  constexpr bool empty() const { return begin_ == end_; }
  constexpr const Entry& front() const { return *begin_; }

 private:
  const Entry* begin_ = nullptr;
  const Entry* end_ = nullptr;
};

// The entry of that name; nullptr where there is none.
template <class Entries>
auto findNamed(const Entries& entries, std::string_view name) -> decltype(&*entries.begin()) {
  for (const auto& entry : entries) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

}  // namespace mlp
