// One piece of work for one worker: train a trial from one step to another, then score it.
#pragma once

#include <optional>

#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder {

// Which rows an assignment is scored on. `prune` decides at rungs; `final` is scored only for
// finalists; `test` once, after the choice is written down.
enum class Part { prune, final, test };

// A trainer asks at least every so many steps whether to go on. A trial is watched after it has
// lost a worker: the next one says at each question where it is, so that a death at the same step
// is seen to be at the same step.
inline constexpr Steps kStepsBetweenQuestions = 16;

struct Assignment {
  LeaseId lease;
  TrialId trial;
  Configuration configuration;
  Steps from = 0;  // train steps [from, to); from == to: only score
  Steps to = 0;
  Steps horizon = 0;  // the run length the learning-rate policy is planned for; a promotion never
                      // re-stretches a training that goes on
  Part part = Part::prune;
  // Whose random numbers (first weights, batches, dropout) train it; none: the trial's own.
  std::optional<TrialId> draws{};
  // What is scored: the weights as they are, unless `averages`: then an average of them over the
  // training; or `cooldown` > 0: then a copy that is trained for so many steps beyond `to`, its
  // rate falling linearly to zero. What goes on from `to` is the weights themselves in any case.
  bool averages = false;
  Steps cooldown = 0;
  bool is_watched = false;
  [[nodiscard]] Steps steps() const noexcept { return to - from + cooldown; }
  [[nodiscard]] TrialId drawn_as() const noexcept { return draws.value_or(trial); }
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

}  // namespace stepladder
