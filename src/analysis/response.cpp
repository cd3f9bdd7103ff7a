#include "stepladder/analysis/response.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "stepladder/analysis/best_rate.hpp"

namespace stepladder::analysis {
namespace {

// The share of the draws that lie within a tenth of the way from one end.
double share_near(const BestRateDraws& draws, double end) {
  const double tenth = (draws.log_high - draws.log_low) / 10;
  const auto near = std::count_if(draws.log_rates.begin(), draws.log_rates.end(),
                                  [&](double x) { return std::abs(x - end) <= tenth; });
  return static_cast<double>(near) / static_cast<double>(draws.log_rates.size());
}

// `scored`: the rates that were, at any budget.
BestRate best_rate_of(const BestRateDraws& draws, const Interval& scored) {
  Estimate log_rate = estimate_of(draws.log_rates);
  const double margin = (draws.log_high - draws.log_low) / 100;
  // Beyond a rate that is known to be worse there is nothing left to exclude.
  bool reaches_low =
      draws.budget.low != End::known_worse && log_rate.interval_95.low <= draws.log_low + margin;
  bool reaches_high =
      draws.budget.high != End::known_worse && log_rate.interval_95.high >= draws.log_high - margin;
  if (reaches_low && reaches_high) {
    // Most of it may be at one end. Then an interval that is open there is asked for, whose other
    // end, the 95 % bound on one side, may exclude something.
    constexpr double kMost = 0.6;
    if (share_near(draws, draws.log_high) >= kMost) {
      log_rate.interval_95.low = quantile(draws.log_rates, 0.05);
      reaches_low = log_rate.interval_95.low <= draws.log_low + margin;
    } else if (share_near(draws, draws.log_low) >= kMost) {
      log_rate.interval_95.high = quantile(draws.log_rates, 0.95);
      reaches_high = log_rate.interval_95.high >= draws.log_high - margin;
    }
  }
  // What nobody tried is not preferred to what was tried next to it, and no better.
  if (reaches_high)
    log_rate.interval_95.low = std::min(log_rate.interval_95.low, std::log(scored.high));
  if (reaches_low)
    log_rate.interval_95.high = std::max(log_rate.interval_95.high, std::log(scored.low));
  BestRate best{.rate = exp(log_rate)};
  if (reaches_low && reaches_high) {
    best.identification = Identification::flat;
  } else if (reaches_low) {
    best.identification = Identification::at_lower_bound;
  } else if (reaches_high) {
    best.identification = draws.budget.high == End::divergence ? Identification::at_divergence
                                                               : Identification::at_upper_bound;
  } else {
    best.identification = Identification::identified;
  }
  return best;
}

// By how much the measure rises when the rate is off by `factor`.
std::optional<Estimate> penalty(const BestRateDraws& draws, const BestRate& best, double factor) {
  const double moved = std::log(best.rate.value * factor);
  if (!best.is_identified() || moved < draws.log_low || moved > draws.log_high) return std::nullopt;
  std::vector<double> rises;
  for (std::size_t i = 0; i < draws.log_rates.size(); ++i)
    rises.push_back(std::exp(draws.value_at(i, draws.log_rates[i] + std::log(factor))) -
                    std::exp(draws.log_lowest[i]));
  return estimate_of(rises);
}

std::optional<Estimate> gain(const BestRateDraws& before, const BestRateDraws& after) {
  std::vector<double> falls;
  for (std::size_t i = 0; i < before.log_lowest.size(); ++i)
    falls.push_back(std::exp(before.log_lowest[i]) - std::exp(after.log_lowest[i]));
  return estimate_of(falls);
}

// d ln(best rate) / d ln(steps), by least squares in each draw.
std::optional<Estimate> slope_of(const std::vector<const BestRateDraws*>& draws_by_budget) {
  if (draws_by_budget.size() < 2) return std::nullopt;
  double mean = 0;
  const auto log_steps = [](const BestRateDraws& draws) {
    return std::log(static_cast<double>(draws.budget.steps));
  };
  for (const BestRateDraws* draws : draws_by_budget)
    mean += log_steps(*draws) / static_cast<double>(draws_by_budget.size());
  double squares = 0;
  for (const BestRateDraws* draws : draws_by_budget)
    squares += std::pow(log_steps(*draws) - mean, 2);
  std::vector<double> slopes(draws_by_budget.front()->log_rates.size());
  for (const BestRateDraws* draws : draws_by_budget)
    for (std::size_t i = 0; i < slopes.size(); ++i)
      slopes[i] += (log_steps(*draws) - mean) * draws->log_rates[i] / squares;
  return estimate_of(slopes);
}

std::size_t trials_in(const std::vector<Observation>& observations) {
  std::set<TrialId> trials;
  for (const Observation& observation : observations) trials.insert(observation.trial);
  return trials.size();
}

}  // namespace

Response respond(const std::vector<Observation>& observations, const ResponseOptions& options) {
  Response response{.metrics = options.metrics, .trials = trials_in(observations)};
  if (!observations.empty()) response.group = observations.front().group;
  for (const Observation& observation : observations)
    if (measured(observation, options.metrics)) ++response.scores;
  std::optional<Interval> range;
  if (0 < options.range.min && options.range.min < options.range.max)
    range = Interval{.low = options.range.min, .high = options.range.max};
  response.surface = Surface::fit(observations, options.metrics, range);
  if (!response.surface) {
    response.no_answer =
        response.scores < kScoresMin ? NoAnswer::too_few_scores : NoAnswer::one_rate;
    return response;
  }
  const std::vector<Steps>& scored = response.surface->budgets();
  const std::vector<Steps>& budgets = options.budgets.empty() ? scored : options.budgets;
  std::set<Steps> needed(budgets.begin(), budgets.end());
  for (const Steps steps : budgets)
    if (3 * steps <= scored.back()) needed.insert(3 * steps);

  std::vector<RateWindow> along;
  std::map<Steps, DivergenceLimit> limits;
  for (const Steps steps : needed) {
    limits[steps] = divergence_limit(observations, steps, options.seed);
    along.push_back(rate_window(*response.surface, steps, limits[steps]));
  }
  const std::vector<BestRateDraws> draws_by_budget =
      best_rate_draws(*response.surface, along, options.draws, options.seed);
  std::map<Steps, const BestRateDraws*> draws_at;
  for (std::size_t i = 0; const Steps steps : needed) draws_at[steps] = &draws_by_budget[i++];

  std::vector<const BestRateDraws*> identified;
  for (const Steps steps : budgets) {
    const BestRateDraws& draws = *draws_at.at(steps);
    AtBudget at{.steps = steps, .best = best_rate_of(draws, response.surface->scored())};
    at.score = exp(estimate_of(draws.log_scores));
    at.twice = penalty(draws, at.best, 2);
    at.half = penalty(draws, at.best, 0.5);
    if (const auto later = draws_at.find(3 * steps); later != draws_at.end())
      at.tripled = gain(draws, *later->second);
    at.divergence = limits.at(steps);
    if (at.best.is_identified()) identified.push_back(&draws);
    response.budgets.push_back(at);
  }
  response.slope = slope_of(identified);
  return response;
}

std::optional<double> steps_until(const Surface& surface, double learning_rate, double measure) {
  constexpr int kPoints = 200;
  const double first = std::log(static_cast<double>(surface.budgets().front()));
  const double last = std::log(static_cast<double>(surface.budgets().back()));
  const auto value_at = [&](double log_steps) {
    return surface.at({.learning_rate = learning_rate, .steps = std::exp(log_steps)}).value;
  };
  double before = value_at(first);
  if (before <= measure) return std::exp(first);
  for (int i = 1; i <= kPoints; ++i) {
    const double here = first + (last - first) * i / kPoints;
    const double value = value_at(here);
    if (value <= measure) {
      const double share = (before - measure) / (before - value);
      return std::exp(here - (1 - share) * (last - first) / kPoints);
    }
    before = value;
  }
  return std::nullopt;
}

}  // namespace stepladder::analysis
