// Softmax and cross-entropy with its derivatives, a row at a time: loss = log(sum exp(z - max)) -
// (z[label] - max), which neither overflows nor loses what is small.
#pragma once

#include "elementary.hpp"
#include "pack.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

// Calls visit(values, part, columns): a vector's place in the row, which part of 16 lanes it is,
// and how many of its lanes are columns of the matrix.
template <class Visit>
STEPLADDER_INLINE void for_each_vector(float* row, std::int64_t stride, std::int64_t columns,
                                       const Visit& visit) {
  for (std::int64_t column = 0; column < columns; column += kLanes)
    visit(row + at(stride, 0, column), column / kLanes % (16 / kLanes), columns - column);
}

STEPLADDER_INLINE Vector first_lanes(Vector x, std::int64_t count, float rest) {
  const Integers numbers = (Integers)lane_numbers();
  return numbers < static_cast<std::int32_t>(count < kLanes ? count : kLanes) ? x : broadcast(rest);
}

STEPLADDER_INLINE float largest(float* row, const Softmax& job) {
  constexpr float kLowest = -__builtin_inff();
  Sixteen most = sixteen(kLowest);
  for_each_vector(row, job.logits.stride, job.classes,
                  [&](const float* z, std::int64_t part, std::int64_t columns) {
                    const Vector x = first_lanes(load(z), columns, kLowest);
                    most.part[part] = x > most.part[part] ? x : most.part[part];
                  });
  return folded(most, [](Vector a, Vector b) { return b > a ? b : a; });
}

// Logits become exp(z - max); returns their sum.
STEPLADDER_INLINE float exponentials(float* row, float most, const Softmax& job) {
  Sixteen sums = sixteen(0);
  for_each_vector(row, job.logits.stride, job.classes,
                  [&](float* z, std::int64_t part, std::int64_t columns) {
                    const Vector e = first_lanes(exponential(load(z) - most), columns, 0.0F);
                    store(z, e);
                    sums.part[part] += e;
                  });
  return folded(sums, [](Vector a, Vector b) { return a + b; });
}

// Whether no other class is likelier, nor as likely with a lower number.
STEPLADDER_INLINE bool is_first_largest(const float* row, float most, std::int64_t label,
                                        const Softmax& job) {
  if (row[at(job.logits.stride, 0, label)] != most) return false;
  for (std::int64_t c = 0; c < label; ++c)
    if (row[at(job.logits.stride, 0, c)] == most) return false;
  return true;
}

STEPLADDER_INLINE void derivatives(float* row, float sum, std::int64_t label, std::int64_t number,
                                   const Softmax& job) {
  float* to = job.delta.values + number * kPanel;
  const float factor = job.scale / sum;
  for (std::int64_t column = 0; column < job.classes; column += kLanes)
    store(to + at(job.delta.stride, 0, column),
          load(row + at(job.logits.stride, 0, column)) * factor);
  to[at(job.delta.stride, 0, label)] -= job.scale;
}

static std::int64_t softmax(const Softmax& job) {
  std::int64_t correct = 0;
  alignas(64) float sums[kBlock];
  for (std::int64_t first = 0; first < job.rows; first += kBlock) {
    const std::int64_t end = job.rows - first < kBlock ? job.rows - first : kBlock;
    for (std::int64_t i = 0; i < kBlock; ++i) sums[i] = 1;
    for (std::int64_t i = 0; i < end; ++i) {
      float* row = job.logits.values + (first + i) * kPanel;
      const std::int64_t label = job.labels[job.which[first + i]];
      const float most = largest(row, job);
      correct += is_first_largest(row, most, label, job) ? 1 : 0;
      job.losses[first + i] = row[at(job.logits.stride, 0, label)] - most;
      sums[i] = exponentials(row, most, job);
      if (job.delta.values != nullptr) derivatives(row, sums[i], label, first + i, job);
    }
    for (std::int64_t i = 0; i < kBlock; i += kLanes) {
      float* losses = job.losses + first + i;
      store(losses, logarithm(load(sums + i)) - load(losses));
    }
  }
  if (job.delta.values != nullptr) pack(job.delta, job.rows, job.classes);
  return correct;
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
