#include "formats.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "stepladder/plot/axis.hpp"

namespace stepladder::report {

using nlohmann::ordered_json;

std::string with_error(double accuracy, std::int64_t rows) {
  if (rows < 1) return fmt::format("{:.4f}", accuracy);  // simulated: no row was scored
  return fmt::format("{:.4f} ± {:.4f}", accuracy, standard_error(accuracy, rows));
}

std::string text_of(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string interval_text(double accuracy, std::int64_t rows) {
  if (rows < 1) return "";
  const analysis::Interval interval = analysis::wilson_interval(accuracy, rows);
  return fmt::format("[{:.4f}, {:.4f}]", interval.low, interval.high);
}

namespace {

std::string meaning_text(schedule::RungScore meaning) {
  switch (meaning) {
    case schedule::RungScore::as_is:
      return "of the weights as they are at that step";
    case schedule::RungScore::average:
      return "of the average of the weights up to that step";
    case schedule::RungScore::cooldown:
      return "of a copy of the weights, trained on while its rate falls to 0";
    case schedule::RungScore::restart:
      return "what a run of that length gives";
  }
  return "";
}

}  // namespace

std::string scores_text(const Leaderboard& l) {
  const std::string meaning =
      fmt::format("{} (rung_score = \"{}\")", meaning_text(l.rung_score), name_of(l.rung_score));
  if (l.rows.prune <= 0) return fmt::format("Scores are made up or from a table, and {}.", meaning);
  return fmt::format(
      "Scores are on the {} prune rows, heldout rows that decide which trials go on, ± a standard "
      "error; they are {}.",
      plot::steps_text(l.rows.prune), meaning);
}

std::string duration_text(Seconds seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{:.1f} s", seconds);
  if (whole < 3600) return fmt::format("{} min {:02d} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02d} min", whole / 3600, whole / 60 % 60);
}

std::string short_text(const Value& value) {
  if (const auto* real = std::get_if<double>(&value)) return plot::plain_text(*real);
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return text(value);
}

std::string short_text(const Configuration& configuration) {
  std::string result;
  for (const Setting& setting : configuration.settings)
    result += (result.empty() ? "" : " ") + setting.name + '=' + short_text(setting.value);
  return result;
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
  if (rows > 0) json["accuracy"] = standard_error(score.accuracy, rows);
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

ordered_json json_of(const LeaderboardEntry& e, std::int64_t rows) {
  ordered_json json = {{"trial", e.trial.value}, {"status", name_of(e.status)}, {"steps", e.steps}};
  json["scores"] = e.score ? scores_of(*e.score) : ordered_json(nullptr);
  json["standard_errors"] = e.score ? standard_errors_of(*e.score, rows) : ordered_json(nullptr);
  json["configuration"] = json_of(e.configuration);
  return json;
}

std::string marks_of(const LeaderboardEntry& e) {
  return std::string(e.is_audited ? "*" : "") + (e.is_extension ? "+" : "");
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

std::vector<std::string> names_of_settings(const std::vector<LeaderboardEntry>& entries) {
  std::vector<std::string> names;
  for (const LeaderboardEntry& entry : entries)
    for (const Setting& setting : entry.configuration.settings)
      if (std::find(names.begin(), names.end(), setting.name) == names.end())
        names.push_back(setting.name);
  return names;
}

std::string csv_cells(const LeaderboardEntry& e, std::int64_t rows,
                      const std::vector<std::string>& settings) {
  std::string text = fmt::format("{},{},{},", e.trial.value, name_of(e.status), e.steps);
  if (e.score) {
    text += fmt::format("{},{},{},", e.score->accuracy,
                        rows > 0 ? fmt::to_string(standard_error(e.score->accuracy, rows)) : "",
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
