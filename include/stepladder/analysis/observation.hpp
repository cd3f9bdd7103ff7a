// What the estimators of this room are fed with: one point of a run, that is one trial at one step
// budget, scored on `prune` there or diverged on the way. A run's journal holds everything that is
// in it; points of a run that are pruned later belong in just as those that go on, because the
// estimators rely on seeing every score a promotion was decided by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::analysis {

struct Observation {
  TrialId trial;               // unique over all runs
  std::uint32_t run = 0;       // whose scores are on rows of their own
  std::string group;           // what is compared at its own best rate: policy and optimizer
  double learning_rate = 0;    // the policy's initial or peak one, > 0
  Steps steps = 0;             // trained from the start; the level of the rung, >= 1
  double effective_steps = 0;  // as many at `learning_rate` go as far as `steps` of the policy:
                               // the sum of its rates over that rate; 0: `steps`
  std::optional<Score> score;  // at `steps`; none where the trial diverged before
  std::optional<Steps> diverged_at;  // where it has no score
  double share_error = 0;            // standard error of Metrics::share(), if there is one
  std::uint32_t bracket = 0;         // scores compete within (bracket, steps)
  bool audited = false;   // chosen at its start to be trained on whatever its scores (not for them)
  bool promoted = false;  // was trained beyond `steps`
};

// What the estimators work with in place of a value: lower is better, and it is positive, so that
// it has a logarithm. Of a share it is what is missing to 1 (an error rate); of what is minimised
// the value itself. Never below 1e-6. Nothing of a plain metric that is maximised.
[[nodiscard]] std::optional<double> measure_of(const Metric& metric, double value);
// The value that has this measure.
[[nodiscard]] double value_of(const Metric& metric, double measure);
// Of the metric that decides; nothing where the observation has no score.
[[nodiscard]] std::optional<double> measured(const Observation& observation,
                                             const Metrics& metrics);

[[nodiscard]] double effective_steps(const Observation& observation);

// The observations' groups, each once, in order of appearance.
[[nodiscard]] std::vector<std::string> groups_of(const std::vector<Observation>& observations);
[[nodiscard]] std::vector<Observation> of_group(const std::vector<Observation>& observations,
                                                const std::string& group);
// Of several runs as of one: the trials of each are numbered on from those of the one before.
[[nodiscard]] std::vector<Observation> pooled(const std::vector<std::vector<Observation>>& runs);
// The budgets at which anything was scored, ascending.
[[nodiscard]] std::vector<Steps> budgets_of(const std::vector<Observation>& observations);

}  // namespace stepladder::analysis
