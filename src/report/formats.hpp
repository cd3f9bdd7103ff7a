// Private to the room: how scores, intervals and configurations are written in JSON, the same in
// every report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "stepladder/record/leaderboard.hpp"
#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

template <class T, class Make>
[[nodiscard]] nlohmann::ordered_json or_null(const std::optional<T>& value, const Make& make) {
  return value ? nlohmann::ordered_json(make(*value)) : nlohmann::ordered_json(nullptr);
}
template <class T>
[[nodiscard]] nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return or_null(value, [](const T& known) { return known; });
}

// An object with what `make` gives for each metric (its index), by its name.
template <class Make>
[[nodiscard]] nlohmann::ordered_json by_metric(const Metrics& metrics, const Make& make) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < metrics.size(); ++i) json[metrics.all[i].name] = make(i);
  return json;
}

[[nodiscard]] nlohmann::ordered_json scores_json(const Metrics& metrics, const Score& score);
// Of the metrics whose error is known.
[[nodiscard]] nlohmann::ordered_json standard_errors_json(const Metrics& metrics,
                                                          const Score& score, std::int64_t rows);

[[nodiscard]] nlohmann::ordered_json json_of(const Configuration& configuration);
[[nodiscard]] nlohmann::ordered_json json_of(const Metrics& metrics,
                                             const std::optional<Score>& score, std::int64_t rows);
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::Interval& interval);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<analysis::Interval>& interval);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<analysis::Spread>& spread);
[[nodiscard]] nlohmann::ordered_json json_of(const Metrics& metrics,
                                             const record::ScoreSpread& spread);
[[nodiscard]] nlohmann::ordered_json json_of(const record::Leaderboard& leaderboard,
                                             std::size_t top);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<GroupReport>& groups);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<analysis::PairComparison>& pairs);

// As it is written, with a line's end. Bytes that are no UTF-8, say of a folder's name, are
// replaced.
[[nodiscard]] std::string text_of(const nlohmann::ordered_json& json, int indent = 2);

[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<schedule::Extended>& extensions);

}  // namespace stepladder::report
