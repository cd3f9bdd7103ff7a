// Which finalists of a confirmation are behind for sure, so that no further seeds are spent on them
// (racing: Maron and Moore 1994; Birattari et al. 2002). It is looked at after each complete round
// of seeds but the last. All these looks together are meant to err with probability kRaceError,
// which is shared out among them. Seen with made-up finalists only, not on real data yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/analysis/spread.hpp"
#include "stepladder/trial/metrics.hpp"

namespace stepladder::analysis {

// That the truly best finalist is dropped.
inline constexpr double kRaceError = 0.01;

struct Race {
  std::size_t finalists = 0;   // at its beginning
  std::size_t rounds_min = 0;  // nobody is dropped before
  std::size_t rounds_max = 0;  // the seeds of a finalist that is not dropped
  std::int64_t rows = 0;       // that a score is of; 0: of none, as in a simulation
  // How often somebody may be dropped: after the rounds from rounds_min to rounds_max - 1.
  [[nodiscard]] std::size_t looks() const noexcept;
};

// The trainings of a finalist, by seed, in one metric.
struct Racer {
  std::vector<std::optional<double>> scores;  // none: it failed
  // The same in each of some random groups of the rows; empty where that is not known.
  std::vector<std::vector<double>> by_group;
};

// By how much `better` is better than `other`, as a statement on the two configurations: the mean
// of the differences seed by seed. Its error has two parts: the seeds, s² / n, and the rows, which
// are the same for all trainings. The rows' is told by the groups: the variance of the mean
// difference between groups over their number (random groups: Wolter, "Introduction to Variance
// Estimation", section 2.4). Where there are none, p (1 - p) / rows of both shares, added: more
// than it is where trainings tend to fail at the same rows, as they do; of other metrics no
// interval can be given. Both parts are added so that the interval misses with probability `error`
// at most (Banerjee 1960). Nothing where no seed has two scores.
[[nodiscard]] std::optional<Spread> lead(const Racer& better, const Racer& other,
                                         const Metric& metric, std::int64_t rows, double error);

// Those that are behind the leader, by their place in `finalists`: the leader has the fewest
// failures, then the best mean. Three seeds tell little of a variance. So it is enough to be behind
// by the pair's own, or by one that is pooled over the finalists (but not below the pair's own);
// each of the two may err half as often. Needs at least one finalist.
[[nodiscard]] std::vector<std::size_t> behind_for_sure(const std::vector<Racer>& finalists,
                                                       const Metric& metric, const Race& race);

// The error that an interval may have that is reported of so many seeds of a race, so that 95 % of
// all reported intervals hold, whenever the race stopped. 0.05 where nobody could be dropped.
[[nodiscard]] double interval_error(const Race& race, std::size_t seeds) noexcept;

}  // namespace stepladder::analysis
