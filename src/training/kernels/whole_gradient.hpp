// The sums over all of a stored gradient that clipping and hypergradients need. Products of two
// floats are exact in double precision, and only their sums round, in one order: the same bits at
// every level.
#pragma once

#include "rules.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

typedef float HalfVector __attribute__((vector_size(kVectorBytes / 2), may_alias));
typedef double Doubles __attribute__((vector_size(kVectorBytes), may_alias));
inline constexpr int kDoubles = kLanes / 2;

STEPLADDER_INLINE Doubles load_doubles(const float* from) {
  return __builtin_convertvector(*reinterpret_cast<const HalfVector*>(from), Doubles);
}

// The sum of a[i] b[i]: product i goes to sum i % 16, the products of a sum in the order of i; then
// sum i takes in sum i + 8, + 4, + 2, + 1.
STEPLADDER_INLINE double sum_of_products(const float* a, const float* b, std::int64_t count) {
  constexpr int kParts = 16 / kDoubles;
  Doubles parts[kParts] = {};
  for (std::int64_t i = 0; i < count; i += 16)
#pragma GCC unroll 8
    for (int part = 0; part < kParts; ++part)
      parts[part] += load_doubles(a + i + part * kDoubles) * load_doubles(b + i + part * kDoubles);
  alignas(64) double sums[16];
  for (int part = 0; part < kParts; ++part)
    *reinterpret_cast<Doubles*>(sums + part * kDoubles) = parts[part];
  for (int half = 8; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) sums[i] += sums[i + half];
  return sums[0];
}

static double dot(const float* a, const float* b, std::int64_t count) {
  return sum_of_products(a, b, count);
}

// direction(offset): a vector of the direction of the step before.
template <class Direction>
STEPLADDER_INLINE Alignment alignment_with(const SeparateUpdate& job, const Direction& direction) {
  constexpr std::int64_t kAtOnce = 64 * kBlock;  // both stay in the first-level cache
  alignas(64) float g[kAtOnce];
  alignas(64) float d[kAtOnce];
  const Vector scale = broadcast(job.gradient_scale);
  const Vector l2 = broadcast(job.update.l2);
  Alignment sums;
  for (std::int64_t begin = 0; begin < job.count; begin += kAtOnce) {
    const std::int64_t count = job.count - begin < kAtOnce ? job.count - begin : kAtOnce;
    for (std::int64_t i = 0; i < count; i += kLanes) {
      const std::int64_t offset = begin + i;
      store(g + i,
            multiply_add(l2, load(job.weights + offset), load(job.gradient + offset) * scale));
      store(d + i, direction(offset));
    }
    sums.product += sum_of_products(g, d, count);
    sums.gradient_squares += sum_of_products(g, g, count);
    sums.direction_squares += sum_of_products(d, d, count);
  }
  return sums;
}

static Alignment alignment(const SeparateUpdate& job) {
  if (job.update.kind == OptimizerKind::adam_hd) {
    const Adam adam(job.weights, job.first, job.second, job.update);
    const Vector correction = broadcast(job.update.correction1);
    return alignment_with(job, [&](std::int64_t offset) {
      const Vector root = square_root(load(adam.second + offset));
      return load(adam.first + offset) * correction /
             multiply_add(adam.root_correction, root, adam.epsilon);
    });
  }
  const bool is_nesterov = job.update.kind == OptimizerKind::nesterov_hd;
  const float* stored = is_nesterov ? job.second : job.first;
  return alignment_with(job, [&](std::int64_t offset) { return load(stored + offset); });
}

static void update(const SeparateUpdate& job) {
  const Vector scale = broadcast(job.gradient_scale);
  with_any_rule(job.update, job.weights, job.first, job.second, [&](const auto& rule) {
    alignas(64) float gradient[kAside + kLanes];
    for (std::int64_t offset = 0; offset < job.count; offset += kLanes) {
      store(gradient, load(job.gradient + offset) * scale);
      rule.begin(gradient, offset);
      rule.finish(gradient, offset);
    }
  });
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
