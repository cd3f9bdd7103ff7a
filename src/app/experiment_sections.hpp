// Private to the room: one function for each table of an experiment file. Those that read throw
// InputError.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stepladder/app/experiment.hpp"
#include "stepladder/app/toml_section.hpp"

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
[[nodiscard]] std::string toml_of(const Value& value);
// The table [model], as read_model() reads it back.
[[nodiscard]] std::string model_text(const training::Model& model);

[[nodiscard]] DataSource read_data(TomlSection section, const std::filesystem::path& folder);
// As read_data() reads it back.
[[nodiscard]] std::string data_text(const DataSource& data);
// Its defaults depend on the format of the data.
[[nodiscard]] training::Model read_model(TomlSection section, const DataSource& data);
// `names`: the table's keys in the order of the file.
[[nodiscard]] SearchSpace read_space(const toml::table& table,
                                     const std::vector<std::string>& names, Needs needs);
// What is counted in steps must fit into the run.
void check_lengths(const Experiment& experiment, const toml::table& space);
// Warns of ranges that span decades and are searched on a linear scale.
void warn_of_scales(const toml::table& space, Experiment& experiment);
[[nodiscard]] RunSettings read_run(TomlSection section);
// A hyperparameter's value.
[[nodiscard]] Value read_value(const toml::node& node, const std::string& name);
// The configurations to try first: first = [ { learning_rate = 0.1 }, ... ]
[[nodiscard]] std::vector<Configuration> read_first(const toml::array& array);
void check_first_is_known(const toml::array& first, const SearchSpace& space);
// What is counted in steps must fit into the run.
void check_lengths_of_first(const toml::array& first, const Experiment& experiment);
// Refuses a setting without effect; warns of what lies outside the space.
void check_first(const toml::array& first, const search::Sampler& sampler, Experiment& experiment);
// What a rung's score means; needs the space, and the configurations to try first.
void read_rung_score(TomlSection& section, Experiment& experiment, Needs needs);
// Plan and search settings; needs the space to be read.
void read_schedule(TomlSection& section, Experiment& experiment, Needs needs);

}  // namespace stepladder::app
