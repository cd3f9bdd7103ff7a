#include "stepladder/analysis/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "stepladder/analysis/best_rate.hpp"
#include "stepladder/analysis/spread.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

using Draws = std::vector<double>;  // of ln(best measure of first / best measure of second)

double two_sided(const Draws& draws) {
  const Spread spread = *spread_of(draws);
  if (!(spread.standard_deviation.value_or(0) > 0)) return 1;
  return 2 * normal_probability(-std::abs(spread.mean / *spread.standard_deviation));
}

std::vector<Steps> common_budgets(const Surface& a, const Surface& b) {
  std::vector<Steps> common;
  std::set_intersection(a.budgets().begin(), a.budgets().end(), b.budgets().begin(),
                        b.budgets().end(), std::back_inserter(common));
  return common;
}

std::vector<BestRateDraws> draws_at(const Response& response, const std::vector<Steps>& budgets,
                                    Seed seed) {
  std::vector<RateWindow> along;
  for (const Steps steps : budgets) {
    DivergenceLimit limit;
    for (const AtBudget& at : response.budgets)
      if (at.steps == steps) limit = at.divergence;
    along.push_back(rate_window(*response.surface, steps, limit));
  }
  return best_rate_draws(*response.surface, along, 1000, seed);
}

// ln(steps) at which a draw's difference changes sign last, linear between budgets.
std::optional<double> crossing(const std::vector<Draws>& by_budget,
                               const std::vector<Steps>& budgets, std::size_t draw) {
  for (std::size_t i = budgets.size() - 1; i > 0; --i) {
    const double before = by_budget[i - 1][draw];
    const double after = by_budget[i][draw];
    if ((before < 0) == (after < 0)) continue;
    const double low = std::log(static_cast<double>(budgets[i - 1]));
    const double high = std::log(static_cast<double>(budgets[i]));
    return low + (high - low) * before / (before - after);
  }
  return std::nullopt;
}

struct Pair {
  PairComparison comparison;
  std::vector<Steps> budgets;
  std::vector<Draws> by_budget;
};

Pair compare_two(const Response& first, const Response& second, Seed seed) {
  Pair pair{.comparison = {.first = first.group, .second = second.group}};
  pair.budgets = common_budgets(*first.surface, *second.surface);
  if (pair.budgets.empty()) return pair;
  const std::vector<BestRateDraws> of_first = draws_at(first, pair.budgets, seed);
  // Other draws than those of the first: the two are independent.
  const std::vector<BestRateDraws> of_second =
      draws_at(second, pair.budgets, Seed{mix(seed.value + 1)});
  for (std::size_t i = 0; i < pair.budgets.size(); ++i) {
    const std::size_t draws =
        std::min(of_first[i].log_scores.size(), of_second[i].log_scores.size());
    Draws differences;
    for (std::size_t j = 0; j < draws; ++j)
      differences.push_back(of_first[i].log_scores[j] - of_second[i].log_scores[j]);
    pair.comparison.differences.push_back({.steps = pair.budgets[i],
                                           .ratio = exp(estimate_of(differences)),
                                           .p_value = two_sided(differences)});
    pair.by_budget.push_back(std::move(differences));
  }
  return pair;
}

std::optional<Crossover> crossover_of(const Pair& pair) {
  const std::vector<Difference>& differences = pair.comparison.differences;
  if (differences.size() < 2) return std::nullopt;
  const Difference& early = differences.front();
  const Difference& late = differences.back();
  const bool is_sure = early.p_adjusted <= 0.05 && late.p_adjusted <= 0.05;
  if (!is_sure || (early.ratio.value < 1) == (late.ratio.value < 1)) return std::nullopt;
  std::vector<double> crossings;
  for (std::size_t draw = 0; draw < pair.by_budget.front().size(); ++draw)
    if (const auto at = crossing(pair.by_budget, pair.budgets, draw)) crossings.push_back(*at);
  return Crossover{
      .better_before = early.ratio.value < 1 ? pair.comparison.first : pair.comparison.second,
      .steps = exp(estimate_of(crossings))};
}

}  // namespace

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    highest = std::max(highest, p_values[order[i]] * static_cast<double>(order.size() - i));
    adjusted[order[i]] = std::min(highest, 1.0);
  }
  return adjusted;
}

std::vector<PairComparison> compare(const std::vector<Response>& responses, Seed seed) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < responses.size(); ++i)
    for (std::size_t j = i + 1; j < responses.size(); ++j)
      if (responses[i].surface && responses[j].surface)
        pairs.push_back(compare_two(responses[i], responses[j], seed));

  std::vector<double> p_values;
  for (const Pair& pair : pairs)
    for (const Difference& difference : pair.comparison.differences)
      p_values.push_back(difference.p_value);
  const std::vector<double> adjusted = holm(p_values);

  std::vector<PairComparison> comparisons;
  auto next = adjusted.begin();
  for (Pair& pair : pairs) {
    for (Difference& difference : pair.comparison.differences) difference.p_adjusted = *next++;
    pair.comparison.crossover = crossover_of(pair);
    comparisons.push_back(std::move(pair.comparison));
  }
  return comparisons;
}

}  // namespace stepladder::analysis
