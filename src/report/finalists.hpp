// Private to the room: the confirmation of the finalists and the winner, as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// The confirmation of the finalists, where there is one.
[[nodiscard]] std::string finalists_text(const record::Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json finalists_json(const record::Leaderboard& leaderboard);

// The chosen trial, its scores, and which training its model is. Needs a winner.
[[nodiscard]] std::string winner_text(const record::Leaderboard& leaderboard);
[[nodiscard]] nlohmann::ordered_json winner_json(const record::Leaderboard& leaderboard);

}  // namespace stepladder::report
