// The state a trial begins with: a pure function of (seed, trial). Weights are truncated normals of
// nominal standard deviation sqrt(2 / inputs) (He et al. 2015, equation 10), as TensorFlow 1's
// tf.truncated_normal draws them: beyond two standard deviations they are drawn again, and the
// spread is not corrected for that, so it really is 0.8796 * sqrt(2 / inputs). Biases are 0.
#pragma once

#include <vector>

#include "stepladder/training/engine.hpp"

namespace stepladder::training {

// [parameters], laid out as in State.
[[nodiscard]] std::vector<float> initial_weights(const Architecture& architecture, Seed seed,
                                                 TrialId trial);

// Step 0: the initial weights, every moment and the average 0, and no adaptation of the rate.
[[nodiscard]] State initial_state(const Architecture& architecture, const Optimizer& optimizer,
                                  Seed seed, TrialId trial, bool keeps_average = false);

}  // namespace stepladder::training
