// winner.toml in the folder best/ of a run: which training was chosen, with which scores and which
// configuration.
#pragma once

#include <optional>
#include <string>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/training/recipe.hpp"

namespace stepladder::run {

// Of a run with a chosen trial. `model` is that of the model beside the file; none: there is none.
[[nodiscard]] std::string winner_text(const experiment::Experiment& experiment,
                                      const schedule::Hyperband& scheduler,
                                      const std::optional<training::Model>& model);

}  // namespace stepladder::run
