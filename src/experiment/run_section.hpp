// Private to the room: [run] of an experiment file.
#pragma once

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// Throws InputError.
[[nodiscard]] RunSettings read_run(TomlSection section);

}  // namespace stepladder::experiment
