// Private to the room: one function for each table of an experiment file. Those that read throw
// InputError.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stepladder/app/experiment.hpp"

namespace stepladder::app {

// The words of the file for schedule::Mode, schedule::Promotion, Metric and search::Method, in
// their order.
extern const std::vector<std::string> kModeWords;
extern const std::vector<std::string> kPromotionWords;
extern const std::vector<std::string> kMetricWords;
extern const std::vector<std::string> kMethodWords;
extern const std::vector<std::string> kRungScoreWords;  // schedule::RungScore

// As a TOML basic string.
[[nodiscard]] std::string quoted(const std::string& text);

[[nodiscard]] DataSource read_data(TomlSection section, const std::filesystem::path& folder);
// As read_data() reads it back.
[[nodiscard]] std::string data_text(const DataSource& data);
[[nodiscard]] training::Model read_model(TomlSection section);
// `names`: the table's keys in the order of the file.
[[nodiscard]] SearchSpace read_space(const toml::table& table,
                                     const std::vector<std::string>& names);
[[nodiscard]] RunSettings read_run(TomlSection section);
// What a rung's score means; needs the space, and the configurations to try first.
void read_rung_score(TomlSection& section, Experiment& experiment, Needs needs);
// Plan and search settings; needs the space to be read.
void read_schedule(TomlSection& section, Experiment& experiment, Needs needs);

}  // namespace stepladder::app
