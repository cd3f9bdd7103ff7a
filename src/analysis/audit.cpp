#include "stepladder/analysis/audit.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "stepladder/analysis/rank_correlation.hpp"

namespace stepladder::analysis {
namespace {

Standing standing(const Observation& observation, const Metrics& metrics) {
  const Outcome outcome =
      observation.score ? Outcome(*observation.score) : Outcome(Diverged{observation.steps});
  return standing_of(outcome, observation.trial, metrics);
}

struct RungKey {
  std::uint32_t bracket = 0;
  Steps steps = 0;
  auto operator<=>(const RungKey&) const = default;
};

// By steps, trials that stand behind the line of a rung below the largest of their bracket.
std::map<Steps, std::set<TrialId>> behind_the_lines(const std::vector<Observation>& observations,
                                                    std::int64_t eta, const Metrics& metrics) {
  std::map<RungKey, std::vector<Standing>> rungs;
  for (const Observation& observation : observations)
    rungs[{observation.bracket, observation.steps}].push_back(standing(observation, metrics));
  std::map<Steps, std::set<TrialId>> behind;
  for (auto rung = rungs.begin(); rung != rungs.end(); ++rung) {
    const auto above = std::next(rung);
    if (above == rungs.end() || above->first.bracket != rung->first.bracket) continue;
    std::vector<Standing>& entries = rung->second;
    std::sort(entries.begin(), entries.end());
    const std::size_t kept =
        std::max<std::size_t>(entries.size() / static_cast<std::size_t>(eta), 1);
    for (std::size_t i = kept; i < entries.size(); ++i)
      behind[rung->first.steps].insert(entries[i].trial);
  }
  return behind;
}

// Smaller is better.
double key_of(const Observation& observation, const Metrics& metrics) {
  return metrics.first().key((*observation.score)[metrics.deciding]);
}

}  // namespace

CountedShare counted_share(std::size_t count, std::size_t of) {
  const double share = of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0;
  return {.count = count,
          .of = of,
          .share = {.value = share,
                    .interval_95 = wilson_interval(share, static_cast<std::int64_t>(of))}};
}

std::optional<PruningAudit> audit_pruning(const std::vector<Observation>& observations,
                                          std::int64_t eta, const Metrics& metrics) {
  const std::vector<Steps> budgets = budgets_of(observations);
  if (budgets.empty()) return std::nullopt;
  const std::map<Steps, std::set<TrialId>> lines = behind_the_lines(observations, eta, metrics);
  std::set<TrialId> behind;
  for (const auto& [steps, trials] : lines) behind.insert(trials.begin(), trials.end());
  std::vector<Standing> kept;  // at the largest budget, by the rule
  std::vector<Standing> pruned;
  PruningAudit audit;
  for (const Observation& observation : observations) {
    const bool ends_here = observation.diverged_at || observation.steps == budgets.back();
    if (!ends_here) continue;
    if (!observation.audited) {
      if (observation.score) kept.push_back(standing(observation, metrics));
      continue;
    }
    ++audit.audited;
    if (behind.contains(observation.trial)) {
      pruned.push_back(standing(observation, metrics));
    } else {
      ++audit.would_stay;
    }
  }
  if (kept.empty() || pruned.empty()) return std::nullopt;
  std::sort(kept.begin(), kept.end());
  std::set<TrialId> beats_median;
  std::size_t beats_best = 0;
  for (const Standing& one : pruned) {
    const auto worse = static_cast<std::size_t>(
        std::count_if(kept.begin(), kept.end(), [&](const Standing& of) { return one < of; }));
    if (2 * worse >= kept.size() && worse > 0) beats_median.insert(one.trial);
    if (worse == kept.size()) ++beats_best;
  }
  audit.better_than_median = counted_share(beats_median.size(), pruned.size());
  audit.better_than_best = counted_share(beats_best, pruned.size());
  for (const auto& [steps, trials] : lines) {
    std::size_t judged = 0;
    std::size_t wrongly = 0;
    for (const Standing& one : pruned) {
      if (!trials.contains(one.trial)) continue;
      ++judged;
      if (beats_median.contains(one.trial)) ++wrongly;
    }
    if (judged > 0)
      audit.rungs.push_back({.steps = steps, .better_than_median = counted_share(wrongly, judged)});
  }
  return audit;
}

std::vector<RungAgreement> agreement_of_rungs(const std::vector<Observation>& observations,
                                              const Metrics& metrics, Seed seed) {
  constexpr std::size_t kTrialsMin = 4;
  std::map<Steps, std::map<TrialId, const Observation*>> at;
  for (const Observation& observation : observations)
    if (observation.score) at[observation.steps][observation.trial] = &observation;
  std::vector<RungAgreement> agreements;
  for (auto lower = at.begin(); lower != at.end(); ++lower) {
    for (auto upper = std::next(lower); upper != at.end(); ++upper) {
      for (const bool audited_only : {true, false}) {
        std::vector<double> a;
        std::vector<double> b;
        for (const auto& [trial, there] : upper->second) {
          const auto here = lower->second.find(trial);
          if (here == lower->second.end() || (audited_only && !there->audited)) continue;
          a.push_back(key_of(*here->second, metrics));
          b.push_back(key_of(*there, metrics));
        }
        if (a.size() < kTrialsMin) continue;
        const std::optional<Estimate> tau = kendall_tau_with_interval(a, b, seed);
        if (!tau) continue;
        agreements.push_back({.lower = lower->first,
                              .upper = upper->first,
                              .trials = a.size(),
                              .tau_b = *tau,
                              .of_survivors = !audited_only});
        break;
      }
    }
  }
  return agreements;
}

}  // namespace stepladder::analysis
