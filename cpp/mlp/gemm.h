// The three matrix products of a dense layer.
//
//   forward          Z  = A·W + b      multiply
//   kernel gradient  dW = Aᵀ·Δ         multiplyTransposedA
//   input gradient   dA = Δ·Wᵀ         multiplyTransposedB
//
// The right operand is copied into panels sixteen columns wide, zero-padded, so that the inner kernel reads it in
// one stream and has no ragged edge; the left one is read where it lies, but for kernel gradients whose rows of A
// fall on the same places of the cache (Goto & van de Geijn 2008 pack both always; a batch is small enough not to).
// Every element of C is one sum in order of depth, whatever the sizes: results do not depend on how the work is cut.
#pragma once

#include "mlp/types.h"

namespace mlp {

// Numbers of scratch that multiply() and multiplyTransposedB() need: one panel for each thread.
Size multiplyScratch(Index depth);

// Numbers of scratch that multiplyTransposedA() needs: all panels of B, and one block of A for each thread.
Size multiplyTransposedAScratch(Index columns, Index depth);

// C (m×n) = A (m×k) · B (k×n), plus bias (n) on every row where it is not null.
void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c, Scalar* scratch);

// C (m×n) = Aᵀ · B with A (k×m), B (k×n).
void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch);

// C (m×n) = A · Bᵀ with A (m×k), B (n×k).
void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c, Scalar* scratch);

// The same by three plain loops, because the tests need something simple to compare the tuned ones with.
namespace reference {
void multiply(ConstMatrixMap a, ConstMatrixMap b, const Scalar* bias, MatrixMap c);
void multiplyTransposedA(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c);
void multiplyTransposedB(ConstMatrixMap a, ConstMatrixMap b, MatrixMap c);
}  // namespace reference

}  // namespace mlp
