// What is known of a trial: its configuration, its state, and where it stands among the others.
#include <algorithm>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {

Steps Hyperband::horizon_at(TrialId trial, Steps level) const {
  return begins_anew(trial) ? level : plan_.max_steps;
}

bool Hyperband::begins_anew(TrialId trial) const {
  if (plan_.rung_score != RungScore::restart || !plan_.horizon_bound) return false;
  const Condition& bound = *plan_.horizon_bound;
  const Configuration its = configuration(trial);
  const Value* value = its.find(bound.name);
  return value != nullptr &&
         std::find(bound.values.begin(), bound.values.end(), *value) != bound.values.end();
}

Configuration Hyperband::configuration(TrialId trial) const {
  return sampler_.configuration_of(is_replicate(trial) ? confirmation_->finalist_of(trial) : trial);
}

bool Hyperband::is_audited(TrialId id) const {
  if (plan_.audit_fraction <= 0 || is_replicate(id)) return false;
  if (brackets_[trials_[id.value].bracket].rungs().size() < 2) return false;
  return RandomStream(sampler_.seed(), Purpose::audit, id.value).uniform(0) < plan_.audit_fraction;
}

TrialStatus Hyperband::status(TrialId id) const {
  const Trial& trial = trials_.at(id.value);
  if (trial.fate == Trial::Fate::diverged) return TrialStatus::diverged;
  if (trial.fate == Trial::Fate::crashed) return TrialStatus::crashed;
  if (trial.busy) return TrialStatus::running;
  if (trial.trained == plan_.max_steps || chosen_ == id || is_replicate(id))
    return TrialStatus::finished;
  const bool may_climb = !finished_ && brackets_[trial.bracket].may_climb(id, trial.rung);
  return may_climb ? TrialStatus::paused : TrialStatus::pruned;
}

Standing Hyperband::standing(TrialId id) const {
  const Trial& trial = trials_.at(id.value);
  if (trial.fate != Trial::Fate::alive || !trial.score)
    return Standing{.failed = true, .trial = id};
  return standing_of(*trial.score, id, plan_.metric);
}

// Where the rule has brought a living trial; nothing for one without a score.
std::optional<Hyperband::Leader> Hyperband::place_of(TrialId id) const {
  const Trial& trial = trials_[id.value];
  if (trial.fate != Trial::Fate::alive || !trial.score) return std::nullopt;
  if (!is_audited(id))
    return Leader{
        .trial = id, .rung = trial.rung, .level = trial.trained, .standing = standing(id)};
  const Bracket& bracket = brackets_[trial.bracket];
  const Bracket::Place& place = bracket.place_of_audited(id);
  return Leader{.trial = id,
                .rung = place.rung,
                .level = bracket.rungs()[place.rung].level(),
                .standing = place.standing};
}

std::vector<Hyperband::Leader> Hyperband::leaders(std::size_t count) const {
  std::vector<Leader> best;
  for (std::size_t i = 0; i < searched(); ++i)
    if (const auto place = place_of(TrialId{static_cast<std::uint32_t>(i)})) best.push_back(*place);
  const auto end = best.begin() + static_cast<std::ptrdiff_t>(std::min(count, best.size()));
  std::partial_sort(best.begin(), end, best.end(), [](const Leader& a, const Leader& b) {
    return a.level != b.level ? a.level > b.level : a.standing < b.standing;
  });
  best.erase(end, best.end());
  return best;
}

}  // namespace stepladder::schedule
