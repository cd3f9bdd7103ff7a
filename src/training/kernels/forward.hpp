// A layer forward: output tile = bias + input rows * weight panel, then ReLU and dropout while the
// sums are still in registers.
#pragma once

#include "pack.hpp"
#include "stepladder/training/dropout.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

// NaN passes, so that a network that has diverged shows it in its loss.
STEPLADDER_INLINE Vector rectified(Vector x) { return x <= 0.0F ? Vector{} : x; }

struct Linear {
  STEPLADDER_INLINE Vector operator()(Vector x, std::int64_t, std::int64_t) const { return x; }
};
struct Rectified {
  STEPLADDER_INLINE Vector operator()(Vector x, std::int64_t, std::int64_t) const {
    return rectified(x);
  }
};
struct RectifiedAndDropped {
  const DropoutMask& mask;
  float scale;
  STEPLADDER_INLINE Vector operator()(Vector x, std::int64_t row, std::int64_t unit) const {
    const Words position = lane_numbers() + static_cast<std::uint32_t>(row * 65536 + unit);
    const auto kept = mask.draw(position) < mask.threshold();
    return kept ? rectified(x) * scale : Vector{};
  }
};

// Fetches the next panel into the second-level cache while this one is in use. The processor's own
// prefetchers do not see where a panel ends.
struct FetchAhead {
  const char* next;
  const char* end;
  int lines;  // at a time
  STEPLADDER_INLINE void advance() {
    if (next >= end) return;
    for (int line = 0; line < lines; ++line) __builtin_prefetch(next + line * 64, 0, 2);
    next += lines * 64;
  }
};

template <int Vectors>
STEPLADDER_INLINE void pack_tile(const Matrix& m, const Sums<Vectors>& sums, std::int64_t row,
                                 std::int64_t column) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      if (r % 2 == 0) pack_rows(m, row + r, column + v * kLanes, sums.at[r][v], sums.at[r + 1][v]);
      pack_columns(m, row + r, column + v * kLanes, sums.at[r][v]);
    }
}

template <int Vectors, class Activate>
STEPLADDER_INLINE void forward_tile_column(const Forward& job, std::int64_t column,
                                           const Activate& activate) {
  const Operand input = along_columns(job.input);
  const Operand weights = along_rows(job.weights);
  const float* right = weights.words + at(weights.stride, 0, column);
  const float* bias = job.weights.values + at(job.weights.stride, job.inputs, column);
  float* to = job.output.values + at(job.output.stride, 0, column);

  const float* next = weights.words + (column / kPanel + 1) * weights.stride;
  const bool is_last = column / kPanel == (job.outputs - 1) / kPanel;
  const std::int64_t ahead = is_last ? 0 : weights.stride;
  FetchAhead fetch{reinterpret_cast<const char*>(next), reinterpret_cast<const char*>(next + ahead),
                   static_cast<int>(1 + 24 * kSlice / job.rows)};

  for (std::int64_t row = 0; row < job.rows; row += kRows) {
    Sums<Vectors> sums;
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums.at[r][v] = load(bias + v * kLanes);
    multiply_rows(sums, input, row, right, words_of(job.inputs), fetch);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v)
        sums.at[r][v] = activate(sums.at[r][v], row + r, column + v * kLanes);
    store(sums, to + row * kPanel);
    pack_tile(job.output, sums, row, column);
  }
  if (job.rows % 2 != 0)  // what was paired with is none of the batch
    pack(job.output, job.rows - 1, job.rows, column, column + Vectors * kLanes);
}

template <class Activate>
STEPLADDER_INLINE void forward_with(const Forward& job, const Activate& activate) {
  for_each_tile_column(job.outputs, [&]<int Vectors>(std::int64_t column) {
    forward_tile_column<Vectors>(job, column, activate);
  });
}

static void forward(const Forward& job) {
  if (!job.hidden)
    forward_with(job, Linear{});
  else if (job.dropout == nullptr)
    forward_with(job, Rectified{});
  else
    forward_with(job, RectifiedAndDropped{*job.dropout, job.scale});
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
