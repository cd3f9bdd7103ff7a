// What the scheduler knows of one trial.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::schedule {

enum class TrialStatus { running, paused, pruned, finished, diverged, crashed };
inline constexpr std::array<std::string_view, 6> kTrialStatusWords = {
    "running", "paused", "pruned", "finished", "diverged", "crashed"};
[[nodiscard]] constexpr std::string_view name_of(TrialStatus value) {
  return kTrialStatusWords[static_cast<std::size_t>(value)];
}

struct Trial {
  enum class Fate : std::uint8_t { alive, diverged, crashed };
  Steps trained = 0;           // the level of the last rung it completed
  std::optional<Score> score;  // on `prune`, at that level; none for a replicate
  Steps counted_at = 0;        // the level it counts at in the budget; 0: it does not
  std::uint32_t bracket = 0;
  std::uint8_t rung = 0;  // of its bracket: the highest that the rule has let it into
  Fate fate = Fate::alive;
  // Of the search: its policy depends on the length that a run is planned for, so that it is
  // trained from step 0 for every rung.
  bool begins_anew = false;
};

// What a worker has to train for a task.
struct Span {
  Steps from = 0;
  Steps to = 0;
  Steps cooldown = 0;
  Steps horizon = 0;
  [[nodiscard]] Steps steps() const noexcept { return to - from + cooldown; }
};

}  // namespace stepladder::schedule
