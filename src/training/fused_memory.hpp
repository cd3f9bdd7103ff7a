// Where a fused engine keeps a model: one arena, every matrix in panels.
#pragma once

#include <cstdint>
#include <vector>

#include "stepladder/training/arena.hpp"
#include "stepladder/training/engine.hpp"
#include "stepladder/training/kernels/table.hpp"

namespace stepladder::training {

struct FusedLayer {
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;
  std::int64_t numbers = 0;          // in each of the next four, what fills up panels included
  kernels::Matrix weights;           // inputs + 1 rows, the last are the biases
  std::vector<float*> moments;       // laid out like weights.values
  float* average = nullptr;          // likewise; only where it is kept
  float* gradient = nullptr;         // likewise; only where it is stored
  kernels::Matrix delta;             // batch x outputs: derivatives of the loss by the sums
  kernels::Matrix delta_transposed;  // outputs x batch; not in the first layer
};

struct FusedMemory {
  // rows_max: rows in the activations, of which the first `batch` take part in training.
  FusedMemory(const EngineSettings& settings, Precision precision, bool store_gradient,
              std::int64_t rows_max);

  Arena arena;
  std::vector<FusedLayer> layers;
  std::vector<kernels::Matrix> activations;  // [layers + 1]: input, hidden, logits
  float* losses = nullptr;                   // [rows_max]

  // Parameters, then moments, in the canonical order of State::values.
  [[nodiscard]] std::vector<float> canonical() const;
  void restore(const std::vector<float>& values);
};

}  // namespace stepladder::training
