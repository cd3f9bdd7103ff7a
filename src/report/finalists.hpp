// Private to the room: the confirmation of the finalists and the winner, as text, JSON and CSV.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// The confirmation of the finalists, where there is one.
[[nodiscard]] std::string finalists_text(const record::Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json finalists_json(const record::Leaderboard& leaderboard);
// Of a CSV row, after the settings: empty cells for a trial that was not confirmed.
[[nodiscard]] std::string confirmed_csv_names();
[[nodiscard]] std::string confirmed_csv_cells(const record::Leaderboard& leaderboard,
                                              TrialId trial);

// The chosen trial, its scores, and which training its model is. Needs a winner.
[[nodiscard]] std::string winner_text(const record::Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json winner_json(const record::Leaderboard& leaderboard);

}  // namespace stepladder::report
