// A task: what one worker is asked to do with one trial, and why.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stepladder/trial/assignment.hpp"

namespace stepladder::schedule {

// Why a task was given out. Written to the journal with every assignment, so that whoever explains
// a run says what was decided, and guesses nothing.
enum class Cause : std::uint8_t {
  fresh,       // a new trial starts
  promoted,    // a trial climbs to the next rung because the rule says so
  audited,     // a trial climbs to the next rung because it is audited
  finishing,   // the best trial is carried on to max_steps
  confirming,  // a replicate of a finalist is trained and scored on `final`
  scoring,     // nothing is trained: the winner is scored on `final` or `test`
  retried,     // the same task once more: its worker was lost, it crashed, or it was given back
};

// By value.
inline constexpr std::array<const char*, 7> kCauseNames = {
    "fresh", "promoted", "audited", "finishing", "confirming", "scoring", "retried"};
[[nodiscard]] constexpr const char* name_of(Cause cause) {
  return kCauseNames[static_cast<std::size_t>(cause)];
}

struct Task {
  TrialId trial;
  Cause cause = Cause::fresh;  // why it was given out the first time, hence never `retried`
  std::size_t rung = 0;        // of its bracket, where it climbs
  Part part = Part::prune;
  bool is_retry = false;

  // Whether it belongs to the search. The others belong to the end of a run.
  [[nodiscard]] bool climbs() const noexcept { return part == Part::prune; }
  friend bool operator==(const Task&, const Task&) = default;
};

}  // namespace stepladder::schedule
