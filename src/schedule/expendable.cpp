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

Use use_of(const Hyperband& scheduler, TrialId trial, TrialStatus status) {
  if (status == TrialStatus::diverged || status == TrialStatus::crashed) return Use::failed;
  if (scheduler.is_replicate(trial)) return scheduler.chosen() ? Use::over : Use::may_be_the_model;
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
  for (std::size_t i = 0; i < scheduler.begun(); ++i) {
    const TrialId trial{static_cast<std::uint32_t>(i)};
    const TrialStatus status = scheduler.status(trial);
    const bool is_leader = !leader.empty() && trial == leader.front().trial && !scheduler.chosen();
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
