#include "fused_memory.hpp"

#include <algorithm>

namespace stepladder::training {
namespace {

using kernels::kPanel;
using kernels::Matrix;

constexpr std::int64_t kLine = 16;  // floats in a cache line

std::int64_t rounded_up(std::int64_t count, std::int64_t unit) {
  return (count + unit - 1) / unit * unit;
}

struct MatrixSize {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t gap = 0;  // numbers between panels
  bool row_pairs = false;
  bool column_pairs = false;
};

Matrix matrix_in(Arena& arena, const MatrixSize& shape) {
  const std::int64_t panels = rounded_up(shape.columns, kPanel) / kPanel;
  Matrix matrix;
  matrix.stride = shape.rows * kPanel + shape.gap;
  matrix.values = arena.take(panels * matrix.stride + kernels::kSlack);
  matrix.row_pair_stride = (shape.rows + 1) / 2 * kPanel + shape.gap;
  if (shape.row_pairs) matrix.row_pairs = arena.take(panels * matrix.row_pair_stride);
  if (shape.column_pairs)
    matrix.column_pairs = arena.take((panels + 1) / 2 * matrix.stride + kernels::kSlack);
  return matrix;
}

// A batch's rows: a panel is one cache line longer than its rows, or a row would have all its
// panels in one set of the first-level cache.
MatrixSize batch_shape(std::int64_t rows, std::int64_t columns) {
  return {.rows = rounded_up(rows, kernels::kBlock), .columns = columns, .gap = kLine};
}

void lay_out(FusedMemory& memory, const EngineSettings& settings, bool is_bf16, bool store_gradient,
             std::int64_t rows_max) {
  memory.layers.clear();
  memory.activations.clear();
  Arena& arena = memory.arena;
  const std::vector<std::int64_t>& widths = settings.architecture.widths;
  const std::size_t moments_each = moments(settings.optimizer.kind);

  memory.losses = arena.take(rounded_up(rows_max, kernels::kBlock));
  for (std::size_t l = 0; l < widths.size(); ++l) {
    MatrixSize shape = batch_shape(rows_max, widths[l]);
    shape.row_pairs = shape.column_pairs = is_bf16 && l + 1 < widths.size();
    memory.activations.push_back(matrix_in(arena, shape));
  }
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    FusedLayer layer{.inputs = widths[l], .outputs = widths[l + 1]};
    layer.weights = matrix_in(arena, {.rows = layer.inputs + 1,
                                      .columns = layer.outputs,
                                      .row_pairs = is_bf16,
                                      .column_pairs = is_bf16 && l > 0});
    layer.numbers = rounded_up(layer.outputs, kPanel) / kPanel * layer.weights.stride;
    for (std::size_t m = 0; m < moments_each; ++m)
      layer.moments.push_back(arena.take(layer.numbers));
    if (settings.keeps_average) layer.average = arena.take(layer.numbers);
    if (store_gradient) layer.gradient = arena.take(layer.numbers);
    MatrixSize delta = batch_shape(settings.batch, layer.outputs);
    delta.row_pairs = is_bf16;
    layer.delta = matrix_in(arena, delta);
    if (l > 0) {
      const std::int64_t columns = rounded_up(settings.batch, kernels::kBlock);
      layer.delta_transposed = matrix_in(arena, {.rows = rounded_up(layer.outputs, kernels::kBlock),
                                                 .columns = columns,
                                                 .row_pairs = is_bf16});
    }
    memory.layers.push_back(std::move(layer));
  }
}

// Calls visit(number in panels, number in canonical order, how many) for each stretch of a row that
// lies in one panel; `canonical` is where the layer begins in canonical order.
template <class Visit>
void for_each_stretch(const FusedLayer& layer, std::size_t canonical, const Visit& visit) {
  for (std::int64_t row = 0; row <= layer.inputs; ++row)
    for (std::int64_t column = 0; column < layer.outputs; column += kPanel)
      visit(column / kPanel * layer.weights.stride + row * kPanel,
            canonical + static_cast<std::size_t>(row * layer.outputs + column),
            static_cast<std::size_t>(std::min(kPanel, layer.outputs - column)));
}

std::size_t parts_in(const FusedMemory& memory) {
  const FusedLayer& any = memory.layers.front();
  return 1 + any.moments.size() + (any.average != nullptr ? 1 : 0);
}

// Calls visit(numbers in panels, layer, canonical begin) for the parameters of every layer, then
// for the first moments of every layer, and so on, and at last for the average.
template <class Visit>
void for_each_part(const FusedMemory& memory, const Visit& visit) {
  std::size_t begin = 0;
  const std::size_t moments = memory.layers.front().moments.size();
  const std::size_t parts = parts_in(memory);
  for (std::size_t part = 0; part < parts; ++part)
    for (const FusedLayer& layer : memory.layers) {
      visit(part == 0         ? layer.weights.values
            : part <= moments ? layer.moments[part - 1]
                              : layer.average,
            layer, begin);
      begin += static_cast<std::size_t>((layer.inputs + 1) * layer.outputs);
    }
}

}  // namespace

FusedMemory::FusedMemory(const EngineSettings& settings, Precision precision, bool store_gradient,
                         std::int64_t rows_max) {
  const bool is_bf16 = precision == Precision::bf16;
  lay_out(*this, settings, is_bf16, store_gradient, rows_max);  // counts
  arena = Arena(arena.taken());
  lay_out(*this, settings, is_bf16, store_gradient, rows_max);
}

std::vector<float> FusedMemory::canonical() const {
  std::size_t parameters = 0;
  for (const FusedLayer& layer : layers)
    parameters += static_cast<std::size_t>((layer.inputs + 1) * layer.outputs);
  std::vector<float> values(parameters * parts_in(*this));
  for_each_part(*this, [&](const float* numbers, const FusedLayer& layer, std::size_t begin) {
    for_each_stretch(layer, begin, [&](std::int64_t from, std::size_t to, std::size_t count) {
      std::copy_n(numbers + from, count, values.data() + to);
    });
  });
  return values;
}

void FusedMemory::restore(const std::vector<float>& values) {
  for_each_part(*this, [&](float* numbers, const FusedLayer& layer, std::size_t begin) {
    for_each_stretch(layer, begin, [&](std::int64_t to, std::size_t from, std::size_t count) {
      std::copy_n(values.data() + from, count, numbers + to);
    });
  });
}

}  // namespace stepladder::training
