// The batch, gathered from bytes into panels.
#pragma once

#include "pack.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

STEPLADDER_INLINE void convert(const Gather& job, const std::uint8_t* from, float* to, Vector shift,
                               Vector scale) {
  for (std::int64_t column = 0; column < job.columns; column += kPanel, to += job.to.stride) {
    const std::int64_t left = job.columns - column;
    for (std::int64_t i = 0; i < kPanel && i < left; i += kLanes) {
      if (left - i >= kLanes) {
        store(to + i, (widened(from + column + i) + shift) * scale);
        continue;
      }
      std::uint8_t rest[kLanes] = {};
      for (std::int64_t r = 0; r < left - i; ++r) rest[r] = from[column + i + r];
      store(to + i, (widened(rest) + shift) * scale);
      for (std::int64_t r = left - i; r < kLanes; ++r) to[i + r] = 0;
    }
  }
}

// Rows are fetched six ahead: they lie anywhere, and nothing else hides the miss.
static void gather(const Gather& job) {
  constexpr std::int64_t kAhead = 6;
  const Vector shift = broadcast(job.shift);
  const Vector scale = broadcast(job.scale);
  for (std::int64_t row = 0; row < job.rows; ++row) {
    if (row + kAhead < job.rows) {
      const std::uint8_t* ahead = job.features + job.which[row + kAhead] * job.columns;
      for (std::int64_t byte = 0; byte < job.columns; byte += 64) __builtin_prefetch(ahead + byte);
    }
    convert(job, job.features + job.which[row] * job.columns, job.to.values + row * kPanel, shift,
            scale);
    if (row % 2 != 0 || row + 1 == job.rows) pack(job.to, row / 2 * 2, row + 1, 0, job.columns);
  }
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
