// The one inner loop of all three matrix products of a training step: a tile of kRows x Vectors
// sums stays in registers while the reduction index i runs,
//     sum[row][column] += left(row, i) * right(i, column),
// left broadcast one word at a time, right loaded a vector of words at a time. A word is a float,
// or at bf16 a pair of terms. Every sum is one chain of fused multiply-adds in the order of i,
// whatever the tile and the level, so fp32 results do not depend on either.
//
// Why this shape: two multiply-add pipes with a latency of four cycles need eight independent sums
// at least, and a cycle brings at most two loads. 8 rows x 3 vectors (32 registers, AVX-512) is 24
// sums and 11 loads for 24 multiply-adds; 4 x 3 (16 registers) is 12 sums and 7 loads for 12.
// Measured on 784 x 1024, batch 128: 98 % of the rate of a loop that only multiplies and adds.
// Cutting the reduction into pieces that fit the first-level cache gained nothing, because the
// right side is a panel read from end to end, 192 bytes in 12 cycles, which the second level gives.
#pragma once

#include "operands.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

inline constexpr int kRows = kLanes == 16 ? 8 : 4;
inline constexpr int kTileColumns = 3 * kLanes;  // a panel is one tile wide, or two, or four

// Work that runs beside a product, a little after every kSlice words: prefetches, or the
// optimizer's arithmetic on a finished tile. At this pace a batch of 128 leaves nothing of it over,
// at either precision.
inline constexpr std::int64_t kSlice = words_of(4);

template <int Vectors>
struct Sums {
  Vector at[kRows][Vectors];
};

template <int Vectors>
STEPLADDER_INLINE void store(const Sums<Vectors>& sums, float* to) {
#pragma GCC unroll 16
  for (int row = 0; row < kRows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) store(to + row * kPanel + v * kLanes, sums.at[row][v]);
}

// left(row, i) is left[row * RowStride + i * Step]; right(i, .) starts at right + i * 48.
template <int RowStride, int Step, int Vectors>
STEPLADDER_INLINE void multiply_word(Sums<Vectors>& sums, const float* left, const float* right,
                                     std::int64_t i) {
  Vector r[Vectors];
#pragma GCC unroll 4
  for (int v = 0; v < Vectors; ++v) r[v] = load(right + i * kPanel + v * kLanes);
#pragma GCC unroll 16
  for (int row = 0; row < kRows; ++row) {
    const Vector l = broadcast(left[row * RowStride + i * Step]);
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sums.at[row][v] = add_product(l, r[v], sums.at[row][v]);
  }
}

template <int RowStride, int Step, int Vectors, class Beside>
STEPLADDER_INLINE void multiply(Sums<Vectors>& sums, const float* left, const float* right,
                                std::int64_t words, Beside& beside) {
  std::int64_t i = 0;
  for (; i + kSlice <= words; i += kSlice) {
#pragma GCC unroll 8
    for (int j = 0; j < kSlice; ++j) multiply_word<RowStride, Step>(sums, left, right, i + j);
    beside.advance();
  }
  for (; i < words; ++i) multiply_word<RowStride, Step>(sums, left, right, i);
}

// The same for a left side whose rows run through panels, as a matrix's rows do.
template <int Vectors, class Beside>
STEPLADDER_INLINE void multiply_rows(Sums<Vectors>& sums, Operand left, std::int64_t row,
                                     const float* right, std::int64_t words, Beside& beside) {
  const float* from = left.words + row * kPanel;
  for (; words > kPanel; words -= kPanel) {
    multiply<kPanel, 1>(sums, from, right, kPanel, beside);
    from += left.stride;
    right += kPanel * kPanel;
  }
  multiply<kPanel, 1>(sums, from, right, words, beside);
}

// Calls visit.template operator()<Vectors>(column) for every tile column of a matrix: `column` is
// where the tile begins, Vectors how many vectors wide it is. No tile crosses a panel.
template <class Visit>
STEPLADDER_INLINE void for_each_tile_column(std::int64_t columns, const Visit& visit) {
  for (std::int64_t column = 0; column < columns; column += kTileColumns) {
    const std::int64_t left = columns - column;
    if (left > 2 * kLanes)
      visit.template operator()<3>(column);
    else if (left > kLanes)
      visit.template operator()<2>(column);
    else
      visit.template operator()<1>(column);
  }
}

STEPLADDER_INLINE std::int64_t at(std::int64_t stride, std::int64_t row, std::int64_t column) {
  return column / kPanel * stride + row * kPanel + column % kPanel;
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
