#include "formats.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

ordered_json json_of(const Configuration& configuration) {
  ordered_json json = ordered_json::object();
  for (const Setting& setting : configuration.settings)
    std::visit([&](const auto& value) { json[setting.name] = value; }, setting.value);
  return json;
}

namespace {

// By the metrics' names. What an error is not known of is left out.
ordered_json scores_of(const Score& score) {
  return {{"accuracy", score.accuracy}, {"loss", score.loss}};
}
ordered_json standard_errors_of(const Score& score, std::int64_t rows) {
  ordered_json json = ordered_json::object();
  if (rows > 0) json["accuracy"] = analysis::standard_error(score.accuracy, rows);
  return json;
}

}  // namespace

ordered_json json_of(const std::optional<Score>& score, std::int64_t rows) {
  if (!score) return nullptr;
  return {{"scores", scores_of(*score)},
          {"standard_errors", standard_errors_of(*score, rows)},
          {"rows", rows}};
}

ordered_json json_of(const analysis::Interval& interval) { return {interval.low, interval.high}; }

ordered_json json_of(const std::optional<analysis::Spread>& spread) {
  if (!spread) return nullptr;
  const auto or_null = [](const auto& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  ordered_json json = {{"count", spread->count}, {"mean", spread->mean}};
  json["standard_deviation"] = or_null(spread->standard_deviation);
  json["interval_95"] = nullptr;
  if (spread->interval_95) json["interval_95"] = json_of(*spread->interval_95);
  return json;
}

ordered_json json_of(const record::LeaderboardEntry& e, std::int64_t rows) {
  ordered_json json = {{"trial", e.trial.value}, {"status", name_of(e.status)}, {"steps", e.steps}};
  json["scores"] = e.score ? scores_of(*e.score) : ordered_json(nullptr);
  json["standard_errors"] = e.score ? standard_errors_of(*e.score, rows) : ordered_json(nullptr);
  json["configuration"] = json_of(e.configuration);
  return json;
}

ordered_json json_of(const std::vector<schedule::Extended>& extensions) {
  ordered_json json = ordered_json::array();
  for (const auto& extended : extensions)
    json.push_back({{"hyperparameter", schedule::kExtendedName},
                    {"from", ordered_json::array({extended.from.min, extended.from.max})},
                    {"to", ordered_json::array({extended.to.min, extended.to.max})},
                    {"first_trial", extended.first.value},
                    {"trials", extended.trials}});
  return json;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char character : text)
    quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
  return quoted + '"';
}

std::vector<std::string> names_of_settings(const std::vector<record::LeaderboardEntry>& entries) {
  std::vector<std::string> names;
  for (const record::LeaderboardEntry& entry : entries)
    for (const Setting& setting : entry.configuration.settings)
      if (std::find(names.begin(), names.end(), setting.name) == names.end())
        names.push_back(setting.name);
  return names;
}

std::string csv_cells(const record::LeaderboardEntry& e, std::int64_t rows,
                      const std::vector<std::string>& settings) {
  std::string text = fmt::format("{},{},{},", e.trial.value, name_of(e.status), e.steps);
  if (e.score) {
    text += fmt::format(
        "{},{},{},", e.score->accuracy,
        rows > 0 ? fmt::to_string(analysis::standard_error(e.score->accuracy, rows)) : "",
        e.score->loss);
  } else {
    text += ",,,";
  }
  for (const std::string& name : settings) {
    text += ',';
    const Value* value = e.configuration.find(name);
    if (value == nullptr) continue;
    const auto* word = std::get_if<std::string>(value);
    text += csv_field(word != nullptr ? *word : stepladder::text(*value));
  }
  return text;
}

}  // namespace stepladder::report
