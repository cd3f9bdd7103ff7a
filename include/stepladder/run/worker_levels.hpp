// Whether a run's workers, on machines that may be unlike, train to the same numbers.
#pragma once

#include <span>
#include <string>

#include "stepladder/training/recipe.hpp"

namespace stepladder::run {

// What a rank of this machine computes training steps with: the level of the kernels, or
// "reference". Throws InputError where the machine cannot train the model.
[[nodiscard]] std::string level_for(const training::Model& model);

// The fastest kernel level of this processor, and whether it has bf16, for --version.
[[nodiscard]] std::string level_in_use();

// The levels there are, each once, such as "v3 and v4". Both spans have an entry for each rank; a
// level is empty where a rank does not train. Throws InputError where results would depend on
// which rank trains: level generic rounds otherwise than the others.
[[nodiscard]] std::string levels_in_use(std::span<const std::string> levels,
                                        std::span<const std::string> hosts);

}  // namespace stepladder::run
