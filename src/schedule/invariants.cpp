#include "stepladder/schedule/invariants.hpp"

#include <algorithm>
#include <set>

namespace stepladder::schedule {
namespace {

using Broken = std::vector<std::string>;

std::string named(TrialId trial) { return "trial " + std::to_string(trial.value); }

void check_rung(const Rung& rung, const std::string& place, Broken& broken) {
  std::vector<Rung::Entry> sorted(rung.entries().begin(), rung.entries().end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Rung::Entry& a, const Rung::Entry& b) { return a.standing < b.standing; });

  const std::size_t quota = rung.top_size();
  std::set<TrialId> seen;
  std::size_t promoted = 0;
  std::optional<TrialId> best;
  for (std::size_t place_from_top = 0; place_from_top < sorted.size(); ++place_from_top) {
    const Rung::Entry& entry = sorted[place_from_top];
    const TrialId trial = entry.standing.trial;
    if (!seen.insert(trial).second) broken.push_back(place + named(trial) + " is entered twice");
    if (entry.in_top != (place_from_top < quota))
      broken.push_back(place + named(trial) + " is on the wrong side of the best floor(n/eta)");
    if (entry.promoted && entry.standing.failed)
      broken.push_back(place + named(trial) + " failed and is promoted");
    promoted += entry.promoted ? 1 : 0;
    if (!best && place_from_top < quota && !entry.promoted && !entry.standing.failed) best = trial;
  }
  if (promoted != rung.promoted()) broken.push_back(place + "the count of promotions is wrong");
  if (best != rung.promotable()) broken.push_back(place + "another entry should be promoted next");
}

void check_bracket(const Hyperband& scheduler, std::size_t number, Broken& broken) {
  const Bracket& bracket = scheduler.brackets()[number];
  // A trial in a rung came there by promotion from the one below, or, carried to the end, from any.
  std::set<TrialId> promoted;
  for (std::size_t index = 0; index < bracket.rungs().size(); ++index) {
    const Rung& rung = bracket.rungs()[index];
    const std::string place =
        "bracket " + std::to_string(number) + ", rung " + std::to_string(rung.level()) + ": ";
    check_rung(rung, place, broken);
    for (const Rung::Entry& entry : rung.entries()) {
      const TrialId trial = entry.standing.trial;
      if (index > 0 && !promoted.contains(trial))
        broken.push_back(place + named(trial) + " skipped its promotion");
      if (scheduler.trials()[trial.value].bracket != number)
        broken.push_back(place + named(trial) + " belongs to another bracket");
    }
    for (const Rung::Entry& entry : rung.entries())
      if (entry.promoted) promoted.insert(entry.standing.trial);
  }
  if (bracket.rungs().back().promoted() != 0)
    broken.push_back("bracket " + std::to_string(number) + ": the last rung promotes");
}

void check_leases(const Hyperband& scheduler, Broken& broken) {
  std::set<TrialId> trials;
  std::set<WorkerId> workers;
  for (const auto& [lease, held] : scheduler.leases()) {
    const TrialId trial = held.task.trial;
    if (!trials.insert(trial).second) broken.push_back(named(trial) + " is leased twice");
    if (!workers.insert(held.worker).second)
      broken.push_back("worker " + std::to_string(held.worker.value) + " holds two leases");
    if (scheduler.trial(trial).fate != Trial::Fate::alive)
      broken.push_back(named(trial) + " failed but is at work");
  }
}

void check_trials(const Hyperband& scheduler, Broken& broken) {
  const auto limit = static_cast<std::size_t>(scheduler.trials_max());
  if (limit > 0 && scheduler.trials().size() > limit)
    broken.emplace_back("more trials were started than the plan allows");
  for (const TrialId id : scheduler.begun()) {
    const Trial& trial = scheduler.trial(id);
    if (trial.trained > scheduler.plan().max_steps)
      broken.push_back(named(id) + " was trained beyond max_steps");
  }
  if (scheduler.test_score() && !scheduler.chosen())
    broken.emplace_back("the test part was scored before the winner was chosen");
}

}  // namespace

std::vector<std::string> broken_invariants(const Hyperband& scheduler) {
  Broken broken;
  for (std::size_t number = 0; number < scheduler.brackets().size(); ++number)
    check_bracket(scheduler, number, broken);
  check_leases(scheduler, broken);
  check_trials(scheduler, broken);
  return broken;
}

}  // namespace stepladder::schedule
