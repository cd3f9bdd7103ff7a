// Private to the room: [schedule] of an experiment file.
#pragma once

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// Plan and search settings; needs the space to be read. Throws InputError.
void read_schedule(TomlSection& section, Experiment& experiment, Needs needs);

}  // namespace stepladder::experiment
