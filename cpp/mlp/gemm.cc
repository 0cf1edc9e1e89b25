#include "mlp/gemm.h"

#include <cstring>

#include "mlp/parallel.h"
#include "mlp/simd.h"

namespace mlp {
namespace {

constexpr Index kPanel = 2 * kLanes;  // columns of a packed panel, and of a tile
constexpr Index kTileRows = 4;        // 4×8 fills 8 of 16 registers with sums; 6×8 spills
constexpr Index kPackRows = 16;       // with fewer rows, packing costs more than it saves

// C[0…Rows)[0…columns) = bias + Σ_p A(·, p)·B(p, ·). A(i, p) = a[i·rowStride + p·depthStride], one of the
// strides being 1; B(p, j) = b[p·bStride + j]. Not inlined: V8 optimises functions that are called often, not
// loops inside one long call.
template <int Rows, bool RowsAdjacent>
__attribute__((noinline)) void tile(const Scalar* a, Index aStride, const Scalar* b, Index bStride,
                                    Index depth, const Scalar* bias, Scalar* c, Index cStride,
                                    Index columns) {
  const Index rowStride = RowsAdjacent ? 1 : aStride;
  const Index depthStride = RowsAdjacent ? aStride : 1;
  Vec low[Rows], high[Rows];
  for (int i = 0; i < Rows; ++i) low[i] = load(bias), high[i] = load(bias + kLanes);
  for (Index p = 0; p < depth; ++p, b += bStride, a += depthStride) {
    const Vec b0 = load(b);
    const Vec b1 = load(b + kLanes);
    for (int i = 0; i < Rows; ++i) {
      const Vec x = splat(a[i * rowStride]);
      low[i] = multiplyAdd(x, b0, low[i]);
      high[i] = multiplyAdd(x, b1, high[i]);
    }
  }
  for (int i = 0; i < Rows; ++i, c += cStride) {
    if (columns == kPanel) {
      store(c, low[i]);
      store(c + kLanes, high[i]);
    } else {
      Scalar row[kPanel];
      store(row, low[i]);
      store(row + kLanes, high[i]);
      for (Index j = 0; j < columns; ++j) c[j] = row[j];
    }
  }
}

// One panel of C from top to bottom.
template <bool RowsAdjacent>
void columnOfTiles(const Scalar* a, Index rows, Index aStride, const Scalar* b, Index bStride, Index depth,
                   const Scalar* bias, Scalar* c, Index cStride, Index columns) {
  const Index rowStride = RowsAdjacent ? 1 : aStride;
  Index i = 0;
  for (; i + kTileRows <= rows; i += kTileRows) {
    tile<4, RowsAdjacent>(a + i * rowStride, aStride, b, bStride, depth, bias, c + i * cStride, cStride,
                          columns);
  }
  a += i * rowStride;
  c += i * cStride;
  switch (rows - i) {
    case 3:
      return tile<3, RowsAdjacent>(a, aStride, b, bStride, depth, bias, c, cStride, columns);
    case 2:
      return tile<2, RowsAdjacent>(a, aStride, b, bStride, depth, bias, c, cStride, columns);
    case 1:
      return tile<1, RowsAdjacent>(a, aStride, b, bStride, depth, bias, c, cStride, columns);
  }
}

// panel[p][j] = B(p, j), B(p, j) = b[p·stride + j]; zero beyond `columns`.
void packRows(const Scalar* b, Index stride, Index depth, Index columns, Scalar* panel) {
  if (columns == kPanel) {
    for (Index p = 0; p < depth; ++p, b += stride, panel += kPanel) {
      store(panel, load(b));
      store(panel + kLanes, load(b + kLanes));
    }
    return;
  }
  for (Index p = 0; p < depth; ++p, b += stride, panel += kPanel) {
    for (Index j = 0; j < kPanel; ++j) panel[j] = j < columns ? b[j] : Scalar(0);
  }
}

// panel[p][j] = B(p, j), B(p, j) = b[j·stride + p]: a transposition; zero beyond `columns`.
void packColumns(const Scalar* b, Index stride, Index depth, Index columns, Scalar* panel) {
  for (Index j = 0; j < kPanel; ++j, b += stride) {
    for (Index p = 0; p < depth; ++p) panel[p * kPanel + j] = j < columns ? b[p] : Scalar(0);
  }
}

// C (m×n) = A·B + bias, by panels of eight columns: each is packed and multiplied by itself.
template <bool RowsAdjacent, bool TransposedB>
void product(const Scalar* a, Index aStride, const Scalar* b, Index bStride, const Scalar* bias, Scalar* c,
             Index m, Index n, Index k, Scalar* scratch) {
  const auto panel = [=](Index index, int thread) {
    const Index j = index * kPanel;
    const Index columns = n - j < kPanel ? n - j : kPanel;
    Scalar edgeBias[kPanel] = {};
    const Scalar* panelBias = edgeBias;
    if (bias && columns == kPanel) {
      panelBias = bias + j;
    } else if (bias) {
      std::memcpy(edgeBias, bias + j, static_cast<std::size_t>(columns) * sizeof(Scalar));
    }
    if (!TransposedB && columns == kPanel && m < kPackRows) {
      columnOfTiles<RowsAdjacent>(a, m, aStride, b + j, bStride, k, panelBias, c + j, n, columns);
      return;
    }
    Scalar* packed = scratch + thread * k * kPanel;
    if (TransposedB) {
      packColumns(b + j * bStride, bStride, k, columns, packed);
    } else {
      packRows(b + j, bStride, k, columns, packed);
    }
    columnOfTiles<RowsAdjacent>(a, m, aStride, packed, kPanel, k, panelBias, c + j, n, columns);
  };
  const Index panels = (n + kPanel - 1) / kPanel;
  if (static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) >= kParallelWork) {
    parallelFor(panels, panel);
  } else {
    for (Index i = 0; i < panels; ++i) panel(i, 0);
  }
}

}  // namespace

Index packedSize(Index depth) { return depth * kPanel * threadCount(); }

void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c, Scalar* scratch) {
  product<false, false>(a.data(), a.cols(), b.data(), b.cols(), bias, c.data(), c.rows(), c.cols(), a.cols(),
                        scratch);
}

void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  product<true, false>(a.data(), a.cols(), b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(),
                       a.rows(), scratch);
}

void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  product<false, true>(a.data(), a.cols(), b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(),
                       a.cols(), scratch);
}

namespace reference {

void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c) {
  for (Index i = 0; i < c.rows(); ++i) {
    for (Index j = 0; j < c.cols(); ++j) {
      Scalar sum = bias ? bias[j] : Scalar(0);
      for (Index p = 0; p < a.cols(); ++p) sum += a(i, p) * b(p, j);
      c(i, j) = sum;
    }
  }
}

void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c) {
  for (Index i = 0; i < c.rows(); ++i) {
    for (Index j = 0; j < c.cols(); ++j) {
      Scalar sum = 0;
      for (Index p = 0; p < a.rows(); ++p) sum += a(p, i) * b(p, j);
      c(i, j) = sum;
    }
  }
}

void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c) {
  for (Index i = 0; i < c.rows(); ++i) {
    for (Index j = 0; j < c.cols(); ++j) {
      Scalar sum = 0;
      for (Index p = 0; p < a.cols(); ++p) sum += a(i, p) * b(j, p);
      c(i, j) = sum;
    }
  }
}

}  // namespace reference

}  // namespace mlp
