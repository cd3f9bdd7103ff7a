// A square block of vectors transposed in registers, and a whole matrix by such blocks.
#pragma once

#include "pack.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

struct Block {
  Vector row[kLanes];
};

// a0 b0 a1 b1 ... of the low halves, or of the high halves.
template <int Half>
STEPLADDER_INLINE Vector interleaved(Vector a, Vector b) {
  Integers order;
  for (int lane = 0; lane < kLanes; ++lane)
    order[lane] = Half * kLanes / 2 + lane / 2 + (lane % 2 == 0 ? 0 : kLanes);
  return __builtin_shuffle(a, b, order);
}

// A perfect shuffle of rows i and i + half into rows 2 i and 2 i + 1 moves one bit of the row
// number into the column number; log2(kLanes) of them exchange both.
STEPLADDER_INLINE Block transposed(Block block) {
#pragma GCC unroll 4
  for (int round = 1; round < kLanes; round *= 2) {
    Block next;
#pragma GCC unroll 8
    for (int i = 0; i < kLanes / 2; ++i) {
      next.row[2 * i] = interleaved<0>(block.row[i], block.row[i + kLanes / 2]);
      next.row[2 * i + 1] = interleaved<1>(block.row[i], block.row[i + kLanes / 2]);
    }
    block = next;
  }
  return block;
}

STEPLADDER_INLINE Block load_block(const float* from) {
  Block block;
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) block.row[i] = load(from + i * kPanel);
  return block;
}

static void transpose(const Transpose& job) {
  for (std::int64_t row = 0; row < job.rows; row += kLanes) {
    for (std::int64_t column = 0; column < job.columns; column += kLanes) {
      const Block block =
          transposed(load_block(job.from.values + at(job.from.stride, row, column)));
      float* to = job.to.values + at(job.to.stride, column, row);
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) store(to + i * kPanel, block.row[i]);
    }
  }
  pack(job.to, job.columns, job.rows);
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
