// Runs that differ in their seed, and so in the rows that they are scored on, taken together.
#include <cmath>
#include <iostream>

#include <gtest/gtest.h>

#include "analysis/oracle_run.hpp"
#include "stepladder/analysis/response.hpp"
#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

constexpr RateRange kRange{.min = 1e-3, .max = 3};

// One whose rows are harder or easier than others': by about 20 %.
std::vector<Observation> run_on_rows_of_its_own(const OracleRun& run, Seed seed) {
  std::vector<Observation> observations = observe(run, seed);
  const double harder = std::exp(0.2 * RandomStream(seed, Purpose::simulation, 77).normal(0));
  for (Observation& observation : observations)
    if (observation.score)
      observation.score = Score{(*observation.score)[0], (*observation.score)[1] * harder};
  return observations;
}

Estimate best_rate(const std::vector<Observation>& observations) {
  const Response response =
      respond(observations, {.metrics = by_loss(), .range = kRange, .draws = 500});
  return response.budgets.back().best.rate;
}

double decades(const Estimate& estimate) {
  return std::log10(estimate.interval_95.high / estimate.interval_95.low);
}

TEST(Pooled, TrialsAreNumberedOn) {
  const std::vector<Observation> one = {{.trial = TrialId{0}}, {.trial = TrialId{4}}};
  const std::vector<Observation> all = pooled({one, {}, one});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[1].trial, TrialId{4});
  EXPECT_EQ(all[2].trial, TrialId{5});
  EXPECT_EQ(all[3].trial, TrialId{9});
  EXPECT_EQ(all[1].run, 0U);
  EXPECT_EQ(all[3].run, 2U);
}

TEST(Pooled, RunsKnowTheBestRateBetterThanOneAndAreNotTooSure) {
  const OracleRun run{.trials = 16};
  const double truth = simulation::exact_best_rate(run.problem, run.shape, 2700, 1e-4, 3);
  constexpr int kTimes = 40;
  int covered = 0;
  std::vector<double> of_one;
  std::vector<double> of_three;
  std::vector<double> without_runs;
  for (std::uint64_t i = 0; i < kTimes; ++i) {
    std::vector<std::vector<Observation>> runs;
    for (std::uint64_t j = 0; j < 3; ++j)
      runs.push_back(run_on_rows_of_its_own(run, Seed{3 * i + j}));
    std::vector<Observation> all = pooled(runs);
    const Estimate together = best_rate(all);
    covered += together.interval_95.contains(truth) ? 1 : 0;
    of_three.push_back(decades(together));
    of_one.push_back(decades(best_rate(runs.front())));
    for (Observation& observation : all) observation.run = 0;
    without_runs.push_back(decades(best_rate(all)));
  }
  const double width = quantile(of_three, 0.5);
  RecordProperty("covered", covered);
  std::cout << covered << " of " << kTimes << " intervals hold it; decades: " << width
            << " of three runs, " << quantile(of_one, 0.5) << " of one, "
            << quantile(without_runs, 0.5) << " of three taken for one\n";
  EXPECT_GE(covered, 34);
  EXPECT_LT(width, 0.8 * quantile(of_one, 0.5));
  EXPECT_LT(width, quantile(without_runs, 0.5));
}

}  // namespace
}  // namespace stepladder::analysis
