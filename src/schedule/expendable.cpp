#include "stepladder/schedule/expendable.hpp"

#include <algorithm>

namespace stepladder::schedule {
namespace {

enum class Use { failed, over, may_climb, may_be_the_model };  // least first

struct Candidate {
  Use use;
  Steps trained;
  Standing standing;
};

// A run that has grown has a winner, and looks for another.
bool is_choice_open(const Hyperband& scheduler) {
  return scheduler.phase() != Phase::testing && scheduler.phase() != Phase::over;
}

Use use_of(const Hyperband& scheduler, TrialId trial, TrialStatus status) {
  if (status == TrialStatus::diverged || status == TrialStatus::crashed) return Use::failed;
  if (is_replicate(trial)) return is_choice_open(scheduler) ? Use::may_be_the_model : Use::over;
  return status == TrialStatus::paused ? Use::may_climb : Use::over;
}

bool is_needed_less(const Candidate& a, const Candidate& b) {
  if (a.use != b.use) return a.use < b.use;
  if (a.use == Use::may_climb && a.trained != b.trained) return a.trained < b.trained;
  return b.standing < a.standing;
}

}  // namespace

std::vector<TrialId> expendable(const Hyperband& scheduler) {
  const std::vector<Leader> leader = scheduler.leaders(1);
  std::vector<Candidate> candidates;
  for (const TrialId trial : scheduler.begun()) {
    const TrialStatus status = scheduler.status(trial);
    const bool is_leader =
        !leader.empty() && trial == leader.front().trial && is_choice_open(scheduler);
    if (status == TrialStatus::running || is_leader || trial == scheduler.model()) continue;
    candidates.push_back({.use = use_of(scheduler, trial, status),
                          .trained = scheduler.trial(trial).trained,
                          .standing = scheduler.standing(trial)});
  }
  std::sort(candidates.begin(), candidates.end(), is_needed_less);
  std::vector<TrialId> trials;
  trials.reserve(candidates.size());
  for (const Candidate& candidate : candidates) trials.push_back(candidate.standing.trial);
  return trials;
}

}  // namespace stepladder::schedule
