// Private to the room: what a rung's score means, in [schedule] of an experiment file: whether
// trainings depend on the length of the run follows from the search space.
#pragma once

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// Needs the space, and the configurations to try first. Throws InputError.
void read_rung_score(TomlSection& section, Experiment& experiment, Needs needs);

}  // namespace stepladder::experiment
