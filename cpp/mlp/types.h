// The one scalar type of the core, and the matrix types made from it. Rows are samples everywhere.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlp {

// The package uses float. MLP_DOUBLE builds the whole core in double, because checks of gradients need its precision.
#ifdef MLP_DOUBLE
using Scalar = double;
#else
using Scalar = float;
#endif

// 64 bits natively, 32 on the web. MLP_INDEX32 gives a native build 32 bits too, so that tests meet the limits of the
// web.
using Index = Eigen::Index;

// A count of numbers or bytes. It has 64 bits, because a product of Indices may be too large for the 32 bits that they
// have on the web, and a size must come out right before it can be refused.
using Size = std::int64_t;

// Marks a seldom called function in a file that is built for speed: this one is built for size and never inlined,
// because its speed does not matter, but every byte is downloaded.
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

// A list of constants in the program's data, because a std::vector would need code to fill and to free it.
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
