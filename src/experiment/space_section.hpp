// Private to the room: [space] of an experiment file.
#pragma once

#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// `names`: the table's keys in the order of the file. Throws InputError.
[[nodiscard]] SearchSpace read_space(const toml::table& table,
                                     const std::vector<std::string>& names, Needs needs);
// A hyperparameter's value. Throws InputError.
[[nodiscard]] Value read_value(const toml::node& node, const std::string& name);
// What is counted in steps must fit into the run. Throws InputError.
void check_lengths(const Experiment& experiment, const toml::table& space);
// Warns of ranges that span decades and are searched on a linear scale.
void warn_of_scales(const toml::table& space, Experiment& experiment);

}  // namespace stepladder::experiment
