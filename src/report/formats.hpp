// Private to the room: how scores, configurations and trials are written, in words, JSON and CSV,
// the same in every report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "stepladder/report/leaderboard.hpp"
#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

// "0.8764 ± 0.0047": with the standard error of an accuracy measured on so many rows.
[[nodiscard]] std::string with_error(double accuracy, std::int64_t rows);
// "[0.8701, 0.8823]": its Wilson interval.
[[nodiscard]] std::string interval_text(double accuracy, std::int64_t rows);
// What the heldout scores of a run are: on which rows, and of which weights.
[[nodiscard]] std::string scores_text(const Leaderboard& leaderboard);
[[nodiscard]] std::string duration_text(Seconds seconds);

// Four significant digits are enough for a reader; the exact values are in the JSON.
[[nodiscard]] std::string short_text(const Value& value);
[[nodiscard]] std::string short_text(const Configuration& configuration);

[[nodiscard]] nlohmann::ordered_json json_of(const Configuration& configuration);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<Score>& score, std::int64_t rows);
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::Interval& interval);
[[nodiscard]] nlohmann::ordered_json json_of(const std::optional<analysis::Spread>& spread);
[[nodiscard]] nlohmann::ordered_json json_of(const Leaderboard& leaderboard, std::size_t top);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<GroupReport>& groups);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<analysis::PairComparison>& pairs);
// Of an entry, all but its rank.
[[nodiscard]] nlohmann::ordered_json json_of(const LeaderboardEntry& entry, std::int64_t rows);

// As it is written, with a line's end. Bytes that are no UTF-8, say of a folder's name, are
// replaced.
[[nodiscard]] std::string text_of(const nlohmann::ordered_json& json, int indent = 2);

// What stands behind an entry's trial: "*" where it is audited, "+" where an extension of the range
// began it.
[[nodiscard]] std::string marks_of(const LeaderboardEntry& entry);
inline constexpr const char* kAuditedMark =
    "* audited: goes on to the end whatever its scores, which shows what pruning costs\n";

// The confirmation of the finalists, where there is one.
[[nodiscard]] std::string finalists_text(const Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json finalists_json(const Leaderboard& leaderboard);
// Of a CSV row, after the settings: empty cells for a trial that was not confirmed.
[[nodiscard]] std::string confirmed_csv_names();
[[nodiscard]] std::string confirmed_csv_cells(const Leaderboard& leaderboard, TrialId trial);

// The chosen trial, its scores, and which training its model is. Needs a winner.
[[nodiscard]] std::string winner_text(const Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json winner_json(const Leaderboard& leaderboard);

[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<schedule::Extended>& extensions);
// RFC 4180: a field with a comma, a quote or a line break is quoted.
[[nodiscard]] std::string csv_field(const std::string& text);
// Of all settings that some entry has, in order of appearance: a condition may leave one out.
[[nodiscard]] std::vector<std::string> names_of_settings(
    const std::vector<LeaderboardEntry>& entries);
// An entry's cells under kCsvColumns and the settings; empty where the entry has none.
inline constexpr const char* kCsvColumns = "trial,status,steps,accuracy,accuracy_se,loss,loss_se";
[[nodiscard]] std::string csv_cells(const LeaderboardEntry& entry, std::int64_t rows,
                                    const std::vector<std::string>& settings);

}  // namespace stepladder::report
