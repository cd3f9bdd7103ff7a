// The words that bf16 products read, made of a matrix's numbers (rounded to nearest even). At fp32
// products read the numbers themselves, and nothing here does anything.
#pragma once

#include "product.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

#ifdef STEPLADDER_BF16

STEPLADDER_INLINE Vector row_pair(Vector low, Vector high) {
  const __m512i l = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(low));
  const __m512i h = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(high));
  return (Vector)_mm512_or_si512(l, _mm512_slli_epi32(h, 16));
}

// The pairs of two rows, of which the first is even, where these are a vector at (row, column). A
// last row without a second one is paired with 0.
STEPLADDER_INLINE void pack_rows(const Matrix& m, std::int64_t row, std::int64_t column,
                                 Vector first, Vector second) {
  if (m.row_pairs == nullptr) return;
  store(m.row_pairs + at(m.row_pair_stride, row / 2, column), row_pair(first, second));
}

STEPLADDER_INLINE void pack_columns(const Matrix& m, std::int64_t row, std::int64_t column,
                                    Vector numbers) {
  if (m.column_pairs == nullptr) return;
  *reinterpret_cast<__m256i*>(m.column_pairs + at(m.stride, row, column / 2)) =
      (__m256i)_mm512_cvtneps_pbh(numbers);
}

// Of rows [row, end), the first of them even, and columns [column, last).
STEPLADDER_INLINE void pack(const Matrix& m, std::int64_t row, std::int64_t end,
                            std::int64_t column, std::int64_t last) {
  for (; column < last; column += kLanes)
    for (std::int64_t r = row; r < end; r += 2) {
      const float* from = m.values + at(m.stride, r, column);
      const bool is_pair = r + 1 < end;
      const Vector second = is_pair ? load(from + kPanel) : Vector{};
      pack_rows(m, r, column, load(from), second);
      pack_columns(m, r, column, load(from));
      if (is_pair) pack_columns(m, r + 1, column, second);
    }
}

#else

STEPLADDER_INLINE void pack_rows(const Matrix&, std::int64_t, std::int64_t, Vector, Vector) {}
STEPLADDER_INLINE void pack_columns(const Matrix&, std::int64_t, std::int64_t, Vector) {}
STEPLADDER_INLINE void pack(const Matrix&, std::int64_t, std::int64_t, std::int64_t, std::int64_t) {
}

#endif

static void pack(const Matrix& m, std::int64_t rows, std::int64_t columns) {
  pack(m, 0, rows, 0, columns);
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
