// The derivatives by a layer's weights, and the optimizer's update of them without ever storing
// them: while the product of one tile runs, the tile before it is updated, a vector of it after
// every slice, and the numbers that the tile after it needs are fetched.
#pragma once

#include "pack.hpp"
#include "rules.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

// The update of one tile, in small steps. The tile is kRows x Vectors vectors of a panel.
template <class Rule, int Vectors>
class TileUpdate {
 public:
  // `scratch` holds a tile, and another that begins at kAside. It is no member, so that the members
  // can be registers.
  STEPLADDER_INLINE TileUpdate(const Rule& rule, const Matrix& weights, float* scratch)
      : rule_(rule), weights_(weights), scratch_(scratch) {}

  // `rows` of the tile's sums belong to the matrix; its first number is at (row, column).
  STEPLADDER_INLINE void start(const Sums<Vectors>& sums, std::int64_t rows, std::int64_t row,
                               std::int64_t column) {
    store(sums, scratch_);
    gradient_ = scratch_;
    offset_ = at(weights_.stride, row, column);
    row_ = row;
    first_column_ = column_ = column;
    left_ = rows * Vectors;
    rule_.begin(gradient_, offset_);
  }
  STEPLADDER_INLINE void advance() {
    if (left_ == 0) return;
    float* gradient = gradient_;
    const std::int64_t offset = offset_;
    const std::int64_t row = row_;
    const std::int64_t column = column_;
    fetch_tile_below(offset);
    go_on();
    if (left_ > 0) rule_.begin(gradient_, offset_);
    rule_.finish(gradient, offset);
    const float* now = rule_.weights + offset;
    if (row % 2 != 0) pack_rows(weights_, row - 1, column, load(now - kPanel), load(now));
    pack_columns(weights_, row, column, load(now));
  }
  STEPLADDER_INLINE void finish() {
    while (left_ > 0) advance();
  }

 private:
  STEPLADDER_INLINE void go_on() {
    std::int64_t distance = kLanes;
    column_ += kLanes;
    if (column_ == first_column_ + Vectors * kLanes) {
      column_ = first_column_;
      ++row_;
      distance = kPanel - (Vectors - 1) * kLanes;
    }
    gradient_ += distance;
    offset_ += distance;
    --left_;
  }
  STEPLADDER_INLINE void fetch_tile_below(std::int64_t offset) const {
    const std::int64_t below = offset + kRows * kPanel;
    __builtin_prefetch(rule_.weights + below);
    if constexpr (Rule::kMoments > 0) __builtin_prefetch(rule_.first + below);
    if constexpr (Rule::kMoments > 1) __builtin_prefetch(rule_.second + below);
  }

  const Rule rule_;
  const Matrix weights_;
  float* scratch_;
  float* gradient_ = nullptr;
  std::int64_t offset_ = 0;  // into the weights, of the vector at (row_, column_)
  std::int64_t row_ = 0;
  std::int64_t column_ = 0;
  std::int64_t first_column_ = 0;
  std::int64_t left_ = 0;  // vectors of the tile not finished
};

template <int Vectors, class Rule>
STEPLADDER_INLINE void update_biases(const WeightGradient& job, const Rule& rule,
                                     std::int64_t column) {
  const float* delta = job.delta.values + at(job.delta.stride, 0, column);
  Vector sums[Vectors] = {};
  for (std::int64_t row = 0; row < job.rows; ++row)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sums[v] += load(delta + row * kPanel + v * kLanes);
  for (int v = 0; v < Vectors; ++v) {
    alignas(64) float gradient[kAside + kLanes];
    store(gradient, sums[v]);
    const std::int64_t offset = at(job.weights.stride, job.inputs, column + v * kLanes);
    rule.begin(gradient, offset);
    rule.finish(gradient, offset);
  }
}

template <int Vectors, class Rule>
STEPLADDER_INLINE void update_tile_column(const WeightGradient& job, const Rule& rule,
                                          std::int64_t column) {
  const Operand input = along_rows(job.input);
  const Operand delta = along_rows(job.delta);
  const float* right = delta.words + at(delta.stride, 0, column);
  alignas(64) float scratch[kAside + kRows * kPanel];
  TileUpdate<Rule, Vectors> update(rule, job.weights, scratch);
  for (std::int64_t row = 0; row < job.inputs; row += kRows) {
    Sums<Vectors> sums{};
    const float* left = input.words + at(input.stride, 0, row);
    multiply<1, kPanel>(sums, left, right, words_of(job.rows), update);
    update.finish();
    update.start(sums, job.inputs - row < kRows ? job.inputs - row : kRows, row, column);
  }
  update.finish();
  update_biases<Vectors>(job, rule, column);
  if (job.inputs % 2 != 0)  // the row without a second one
    pack(job.weights, job.inputs - 1, job.inputs, column, column + Vectors * kLanes);
}

template <class Rule>
static void weight_gradient_with(const WeightGradient& job, const Rule& rule) {
  for_each_tile_column(job.outputs, [&]<int Vectors>(std::int64_t column) {
    update_tile_column<Vectors>(job, rule, column);
  });
}

static void weight_gradient(const WeightGradient& job) {
  if (job.gradient != nullptr) {
    WeightGradient without_update = job;
    without_update.weights.row_pairs = without_update.weights.column_pairs = nullptr;
    return weight_gradient_with(without_update, KeepGradient{job.gradient});
  }
  with_rule(job.update, job.weights.values, job.first, job.second,
            [&](const auto& rule) { weight_gradient_with(job, rule); });
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
