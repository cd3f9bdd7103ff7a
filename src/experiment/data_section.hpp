// Private to the room: [data] of an experiment file.
#pragma once

#include <filesystem>
#include <string>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::experiment {

// Relative paths are taken from the folder. Throws InputError.
[[nodiscard]] DataSource read_data(TomlSection section, const std::filesystem::path& folder);
// As read_data() reads it back.
[[nodiscard]] std::string data_text(const DataSource& data);

}  // namespace stepladder::experiment
