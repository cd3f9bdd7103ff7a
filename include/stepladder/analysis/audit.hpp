// What pruning at rungs may have cost, from the trials that were trained on whatever their scores
// (audited): a random sample of all configurations, so what happens to them is what would happen to
// those that were pruned.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"

namespace stepladder::analysis {

// A share that was counted, with Wilson's interval.
struct CountedShare {
  std::size_t count = 0;
  std::size_t of = 0;
  Estimate share;  // count / of; 0 of 0 is 0 with the interval [0, 1]
};
[[nodiscard]] CountedShare counted_share(std::size_t count, std::size_t of);

// An audited trial would have been pruned if at some budget below the largest of its bracket it
// stands behind the best floor(n / eta) (at least one) of the n entries that the bracket's rung had
// in the end, diverged ones and itself counted. The verdict is passed at the largest budget R, on
// those that have a score there, and compares with the trials that the rule itself brought to R in
// any bracket (not audited ones).
struct PruningAudit {
  std::size_t audited = 0;     // audited trials that reached R or diverged
  std::size_t would_stay = 0;  // of them, never behind the line
  // Of those that would have been pruned: better at R than half of the trials the rule brought
  // there. A rule that prunes at random has 1/2 here.
  CountedShare better_than_median;
  // Better at R than all of them: the run would have had a better winner.
  CountedShare better_than_best;
  // The same as better_than_median of those that stand behind the line of one rung, ascending in
  // steps; who stands behind two lines is counted at both. Rungs without such trials are left out.
  struct AtRung {
    Steps steps = 0;
    CountedShare better_than_median;
  };
  std::vector<AtRung> rungs;
};
// Nothing where no audited trial would have been pruned, or the rule brought no trial to R.
[[nodiscard]] std::optional<PruningAudit> audit_pruning(
    const std::vector<Observation>& observations, std::int64_t eta, const Metrics& metrics);

// Kendall's tau-b between the scores of the same trials at two budgets.
struct RungAgreement {
  Steps lower = 0;
  Steps upper = 0;
  std::size_t trials = 0;
  Estimate tau_b;  // the interval resamples trials
  // Survivors were selected by their score at `lower`, which narrows their range and makes tau-b
  // smaller than it is over all trials (a lower bound). False where only audited trials were used.
  bool of_survivors = false;
};
// Every pair of budgets with at least four trials in common: the audited ones where there are four,
// otherwise all.
[[nodiscard]] std::vector<RungAgreement> agreement_of_rungs(
    const std::vector<Observation>& observations, const Metrics& metrics, Seed seed);

}  // namespace stepladder::analysis
