// Private to the room: the configurations to try first, in [schedule] of an experiment file:
// first = [ { learning_rate = 0.1 }, ... ]
#pragma once

#include <vector>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// All throw InputError.
[[nodiscard]] std::vector<Configuration> read_first(const toml::array& array);
void check_first_is_known(const toml::array& first, const SearchSpace& space);
// What is counted in steps must fit into the run.
void check_lengths_of_first(const toml::array& first, const Experiment& experiment);
// Refuses a setting without effect; warns of what lies outside the space.
void check_first(const toml::array& first, const search::Sampler& sampler, Experiment& experiment);

}  // namespace stepladder::experiment
