// The leaderboard as text, JSON and CSV.
#pragma once

#include <cstddef>
#include <string>

#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// How far a run is and the best of it, in two or three lines.
[[nodiscard]] std::string summary_text(const record::Leaderboard& leaderboard);

// `top` limits the entries, not the rest.
[[nodiscard]] std::string to_text(const record::Leaderboard& leaderboard, std::size_t top);
[[nodiscard]] std::string to_json(const record::Leaderboard& leaderboard, std::size_t top);
[[nodiscard]] std::string to_csv(const record::Leaderboard& leaderboard, std::size_t top);

}  // namespace stepladder::report
