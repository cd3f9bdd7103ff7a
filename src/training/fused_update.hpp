// What a fused engine does between a gradient and the updated weights: the constants of an update,
// and the update of all layers where their gradients are stored.
#pragma once

#include <cstddef>

#include "fused_memory.hpp"
#include "stepladder/training/kernels/table.hpp"
#include "stepladder/training/optimizer.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::training {

// `t`: the updates done with this one, 1, 2, ...
[[nodiscard]] kernels::Update update_of(const Optimizer& optimizer, double rate, Steps t);

// A layer's moments number 0, 1, ..., nullptr where the optimizer has no such moment.
[[nodiscard]] float* moment(const FusedLayer& layer, std::size_t number);

struct StepAt {
  double rate = 0;        // the policy's
  Steps step = 0;         // updates done with this one
  double adaptation = 1;  // from the step before
};

// Updates all layers by their stored gradients; returns the adaptation of this step. Sums over all
// parameters go layer by layer, first to last.
[[nodiscard]] double update_separately(const FusedMemory& memory, const kernels::Table& kernels,
                                       const Optimizer& optimizer, const StepAt& at);

}  // namespace stepladder::training
