// What a product reads of a matrix at this level's precision: the numbers themselves, or at bf16
// words of two neighbours each.
#pragma once

#include "stepladder/training/kernels/table.hpp"
#include "vector.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

struct Operand {
  const float* words;
  std::int64_t stride;  // words from one panel to the next
};

#ifdef STEPLADDER_BF16

STEPLADDER_INLINE constexpr std::int64_t words_of(std::int64_t terms) { return (terms + 1) / 2; }
STEPLADDER_INLINE Operand along_rows(const Matrix& m) { return {m.row_pairs, m.row_pair_stride}; }
STEPLADDER_INLINE Operand along_columns(const Matrix& m) { return {m.column_pairs, m.stride}; }

// c + the products of both pairs in each lane; denormals count as 0.
STEPLADDER_INLINE Vector add_product(Vector a, Vector b, Vector c) {
  return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}

#else

STEPLADDER_INLINE constexpr std::int64_t words_of(std::int64_t terms) { return terms; }
STEPLADDER_INLINE Operand along_rows(const Matrix& m) { return {m.values, m.stride}; }
STEPLADDER_INLINE Operand along_columns(const Matrix& m) { return {m.values, m.stride}; }
STEPLADDER_INLINE Vector add_product(Vector a, Vector b, Vector c) { return multiply_add(a, b, c); }

#endif

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
