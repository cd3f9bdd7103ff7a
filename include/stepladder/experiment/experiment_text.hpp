// An experiment and its parts written out as TOML.
#pragma once

#include <string>

#include "stepladder/experiment/experiment.hpp"

namespace stepladder::experiment {

// With every default written out. parse_experiment() reads the same experiment back.
[[nodiscard]] std::string to_toml(const Experiment& experiment);

// The same without [run]: what the run's journal keeps of it, and runs are compared by. One setting
// a line.
[[nodiscard]] std::string identity_of(const Experiment& experiment);

// As a TOML basic string.
[[nodiscard]] std::string quoted(const std::string& text);
[[nodiscard]] std::string toml_of(const Value& value);
// The table [model].
[[nodiscard]] std::string model_text(const training::Model& model);

}  // namespace stepladder::experiment
