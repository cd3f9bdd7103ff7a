// Private to the room: [model] of an experiment file.
#pragma once

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// Its defaults depend on the format of the data. Throws InputError.
[[nodiscard]] training::Model read_model(TomlSection section, const DataSource& data);

}  // namespace stepladder::experiment
