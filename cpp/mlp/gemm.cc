#include "mlp/gemm.h"

#include <algorithm>

#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

constexpr Index kPanel = 2 * kLanes;  // columns of a packed panel, and of a tile
constexpr Index kTileRows = 4;        // 4×8 fills 8 of 16 registers with sums; 6×8 spills
constexpr Index kBlockRows = 16;      // sixteen floats fill a cache line
constexpr Index kPackRows = 16;       // with fewer rows, packing costs more than it saves

// C[0…Rows)[0…columns) = bias + Σ_p A(·, p)·B(p, ·), columns ≤ Vecs·kLanes. A(i, p) = a[i·rowStride +
// p·depthStride], one of the strides being 1; B(p, j) = b[p·bStride + j].
template <int Rows, int Vecs, bool RowsAdjacent>
__attribute__((always_inline)) inline void tile(const Scalar* a, Index aStride, const Scalar* b, Index bStride,
                                                Index depth, const Scalar* bias, Scalar* c, Index cStride,
                                                Index columns) {
  const Index rowStride = RowsAdjacent ? 1 : aStride;
  const Index depthStride = RowsAdjacent ? aStride : 1;
  Vec sums[Rows][Vecs];
  for (int i = 0; i < Rows; ++i) {
    for (int v = 0; v < Vecs; ++v) sums[i][v] = load(bias + v * kLanes);
  }
  for (Index p = 0; p < depth; ++p, b += bStride, a += depthStride) {
    Vec row[Vecs];
    for (int v = 0; v < Vecs; ++v) row[v] = load(b + v * kLanes);
    for (int i = 0; i < Rows; ++i) {
      const Vec x = splat(a[i * rowStride]);
      for (int v = 0; v < Vecs; ++v) sums[i][v] = multiplyAdd(x, row[v], sums[i][v]);
    }
  }
  for (int i = 0; i < Rows; ++i, c += cStride) {
    if (columns == Vecs * kLanes) {
      for (int v = 0; v < Vecs; ++v) store(c + v * kLanes, sums[i][v]);
    } else {
      Scalar row[Vecs * kLanes];
      for (int v = 0; v < Vecs; ++v) store(row + v * kLanes, sums[i][v]);
      for (Index j = 0; j < columns; ++j) c[j] = row[j];
    }
  }
}

// Columns of C from top to bottom, in tiles four rows high. A function of its own, because V8 optimises functions that
// are called often, with the tile inlined, because V8 unrolls only loops within loops.
template <int Vecs, bool RowsAdjacent>
__attribute__((noinline)) void columnOfTiles(const Scalar* a, Index rows, Index aStride, const Scalar* b, Index bStride,
                                             Index depth, const Scalar* bias, Scalar* c, Index cStride, Index columns) {
  const Index rowStride = RowsAdjacent ? 1 : aStride;
  Index i = 0;
  for (; i + kTileRows <= rows; i += kTileRows) {
    tile<kTileRows, Vecs, RowsAdjacent>(a + i * rowStride, aStride, b, bStride, depth, bias, c + i * cStride, cStride,
                                        columns);
  }
  for (; i < rows; ++i) {
    tile<1, Vecs, RowsAdjacent>(a + i * rowStride, aStride, b, bStride, depth, bias, c + i * cStride, cStride, columns);
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

// One panel of C with `columns` columns; half a tile is enough for up to four.
template <bool RowsAdjacent>
void panelOfTiles(const Scalar* a, Index rows, Index aStride, const Scalar* b, Index bStride, Index depth,
                  const Scalar* bias, Scalar* c, Index cStride, Index columns) {
  const auto tiles = columns > kLanes ? columnOfTiles<2, RowsAdjacent> : columnOfTiles<1, RowsAdjacent>;
  tiles(a, rows, aStride, b, bStride, depth, bias, c, cStride, columns);
}

constexpr Scalar kNoBias[kPanel] = {};

Index panelsOf(Index columns) { return columns / kPanel + (columns % kPanel != 0); }
Index columnsOf(Index panel, Index columns) { return std::min(kPanel, columns - panel * kPanel); }

double workOf(Index m, Index n, Index k) {
  return static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

// C (m×n) = A·B + bias, by panels of eight columns: each is packed and multiplied by itself.
template <bool RowsAdjacent, bool TransposedB>
void product(const Scalar* a, Index aStride, const Scalar* b, Index bStride, const Scalar* bias, Scalar* c, Index m,
             Index n, Index k, Scalar* scratch) {
  const auto panel = [=](Index index, Index row, Index rows, int thread) {
    const Index j = index * kPanel;
    const Index columns = columnsOf(index, n);
    Scalar edgeBias[kPanel] = {};
    const Scalar* panelBias = bias ? bias + j : kNoBias;
    if (bias && columns < kPanel) {
      std::copy(bias + j, bias + n, edgeBias);
      panelBias = edgeBias;
    }
    const Scalar* operand = b + j;
    Index stride = bStride;
    if (TransposedB || columns < kPanel || m >= kPackRows) {
      Scalar* packed = scratch + thread * k * kPanel;
      if (TransposedB) {
        packColumns(b + j * bStride, bStride, k, columns, packed);
      } else {
        packRows(b + j, bStride, k, columns, packed);
      }
      operand = packed;
      stride = kPanel;
    }
    panelOfTiles<RowsAdjacent>(a + row * (RowsAdjacent ? 1 : aStride), rows, aStride, operand, stride, k, panelBias,
                               c + row * n + j, n, columns);
  };
  const Index panels = panelsOf(n);
  const Index parts = partsOf(workOf(m, n, k));
  if (kOneThread || panels >= parts) {
    // Neighbouring panels to one thread: two threads in one cache line wait for each other.
    parallelRanges(panels, parts, [=](Index begin, Index end, int thread) {
      for (Index i = begin; i < end; ++i) panel(i, 0, m, thread);
    });
  } else {
    parallelRanges((m + kTileRows - 1) / kTileRows, parts, [=](Index begin, Index end, int thread) {
      const Index row = begin * kTileRows;
      for (Index i = 0; i < panels; ++i) panel(i, row, std::min(end * kTileRows, m) - row, thread);
    });
  }
}

// C (m×n) = Aᵀ·B with A copied in blocks: all panels of B are packed first, then sixteen columns of A at a time, a
// cache line of each row, and multiplied with every panel.
void blockedProduct(const Scalar* a, const Scalar* b, Scalar* c, Index m, Index n, Index k, Scalar* scratch) {
  const Index panels = panelsOf(n);
  const Index panelSize = k * kPanel;
  const Index parts = partsOf(workOf(m, n, k));
  parallelRanges(panels, parts, [=](Index begin, Index end, int) {
    for (Index i = begin; i < end; ++i) {
      packRows(b + i * kPanel, n, k, columnsOf(i, n), scratch + i * panelSize);
    }
  });
  parallelRanges((m + kBlockRows - 1) / kBlockRows, parts, [=](Index begin, Index end, int thread) {
    Scalar* block = scratch + panels * panelSize + thread * k * kBlockRows;
    for (Index row = begin * kBlockRows; row < std::min(end * kBlockRows, m); row += kBlockRows) {
      const Index rows = std::min(kBlockRows, m - row);
      for (Index p = 0; p < k; ++p) std::copy(a + p * m + row, a + p * m + row + rows, block + p * kBlockRows);
      for (Index i = 0; i < panels; ++i) {
        panelOfTiles<true>(block, rows, kBlockRows, scratch + i * panelSize, kPanel, k, kNoBias,
                           c + row * n + i * kPanel, n, columnsOf(i, n));
      }
    }
  });
}

// True if copying blocks of A pays, because rows whose length is a multiple of 4 kB all begin at the same place of the
// cache and drive each other out.
bool fallsOnOnePlace(Index rowLength, Index columns) { return rowLength % 1024 == 0 && columns >= 4 * kPanel; }

}  // namespace

Size multiplyScratch(Index depth) { return Size(depth) * kPanel * threadCount(); }

Size multiplyTransposedAScratch(Index columns, Index depth) {
  return Size(depth) * (panelsOf(columns) * kPanel + kBlockRows * threadCount());
}

void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c, Scalar* scratch) {
  product<false, false>(a.data(), a.cols(), b.data(), b.cols(), bias, c.data(), c.rows(), c.cols(), a.cols(), scratch);
}

void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  if (fallsOnOnePlace(a.cols(), c.cols())) {
    blockedProduct(a.data(), b.data(), c.data(), c.rows(), c.cols(), a.rows(), scratch);
  } else {
    product<true, false>(a.data(), a.cols(), b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(), a.rows(),
                         scratch);
  }
}

void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  product<false, true>(a.data(), a.cols(), b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(), a.cols(),
                       scratch);
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
