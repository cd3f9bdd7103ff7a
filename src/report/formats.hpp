// Private to the room: how scores, configurations and trials are written in JSON and CSV, the same
// in every report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "stepladder/record/leaderboard.hpp"
#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

[[nodiscard]] nlohmann::ordered_json json_of(const Configuration& configuration);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<Score>& score, std::int64_t rows);
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::Interval& interval);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<analysis::Spread>& spread);
[[nodiscard]] nlohmann::ordered_json json_of(const record::Leaderboard& leaderboard,
                                             std::size_t top);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<GroupReport>& groups);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<analysis::PairComparison>& pairs);
// Of an entry, all but its rank.
[[nodiscard]] nlohmann::ordered_json json_of(const record::LeaderboardEntry& entry,
                                             std::int64_t rows);

// As it is written, with a line's end. Bytes that are no UTF-8, say of a folder's name, are
// replaced.
[[nodiscard]] std::string text_of(const nlohmann::ordered_json& json, int indent = 2);

[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<schedule::Extended>& extensions);
// RFC 4180: a field with a comma, a quote or a line break is quoted.
[[nodiscard]] std::string csv_field(const std::string& text);
// Of all settings that some entry has, in order of appearance: a condition may leave one out.
[[nodiscard]] std::vector<std::string> names_of_settings(
    const std::vector<record::LeaderboardEntry>& entries);
// An entry's cells under kCsvColumns and the settings; empty where the entry has none.
inline constexpr const char* kCsvColumns = "trial,status,steps,accuracy,accuracy_se,loss,loss_se";
[[nodiscard]] std::string csv_cells(const record::LeaderboardEntry& entry, std::int64_t rows,
                                    const std::vector<std::string>& settings);

}  // namespace stepladder::report
