#include "mlp/gemm.h"

#include <algorithm>

#include "mlp/simd.h"
#include "mlp/threads/parallel.h"

namespace mlp {
namespace {

// Predictions alone, which are one thread's and built for size, do without the wider tiles.
constexpr bool kWideTiles = !kOneThread;

constexpr Index kPanel = (kWideTiles ? 4 : 2) * kLanes;  // columns of a packed panel
constexpr Index kTileRows = 4;                           // rows of the narrower tiles, and of what threads share
constexpr Index kBlockRows = 16;                         // sixteen floats fill a cache line
constexpr Index kPackRows = 16;                          // with fewer rows, packing costs more than it saves
constexpr Index kBlockDepth = 288;      // 18 kB of a panel: with what tiles read of A, they stay in a cache of 32 kB
constexpr Index kColumnsForPanel = 12;  // with more columns, a tile of sixteen is less work than two narrower ones

// C[0…Rows)[0…columns) = start + Σ_p A(·, p)·B(p, ·), columns ≤ Vecs·kLanes. A(i, p) = a[i·rowStride +
// p·depthStride], one of the strides being 1; B(p, j) = b[p·bStride + j].
template <int Rows, int Vecs>
__attribute__((always_inline)) inline void tile(const Scalar* a, Index rowStride, Index depthStride, const Scalar* b,
                                                Index bStride, Index depth, const Scalar* start, Index startStride,
                                                Scalar* c, Index cStride, Index columns) {
  Vec sums[Rows][Vecs];
  for (int i = 0; i < Rows; ++i, start += startStride) {
    for (int v = 0; v < Vecs; ++v) sums[i][v] = load(start + v * kLanes);
  }
  // Counted down, because V8 then needs one register and one instruction less; unrolled by V8 alone.
  MLP_ROLLED
  for (Index left = depth; left != 0; --left, b += bStride, a += depthStride) {
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

// Columns of C from top to bottom, in tiles. A function of its own, because V8 optimises functions that are called
// often, with the tile inlined, because V8 unrolls only loops within loops.
template <int Rows, int Vecs>
__attribute__((noinline)) void columnOfTiles(const Scalar* a, Index rows, Index rowStride, Index depthStride,
                                             const Scalar* b, Index bStride, Index depth, const Scalar* start,
                                             Index startStride, Scalar* c, Index cStride, Index columns) {
  Index i = 0;
  for (; i + Rows <= rows; i += Rows) {
    tile<Rows, Vecs>(a + i * rowStride, rowStride, depthStride, b, bStride, depth, start + i * startStride, startStride,
                     c + i * cStride, cStride, columns);
  }
  for (; i < rows; ++i) {
    tile<1, Vecs>(a + i * rowStride, rowStride, depthStride, b, bStride, depth, start + i * startStride, startStride,
                  c + i * cStride, cStride, columns);
  }
}

// panel[p][0…width) = B(p, ·), B(p, j) = b[p·stride + j]; zero beyond `columns`.
void packRows(const Scalar* b, Index stride, Index depth, Index columns, Index width, Scalar* panel) {
  if (columns == width) {
    for (Index p = 0; p < depth; ++p, b += stride) {
      for (Index j = 0; j < width; j += kLanes, panel += kLanes) store(panel, load(b + j));
    }
    return;
  }
  for (Index p = 0; p < depth; ++p, b += stride, panel += width) {
    for (Index j = 0; j < width; ++j) panel[j] = j < columns ? b[j] : Scalar(0);
  }
}

// panel[p][0…width) = B(p, ·), B(p, j) = b[j·stride + p]: a transposition; zero beyond `columns`.
void packColumns(const Scalar* b, Index stride, Index depth, Index columns, Index width, Scalar* panel) {
  for (Index j = 0; j < width; j += kLanes, b += kLanes * stride) {
    Scalar* to = panel + j;
    Index p = 0;
    if (j + kLanes <= columns) {
      for (; p + kLanes <= depth; p += kLanes, to += kLanes * width) {
        const Vec r0 = load(b + p), r1 = load(b + stride + p);
        const Vec r2 = load(b + 2 * stride + p), r3 = load(b + 3 * stride + p);
        const Vec low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
        const Vec low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
        const Vec high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
        const Vec high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
        store(to, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
        store(to + width, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
        store(to + 2 * width, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
        store(to + 3 * width, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
      }
    }
    for (; p < depth; ++p, to += width) {
      for (Index i = 0; i < kLanes; ++i) to[i] = j + i < columns ? b[i * stride + p] : Scalar(0);
    }
  }
}

// Tiles as wide as `columns` ask for, at most a panel. Two rows by sixteen where there are enough, because each number
// of A is copied into all lanes once for four products there, and once for two in four rows by eight: both fill eight
// of sixteen registers with sums, and more would spill.
inline void panelOfTiles(const Scalar* a, Index rows, Index rowStride, Index depthStride, const Scalar* b,
                         Index bStride, Index depth, const Scalar* start, Index startStride, Scalar* c, Index cStride,
                         Index columns) {
  const auto tiles = kWideTiles && columns > 2 * kLanes ? columnOfTiles<2, 4>
                     : columns > kLanes                 ? columnOfTiles<4, 2>
                                                        : columnOfTiles<4, 1>;
  tiles(a, rows, rowStride, depthStride, b, bStride, depth, start, startStride, c, cStride, columns);
}

constexpr Scalar kNoBias[kPanel] = {};

Index panelsOf(Index columns) { return columns / kPanel + (columns % kPanel != 0); }
Index columnsOf(Index panel, Index columns) { return std::min(kPanel, columns - panel * kPanel); }
Index widthOf(Index columns) {
  return kWideTiles && columns > kColumnsForPanel ? kPanel : columns > kLanes ? 2 * kLanes : kLanes;
}

double workOf(Index m, Index n, Index k) {
  return static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

// C (m×n) = A·B + bias, by panels of sixteen columns: each is packed and multiplied by itself, a block of the depth
// after the other. Sums wait in C for the next block.
template <bool TransposedB>
void product(const Scalar* a, Index rowStride, Index depthStride, const Scalar* b, Index bStride, const Scalar* bias,
             Scalar* c, Index m, Index n, Index k, Scalar* scratch) {
  const auto panel = [=](Index index, Index row, Index rows, int thread) {
    Scalar* const packed = scratch + thread * k * kPanel;
    const Index end = std::min(n, (index + 1) * kPanel);
    for (Index j = index * kPanel, columns; j < end; j += columns) {
      const Index width = widthOf(end - j);
      columns = std::min(width, end - j);
      Scalar edgeBias[kPanel] = {};
      const Scalar* start = bias ? bias + j : kNoBias;
      if (bias && columns < width) {
        std::copy(start, start + columns, edgeBias);
        start = edgeBias;
      }
      Index startStride = 0;
      const bool packs = TransposedB || columns < width || m >= kPackRows;
      const Index blocks = kWideTiles && columns == width && packs ? k / kBlockDepth + 1 : 1;
      for (Index block = 0, p = 0; block < blocks; ++block) {
        const Index depth = (k - p) / (blocks - block);
        const Scalar* operand = TransposedB ? b + j * bStride + p : b + p * bStride + j;
        if (TransposedB) {
          packColumns(operand, bStride, depth, columns, width, packed);
        } else if (packs) {
          packRows(operand, bStride, depth, columns, width, packed);
        }
        Scalar* const out = c + row * n + j;
        panelOfTiles(a + row * rowStride + p * depthStride, rows, rowStride, depthStride, packs ? packed : operand,
                     packs ? width : bStride, depth, start, startStride, out, n, columns);
        start = out;
        startStride = n;
        p += depth;
      }
    }
  };
  const Index panels = panelsOf(n);
  const Index parts = partsOf(workOf(m, n, k));
  if (kOneThread || 2 * panels >= parts) {
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
      packRows(b + i * kPanel, n, k, columnsOf(i, n), kPanel, scratch + i * panelSize);
    }
  });
  parallelRanges((m + kBlockRows - 1) / kBlockRows, parts, [=](Index begin, Index end, int thread) {
    Scalar* block = scratch + panels * panelSize + thread * k * kBlockRows;
    for (Index row = begin * kBlockRows; row < std::min(end * kBlockRows, m); row += kBlockRows) {
      const Index rows = std::min(kBlockRows, m - row);
      packRows(a + row, m, k, rows, kBlockRows, block);
      for (Index i = 0; i < panels; ++i) {
        panelOfTiles(block, rows, 1, kBlockRows, scratch + i * panelSize, kPanel, k, kNoBias, 0,
                     c + row * n + i * kPanel, n, columnsOf(i, n));
      }
    }
  });
}

// True if copying blocks of A pays, because rows whose length is a multiple of 2 kB all begin at one of two places of
// the cache and drive each other out.
bool fallsOnOnePlace(Index rowLength, Index columns) { return rowLength % 512 == 0 && columns >= 2 * kPanel; }

}  // namespace

Size multiplyScratch(Index depth) { return Size(depth) * kPanel * threadCount(); }

Size multiplyTransposedAScratch(Index columns, Index depth) {
  return Size(depth) * (panelsOf(columns) * kPanel + kBlockRows * threadCount());
}

void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c, Scalar* scratch) {
  product<false>(a.data(), a.cols(), 1, b.data(), b.cols(), bias, c.data(), c.rows(), c.cols(), a.cols(), scratch);
}

void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  if (fallsOnOnePlace(a.cols(), c.cols())) {
    blockedProduct(a.data(), b.data(), c.data(), c.rows(), c.cols(), a.rows(), scratch);
  } else {
    product<false>(a.data(), 1, a.cols(), b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(), a.rows(), scratch);
  }
}

void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch) {
  product<true>(a.data(), a.cols(), 1, b.data(), b.cols(), nullptr, c.data(), c.rows(), c.cols(), a.cols(), scratch);
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
