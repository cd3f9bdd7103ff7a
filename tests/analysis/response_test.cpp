#include "stepladder/analysis/response.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "analysis/synthetic.hpp"
#include "stepladder/analysis/comparison.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

Response respond_to(const Synthetic& valley, std::uint64_t seed) {
  return respond(observe(valley, Seed{seed}), {.metrics = by_loss(), .seed = Seed{seed}});
}

TEST(Response, finds_rate_slope_score_and_penalty_of_a_valley_that_moves) {
  const Synthetic valley{.slope = -0.25};
  constexpr int kRuns = 40;
  const double rise = std::expm1(0.15 * std::pow(std::log(2), 2));
  int slope = 0;
  int rate = 0;
  int score = 0;
  int twice = 0;
  int half = 0;
  int tripled = 0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const Response response = respond_to(valley, seed);
    ASSERT_EQ(response.budgets.size(), 4U);
    for (const AtBudget& at : response.budgets) {
      EXPECT_TRUE(at.best.is_identified()) << at.steps;
      rate += at.best.rate.interval_95.contains(valley.best_rate(at.steps));
      score += at.score.interval_95.contains(valley.best_loss(at.steps));
    }
    slope += response.slope.value().interval_95.contains(-0.25);
    const AtBudget& first = response.budgets.front();
    twice += first.twice.value().interval_95.contains(valley.best_loss(100) * rise);
    half += first.half.value().interval_95.contains(valley.best_loss(100) * rise);
    tripled +=
        first.tripled.value().interval_95.contains(valley.best_loss(100) - valley.best_loss(300));
    EXPECT_FALSE(response.budgets.back().tripled);
  }
  // Of a share of 0.95, three standard errors below.
  EXPECT_GE(rate, 0.9 * 4 * kRuns);
  EXPECT_GE(score, 0.9 * 4 * kRuns);
  EXPECT_GE(slope, 0.85 * kRuns);
  EXPECT_GE(twice, 0.85 * kRuns);
  EXPECT_GE(half, 0.85 * kRuns);
  EXPECT_GE(tripled, 0.85 * kRuns);
}

TEST(Response, slope_of_a_valley_that_stands_still_is_not_told_from_zero) {
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    covered += respond_to({.slope = 0}, seed).slope.value().interval_95.contains(0);
  EXPECT_GE(covered, 35);
}

TEST(Response, an_optimum_beyond_the_range_is_said_to_be_at_the_bound) {
  const Response high = respond_to({.best_at_100 = 5}, 1);
  for (const AtBudget& at : high.budgets)
    EXPECT_EQ(at.best.identification, Identification::at_upper_bound) << at.steps;
  EXPECT_FALSE(high.slope);
  EXPECT_FALSE(high.budgets.front().twice);
  const Response low = respond_to({.best_at_100 = 2e-4}, 1);
  for (const AtBudget& at : low.budgets)
    EXPECT_EQ(at.best.identification, Identification::at_lower_bound) << at.steps;
}

TEST(Response, an_optimum_cut_off_by_divergence_is_as_high_as_does_not_diverge) {
  const Response response = respond_to({.best_at_100 = 5, .diverges_above = 0.2}, 1);
  for (const AtBudget& at : response.budgets) {
    EXPECT_EQ(at.best.identification, Identification::at_divergence) << at.steps;
    EXPECT_LT(at.best.rate.value, 0.25);
    EXPECT_NEAR(at.divergence.limit.value().value, 0.2, 0.04);
  }
}

// At each budget a nominal 5 % would be identified by chance.
TEST(Response, pure_noise_is_not_identified) {
  int identified = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    identified += respond_to({.curvature = 0}, seed).budgets.front().best.is_identified();
  EXPECT_LE(identified, 10);
}

TEST(Response, is_silent_for_few_scores_or_one_rate) {
  EXPECT_EQ(respond({}, {.metrics = by_loss()}).no_answer, NoAnswer::too_few_scores);
  std::vector<Observation> same = observe({.trials = 30}, Seed{1});
  for (Observation& observation : same) observation.learning_rate = 0.1;
  const Response response = respond(same, {.metrics = by_loss()});
  EXPECT_EQ(response.no_answer, NoAnswer::one_rate);
  EXPECT_TRUE(response.budgets.empty());
}

TEST(Response, is_a_pure_function) {
  const Response a = respond_to({}, 3);
  const Response b = respond_to({}, 3);
  EXPECT_EQ(a.budgets.back().best.rate, b.budgets.back().best.rate);
  EXPECT_EQ(a.slope, b.slope);
}

TEST(Response, answers_for_budgets_between_those_scored) {
  const Synthetic valley{.slope = -0.25};
  const Response response =
      respond(observe(valley, Seed{2}), {.metrics = by_loss(), .budgets = {500}, .seed = Seed{2}});
  ASSERT_EQ(response.budgets.size(), 1U);
  EXPECT_NEAR(response.budgets[0].score.value / valley.best_loss(500), 1, 0.05);
  EXPECT_TRUE(response.budgets[0].best.rate.interval_95.contains(valley.best_rate(500)));
}

// Whatever is fed to it: numbers are finite, intervals in order, and hold their value.
TEST(Response, of_any_small_run_is_finite) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const RandomStream random(Seed{seed}, Purpose::simulation);
    std::vector<Observation> observations;
    const std::uint64_t count = random.below(0, 25);
    for (std::uint64_t i = 0; i < count; ++i) {
      const RandomStream of(Seed{seed}, Purpose::simulation, i + 1);
      Observation observation{.trial = TrialId{static_cast<std::uint32_t>(of.below(0, 8))},
                              .learning_rate = 0.001 * static_cast<double>(1 + of.below(1, 4)),
                              .steps = static_cast<Steps>(1 + of.below(2, 3))};
      const double loss = of.below(3, 5) == 0 ? 0 : 0.25 * static_cast<double>(of.below(4, 4));
      if (of.below(5, 4) > 0) {
        observation.score = Score{0.5, loss};
      } else {
        observation.diverged_at = 1;
      }
      observations.push_back(observation);
    }
    const Metrics& metrics = seed % 2 == 0 ? by_loss() : by_share();
    const Response response =
        respond(observations, {.metrics = metrics, .range = {.min = 1e-4, .max = 1}, .draws = 50});
    for (const AtBudget& at : response.budgets) {
      for (const Estimate& estimate : {at.best.rate, at.score}) {
        EXPECT_TRUE(std::isfinite(estimate.value)) << seed;
        EXPECT_LE(estimate.interval_95.low, estimate.value) << seed;
        EXPECT_GE(estimate.interval_95.high, estimate.value) << seed;
      }
      EXPECT_GE(at.best.rate.interval_95.low, 0.99e-4) << seed;
      EXPECT_LE(at.best.rate.interval_95.high, 1.01) << seed;
    }
    for (const Edge& edge :
         edges_of(observations, {.min = 1e-4, .max = 1}, by_loss(), Interval{1e-3, 1e-2}))
      EXPECT_FALSE(std::holds_alternative<BestAtBound>(edge));
    static_cast<void>(compare({response, response}, Seed{seed}));
  }
}

TEST(Response, an_interval_that_reaches_the_end_reaches_the_range_that_was_searched) {
  const Response response = respond(observe({.best_at_100 = 5}, Seed{1}),
                                    {.metrics = by_loss(), .range = {.min = 1e-3, .max = 1}});
  EXPECT_NEAR(response.budgets.front().best.rate.interval_95.high, 1, 1e-6);
}

// Who is said to be at one end is not at the other: else nothing is known.
TEST(Response, a_bound_excludes_something) {
  int at_bounds = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Response response = respond(
        observe({.best_at_100 = 3, .curvature = 0.02, .noise = 0.1, .trials = 12}, Seed{seed}),
        {.metrics = by_loss(), .range = {.min = 1e-3, .max = 1}, .seed = Seed{seed}});
    for (const AtBudget& at : response.budgets) {
      const Interval within = at.best.rate.interval_95;
      const bool is_at_low = at.best.identification == Identification::at_lower_bound;
      const bool is_at_high = at.best.identification == Identification::at_upper_bound;
      at_bounds += is_at_low || is_at_high;
      EXPECT_TRUE(!is_at_high || within.low > 1.01e-3) << seed << ' ' << at.steps;
      EXPECT_TRUE(!is_at_low || within.high < 0.99) << seed << ' ' << at.steps;
    }
  }
  EXPECT_GT(at_bounds, 10);
}

// What nobody tried is not better than what was tried next to it.
TEST(Response, no_interval_lies_beyond_all_rates_tried) {
  const std::vector<Observation> observations =
      observe({.best_at_100 = 5, .rate_max = 0.3}, Seed{1});
  double highest = 0;
  for (const Observation& observation : observations)
    highest = std::max(highest, observation.learning_rate);
  const Response response =
      respond(observations, {.metrics = by_loss(), .range = {.min = 1e-3, .max = 1}});
  for (const AtBudget& at : response.budgets)
    EXPECT_LE(at.best.rate.interval_95.low, highest * 1.001) << at.steps;
}

// Rates that have decayed after 100 steps: a low one makes no progress in the steps that follow. Of
// few trials, who knows that finds the best rate at 2,700 steps better.
TEST(Response, steps_without_effect_do_not_move_the_best_rate) {
  const Synthetic valley{.trials = 15};
  double off = 0;
  double off_unknowing = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    std::vector<Observation> observations = observe(valley, Seed{seed});
    const ResponseOptions options{.metrics = by_loss(), .seed = Seed{seed}};
    const auto distance = [&] {
      return std::abs(std::log(respond(observations, options).budgets.back().best.rate.value /
                               valley.best_rate(2700)));
    };
    off_unknowing += distance();
    for (Observation& observation : observations) observation.effective_steps = 100;
    off += distance();
  }
  EXPECT_LT(off, 0.8 * off_unknowing);
}

// The same score is reached sooner at the rate that suits those steps.
TEST(Response, steps_until_a_score_depend_on_the_rate) {
  const Synthetic valley{.slope = -0.25};
  const Response response = respond_to(valley, 4);
  const double wanted = valley.best_loss(600);
  const auto at_best = steps_until(*response.surface, valley.best_rate(600), wanted);
  const auto off = steps_until(*response.surface, valley.best_rate(600) / 3, wanted);
  ASSERT_TRUE(at_best && off);
  EXPECT_NEAR(std::log(*at_best / 600), 0, 0.2);
  EXPECT_GT(*off, 1.2 * *at_best);
  EXPECT_FALSE(steps_until(*response.surface, 0.1, 1e-3));
}

TEST(Surface, knows_noise_and_trial_effects) {
  double noise = 0;
  double effect = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Response response = respond_to({.noise = 0.05, .effect = 0.1}, seed);
    noise += response.surface->noise(0) / 20;
    effect += response.surface->trial_deviation() / 20;
  }
  EXPECT_NEAR(std::hypot(noise, effect), std::hypot(0.05, 0.1), 0.02);
}

}  // namespace
}  // namespace stepladder::analysis
