#include "fused_update.hpp"

#include <cmath>

#include "stepladder/training/update.hpp"
#include "stepladder/training/whole_gradient.hpp"

namespace stepladder::training {
namespace {

float clip_scale(const FusedMemory& memory, const kernels::Table& kernels,
                 const Optimizer& optimizer) {
  if (!optimizer.clip_norm) return 1;
  double squares = 0;
  for (const FusedLayer& layer : memory.layers)
    squares += kernels.dot(layer.gradient, layer.gradient, layer.numbers);
  return static_cast<float>(clip_factor(optimizer, std::sqrt(squares)));
}

kernels::SeparateUpdate job_of(const FusedLayer& layer, float gradient_scale,
                               const kernels::Update& update) {
  return {.weights = layer.weights.values,
          .first = moment(layer, 0),
          .second = moment(layer, 1),
          .gradient = layer.gradient,
          .gradient_scale = gradient_scale,
          .count = layer.numbers,
          .update = update};
}

// Nothing in the first step.
Alignment alignment(const FusedMemory& memory, const kernels::Table& kernels,
                    const Optimizer& optimizer, float gradient_scale, Steps step) {
  Alignment sums;
  if (step == 1) return sums;
  const kernels::Update before = update_of(optimizer, 0, step - 1);
  for (const FusedLayer& layer : memory.layers) {
    const Alignment of_layer = kernels.alignment(job_of(layer, gradient_scale, before));
    sums.product += of_layer.product;
    sums.gradient_squares += of_layer.gradient_squares;
    sums.direction_squares += of_layer.direction_squares;
  }
  return sums;
}

}  // namespace

kernels::Update update_of(const Optimizer& optimizer, double rate, Steps t) {
  return {.kind = optimizer.kind,
          .rate = static_cast<float>(rate),
          .momentum = static_cast<float>(optimizer.momentum),
          .rest1 = static_cast<float>(1.0 - optimizer.beta1),
          .rest2 = static_cast<float>(
              1.0 - (optimizer.kind == OptimizerKind::rmsprop ? optimizer.rho : optimizer.beta2)),
          .correction1 = static_cast<float>(bias_correction(optimizer.beta1, t)),
          .correction2 = static_cast<float>(bias_correction(optimizer.beta2, t)),
          .epsilon = static_cast<float>(optimizer.epsilon),
          .l2 = static_cast<float>(optimizer.l2),
          .keep = static_cast<float>(1.0 - rate * optimizer.weight_decay)};
}

float* moment(const FusedLayer& layer, std::size_t number) {
  return number < layer.moments.size() ? layer.moments[number] : nullptr;
}

double update_separately(const FusedMemory& memory, const kernels::Table& kernels,
                         const Optimizer& optimizer, const StepAt& at) {
  const float scale = clip_scale(memory, kernels, optimizer);
  double adaptation = at.adaptation;
  if (adapts_rate(optimizer.kind))
    adaptation = adapted(optimizer, adaptation, at.rate,
                         alignment(memory, kernels, optimizer, scale, at.step));
  const kernels::Update update =
      update_of(optimizer, adapted_rate(optimizer, adaptation, at.rate), at.step);
  for (const FusedLayer& layer : memory.layers) {
    kernels.update(job_of(layer, scale, update));
    kernels.pack(layer.weights, layer.inputs, layer.outputs);
  }
  return adaptation;
}

}  // namespace stepladder::training
