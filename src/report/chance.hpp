// Private to the room: the best score beside what chance comes to, in words and JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "stepladder/report/leaderboard.hpp"

namespace stepladder::report {

// Whether there are scores, and they do not tell any trial from chance: then they carry no answer.
[[nodiscard]] bool is_at_chance(const Leaderboard& board);

// Empty where chance is not known.
[[nodiscard]] std::string chance_line(const Leaderboard& board);
[[nodiscard]] std::string chance_sentence(const Leaderboard& board);
[[nodiscard]] nlohmann::ordered_json chance_json(const AgainstChance& against);

}  // namespace stepladder::report
