#include "stepladder/analysis/edges.hpp"

#include <algorithm>
#include <cmath>

namespace stepladder::analysis {
namespace {

constexpr double kOuter = 0.1;  // of the range's logarithmic width

// Where a rate lies in the range, 0 at min and 1 at max.
double place_in(const RateRange& range, double rate) {
  return std::log(rate / range.min) / std::log(range.max / range.min);
}

// Scored observations at `steps`, best first by the total order.
std::vector<Observation> ranked(const std::vector<Observation>& observations, Steps steps,
                                const Metrics& metrics) {
  std::vector<Observation> at;
  for (const Observation& observation : observations)
    if (observation.steps == steps && observation.score) at.push_back(observation);
  std::sort(at.begin(), at.end(), [&](const Observation& a, const Observation& b) {
    return standing_of(*a.score, a.trial, metrics) < standing_of(*b.score, b.trial, metrics);
  });
  return at;
}

// Whether those of the upper third rank behind those of the middle third: Mann and Whitney 1947,
// by the normal approximation with continuity correction.
bool scores_turn(const std::vector<Observation>& best_first, const RateRange& range) {
  double middle = 0;
  double upper = 0;
  double wins = 0;  // pairs in which the one of the middle third is better
  for (const Observation& observation : best_first) {
    const double place = place_in(range, observation.learning_rate);
    if (place >= 2.0 / 3) {
      upper += 1;
      wins += middle;
    } else if (place >= 1.0 / 3) {
      middle += 1;
    }
  }
  if (middle < 3 || upper < 3) return false;
  const double deviation = std::sqrt(middle * upper * (middle + upper + 1) / 12);
  return (wins - middle * upper / 2 - 0.5) / deviation > 1.6448536269514722;
}

}  // namespace

std::optional<Crowded> crowded(const std::vector<Observation>& observations, const RateRange& range,
                               const Metrics& metrics) {
  std::vector<Steps> budgets = budgets_of(observations);
  std::reverse(budgets.begin(), budgets.end());
  for (const Steps budget : budgets) {
    const std::vector<Observation> best = ranked(observations, budget, metrics);
    if (best.size() < 3) continue;
    for (const Side side : {Side::low, Side::high}) {
      const auto is_outer = [&](const Observation& observation) {
        const double place = place_in(range, observation.learning_rate);
        return side == Side::low ? place <= kOuter : place >= 1 - kOuter;
      };
      const auto outer =
          static_cast<std::size_t>(std::count_if(best.begin(), best.begin() + 3, is_outer));
      if (is_outer(best.front()) || outer >= 2)
        return Crowded{.side = side,
                       .bound = side == Side::low ? range.min : range.max,
                       .steps = budget,
                       .best_is_there = is_outer(best.front()),
                       .of_best_three = outer};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<NoDivergence> no_divergence(const std::vector<Observation>& observations,
                                          const RateRange& range, const Metrics& metrics) {
  double highest = 0;
  for (const Observation& observation : observations) {
    if (observation.diverged_at) return std::nullopt;
    highest = std::max(highest, observation.learning_rate);
  }
  const std::vector<Steps> budgets = budgets_of(observations);
  if (budgets.empty() || place_in(range, highest) < 1 - kOuter) return std::nullopt;
  return NoDivergence{
      .highest_rate = highest,
      .scores_turn = scores_turn(ranked(observations, budgets.front(), metrics), range)};
}

std::optional<StillImproving> still_improving(const std::vector<Observation>& observations,
                                              const Metrics& metrics) {
  const std::vector<Steps> budgets = budgets_of(observations);
  const auto share = metrics.share();
  if (budgets.size() < 2 || !share) return std::nullopt;
  const Metrics by_share = metrics.decided_by(metrics.all[*share].name);
  const Steps from = budgets[budgets.size() - 2];
  const Steps to = budgets.back();
  const Observation before = ranked(observations, from, by_share).front();
  const Observation after = ranked(observations, to, by_share).front();
  const double gain = (*after.score)[*share] - (*before.score)[*share];
  const double error = std::hypot(before.share_error, after.share_error);
  if (!(gain > 2 * error)) return std::nullopt;
  return StillImproving{.from = from, .to = to, .gain = gain, .standard_error = error};
}

std::vector<Edge> edges_of(const std::vector<Observation>& observations, const RateRange& range,
                           const Metrics& metrics, std::optional<Interval> best_rate_95) {
  std::vector<Edge> edges;
  if (best_rate_95) {
    if (place_in(range, best_rate_95->low) <= 0.01)
      edges.emplace_back(
          BestAtBound{.side = Side::low, .bound = range.min, .best_rate_95 = *best_rate_95});
    if (place_in(range, best_rate_95->high) >= 0.99)
      edges.emplace_back(
          BestAtBound{.side = Side::high, .bound = range.max, .best_rate_95 = *best_rate_95});
  }
  if (const auto found = crowded(observations, range, metrics)) edges.emplace_back(*found);
  if (const auto found = no_divergence(observations, range, metrics)) edges.emplace_back(*found);
  if (const auto found = still_improving(observations, metrics)) edges.emplace_back(*found);
  return edges;
}

}  // namespace stepladder::analysis
