#include "stepladder/analysis/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::size_t kResamplesMin = 200;
constexpr std::size_t kResamplesMax = 500;
constexpr std::size_t kDrawsMax = 4'000'000;  // in all resamples

struct Fate {
  double rate = 0;
  bool diverged = false;
};

// What is known at this budget, one entry a trial, ascending in rate.
std::vector<Fate> fates_at(const std::vector<Observation>& observations, Steps steps) {
  std::map<TrialId, Fate> known;
  for (const Observation& observation : observations) {
    if (observation.score && observation.steps >= steps)
      known[observation.trial] = {.rate = observation.learning_rate, .diverged = false};
    if (observation.diverged_at && *observation.diverged_at <= steps)
      known[observation.trial] = {.rate = observation.learning_rate, .diverged = true};
  }
  std::vector<Fate> fates;
  fates.reserve(known.size());
  for (const auto& [trial, fate] : known) fates.push_back(fate);
  std::sort(fates.begin(), fates.end(),
            [](const Fate& a, const Fate& b) { return a.rate < b.rate; });
  return fates;
}

struct Gap {  // between neighbouring rates
  double below = 0;
  double above = std::numeric_limits<double>::infinity();
};

// Where the fewest trials are on the wrong side; the union of the gaps where several are equal.
// None where a limit below or above all rates has fewer on the wrong side than any gap.
std::optional<Gap> best_gap(const std::vector<Fate>& fates) {
  const auto diverged = static_cast<std::size_t>(
      std::count_if(fates.begin(), fates.end(), [](const Fate& fate) { return fate.diverged; }));
  if (diverged == 0 || diverged == fates.size()) return std::nullopt;
  std::optional<Gap> best;
  std::size_t wrong = fates.size() - diverged;  // with the limit below all: the survivors
  std::size_t fewest = std::min(wrong, diverged);
  for (std::size_t i = 0; i + 1 < fates.size(); ++i) {
    if (fates[i].diverged) {
      ++wrong;
    } else {
      --wrong;
    }
    if (fates[i].rate == fates[i + 1].rate || wrong > fewest) continue;
    if (wrong < fewest || !best) best = Gap{.below = fates[i].rate};
    best->above = fates[i + 1].rate;
    fewest = wrong;
  }
  return best;
}

}  // namespace

DivergenceLimit divergence_limit(const std::vector<Observation>& observations, Steps steps,
                                 Seed seed) {
  const std::vector<Fate> fates = fates_at(observations, steps);
  DivergenceLimit found;
  for (const Fate& fate : fates) {
    if (fate.diverged && !found.lowest_diverged) found.lowest_diverged = fate.rate;
    if (!fate.diverged) found.highest_survivor = fate.rate;
  }
  const std::optional<Gap> gap = best_gap(fates);
  if (!gap) return found;

  std::vector<double> resampled;
  std::vector<std::size_t> times(fates.size());  // that each trial is drawn
  std::vector<Fate> drawn;
  const std::size_t resamples = std::clamp(kDrawsMax / fates.size(), kResamplesMin, kResamplesMax);
  for (std::size_t i = 0; i < resamples; ++i) {
    const RandomStream random(seed, Purpose::analysis, static_cast<std::uint64_t>(steps), i);
    std::fill(times.begin(), times.end(), 0);
    for (std::size_t j = 0; j < fates.size(); ++j) ++times[random.below(j, fates.size())];
    drawn.clear();
    for (std::size_t j = 0; j < fates.size(); ++j) drawn.insert(drawn.end(), times[j], fates[j]);
    if (const std::optional<Gap> of_drawn = best_gap(drawn))
      resampled.push_back(std::sqrt(of_drawn->below * of_drawn->above));
  }
  Interval interval{.low = gap->below, .high = gap->above};
  if (!resampled.empty()) {
    const Interval spread = middle_95(std::move(resampled));
    interval.low = std::min(interval.low, spread.low);
    interval.high = std::max(interval.high, spread.high);
  }
  found.limit = Estimate{.value = std::sqrt(gap->below * gap->above), .interval_95 = interval};
  return found;
}

}  // namespace stepladder::analysis
