// The kernels of one level: what a training step is made of, as a table of functions over plain
// pointers. Nothing here allocates, throws or keeps state. Every pointer is 64-byte aligned memory
// of the caller's, with kSlack numbers readable behind a weight matrix.
#pragma once

#include <cstdint>

#include "stepladder/training/kernels/level.hpp"
#include "stepladder/training/optimizer.hpp"
#include "stepladder/training/whole_gradient.hpp"

namespace stepladder::training {

class DropoutMask;

namespace kernels {

inline constexpr std::int64_t kPanel = 48;           // columns
inline constexpr std::int64_t kBlock = 16;           // rows are rounded up to this
inline constexpr std::int64_t kSlack = 16 * kPanel;  // a tile may read rows behind the last

// Every matrix is stored as panels of 48 columns, each row-major: number (r, c) is
// values[c / 48 * stride + r * 48 + c % 48]. A product then streams a panel from end to end, and no
// two rows are a power of two apart. The columns that fill up the last panel are 0.
//
// A product at bf16 does not read `values` but pairs of neighbours rounded to bf16, the first in
// the low half of a word: neighbours down a column where its sums run along rows, neighbours in a
// row where they run along columns. Word (r / 2, c) is row_pairs[c / 48 * row_pair_stride + r / 2 *
// 48 + c % 48]; word (r, c / 2) is column_pairs[c / 96 * stride + r * 48 + c / 2 % 48]. At fp32
// both are null, and so is one that no product reads. A kernel that is given a matrix to write
// writes its pairs as well.
struct Matrix {
  float* values = nullptr;
  std::int64_t stride = 0;
  float* row_pairs = nullptr;
  std::int64_t row_pair_stride = 0;
  float* column_pairs = nullptr;
};

struct Gather {
  const std::uint8_t* features = nullptr;  // [..][columns]
  std::int64_t columns = 0;
  float shift = 0;
  float scale = 1;
  const std::uint32_t* which = nullptr;  // [rows]
  std::int64_t rows = 0;
  Matrix to;  // rows x columns: (byte + shift) * scale
};

// output = input * weights + biases; in a hidden layer then ReLU and dropout.
struct Forward {
  Matrix input;    // rows x inputs
  Matrix weights;  // inputs + 1 rows, the last are the biases; x outputs
  Matrix output;   // rows x outputs; rows are written up to the next multiple of kBlock
  std::int64_t rows = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
  bool hidden = false;
  const DropoutMask* dropout = nullptr;  // none: every unit is kept
  float scale = 1;                       // of kept units
};

// Per row: the loss, and the derivatives of scale * loss by the logits.
struct Softmax {
  Matrix logits;  // rows x classes
  Matrix delta;   // rows x classes; values null: losses only
  std::int64_t rows = 0;
  std::int64_t classes = 0;
  const std::int32_t* labels = nullptr;  // of all data
  const std::uint32_t* which = nullptr;  // [rows], into labels
  float scale = 1;
  float* losses = nullptr;  // [rows rounded up to kBlock]
};

struct Transpose {
  Matrix from;  // rows x columns
  Matrix to;    // columns x rows
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

// delta = delta_above * weights^T where activation > 0, times scale; 0 elsewhere.
struct InputGradient {
  Matrix weights;                 // inputs + 1 rows x outputs
  Matrix delta_above_transposed;  // outputs x rows
  Matrix activation;              // rows x inputs
  Matrix delta;                   // rows x inputs
  std::int64_t rows = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
  float scale = 1;
};

// One update's constants; see Optimizer.
struct Update {
  OptimizerKind kind = OptimizerKind::sgd;
  float rate = 0;
  float momentum = 0;
  float rest1 = 0;        // 1 - b1
  float rest2 = 0;        // 1 - b2, or 1 - rho
  float correction1 = 1;  // 1 / (1 - b1^t)
  float correction2 = 1;
  float epsilon = 0;
  float l2 = 0;
  float keep = 1;  // 1 - a weight_decay
};

// gradient = input^T * delta, and its column sums for the biases; the optimizer's update follows in
// the registers, or the gradient is stored where `gradient` is not null, and nothing is updated; it
// must be stored for a kind that adapts_rate().
struct WeightGradient {
  Matrix input;            // rows x inputs
  Matrix delta;            // rows x outputs
  Matrix weights;          // inputs + 1 rows x outputs
  float* first = nullptr;  // moments, laid out like weights.values
  float* second = nullptr;
  float* gradient = nullptr;  // laid out like weights.values
  std::int64_t rows = 0;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
  Update update;
};

// The update of `count` numbers (a multiple of kBlock) by a stored gradient, times a scale.
struct SeparateUpdate {
  float* weights = nullptr;
  float* first = nullptr;
  float* second = nullptr;
  const float* gradient = nullptr;
  float gradient_scale = 1;
  std::int64_t count = 0;
  Update update;
};

struct Table {
  void (*gather)(const Gather&);
  void (*forward)(const Forward&);
  std::int64_t (*softmax)(const Softmax&);  // how many rows' likeliest class is their label
  void (*transpose)(const Transpose&);
  void (*input_gradient)(const InputGradient&);
  void (*weight_gradient)(const WeightGradient&);
  void (*update)(const SeparateUpdate&);
  // Of the update of these numbers to come, at `update` of the step before it, with its l2.
  Alignment (*alignment)(const SeparateUpdate&);
  // Sum of a[i] * b[i] in double precision; count is a multiple of kBlock. The order of the
  // additions is the same at every level.
  double (*dot)(const float* a, const float* b, std::int64_t count);
  // Fills the pairs that are not null from `rows` rows of `columns` values; nothing at fp32.
  void (*pack)(const Matrix& matrix, std::int64_t rows, std::int64_t columns);
  // `rounds` rounds of independent multiply-adds on registers alone; returns how many
  // floating-point operations that was.
  double (*multiply_adds)(std::int64_t rounds);
};

// Throws UnsupportedLevel.
[[nodiscard]] const Table& table_of(Level level, Precision precision = Precision::fp32);

}  // namespace kernels
}  // namespace stepladder::training
