// One level's table. This file is compiled once per level, with STEPLADDER_LEVEL as the namespace;
// see CMakeLists.txt beside it. Everything the compiler emits here but table() is local to the
// file: no other translation unit can be given a function made for another processor.
#include "stepladder/training/kernels/table.hpp"

#include "forward.hpp"
#include "gather.hpp"
#include "input_gradient.hpp"
#include "softmax.hpp"
#include "weight_gradient.hpp"
#include "whole_gradient.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

// Each sum depends on itself only, so the loop runs as fast as the multiply-add pipes.
static double multiply_adds(std::int64_t rounds) {
  constexpr int kSums = kLanes == 16 ? 24 : 12;
  Vector sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = broadcast(static_cast<float>(i));
  Vector half = broadcast(0.5F);
  Vector one = broadcast(1.0F);
  for (std::int64_t round = 0; round < rounds; ++round) {
#if defined(__x86_64__)
    asm volatile("" : "+x"(half), "+x"(one));  // the compiler may not know the operands
#endif
#pragma GCC unroll 24
    for (int i = 0; i < kSums; ++i) sums[i] = multiply_add(sums[i], half, one);
  }
  float rest = 0;
  for (const Vector& sum : sums) rest += sum[0];
  volatile float sink = rest;
  static_cast<void>(sink);
  return static_cast<double>(rounds) * kSums * kLanes * 2;
}

const Table& table();
const Table& table() {
  static constexpr Table kTable{.gather = gather,
                                .forward = forward,
                                .softmax = softmax,
                                .transpose = transpose,
                                .input_gradient = input_gradient,
                                .weight_gradient = weight_gradient,
                                .update = update,
                                .alignment = alignment,
                                .dot = dot,
                                .pack = pack,
                                .multiply_adds = multiply_adds};
  return kTable;
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
