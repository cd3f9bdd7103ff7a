// Private to the room: the best score beside what chance comes to, in words and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// Whether there are scores, and they do not tell any trial from chance: then they carry no answer.
[[nodiscard]] bool is_at_chance(const record::Leaderboard& board);

// Empty where chance is not known.
[[nodiscard]] std::string chance_line(const record::Leaderboard& board);
[[nodiscard]] std::string chance_sentence(const record::Leaderboard& board);
// Where chance is known.
[[nodiscard]] nlohmann::ordered_json chance_json(const record::Leaderboard& board);

}  // namespace stepladder::report
