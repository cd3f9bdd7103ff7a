// Ranges that were chosen too narrow, over problems whose best rate is known.
#include "stepladder/advice/range_judgement.hpp"

#include <cmath>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/reported_run.hpp"
#include "stepladder/page/page.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::advice {
namespace {

SearchSpace rates(double min, double max) {
  return {{{"learning_rate", Range{.min = min, .max = max, .scale = Scale::log}}}};
}

schedule::Plan plan(std::int64_t trials = 40) {
  return {.eta = 3,
          .min_steps = 100,
          .max_steps = 2700,
          .trials = trials,
          .metrics = by_loss(),
          .extend_range = true};
}

const simulation::NoisyQuadratic kProblem = simulation::NoisyQuadratic::power_law(100, 2, 1);

double best_rate() {
  return simulation::exact_best_rate(kProblem, simulation::RateShape::constant, 2700, 1e-5, 2);
}

simulation::Training workload(Seed seed) {
  return simulation::quadratic_workload(kProblem, simulation::RateShape::constant, {}, seed);
}

struct Ended {
  std::size_t extensions = 0;
  Range range;
  bool holds_truth = false;  // the interval of the best rate at the largest budget
};

Ended run(double min, double max, std::uint64_t seed, const schedule::Plan& settings = plan()) {
  report::ReportedRun run(rates(min, max), settings, Seed{seed});
  run.go(workload(Seed{seed}));
  const report::RunReport report = run.report();
  const auto& best = report.rates.groups.at(0).response.budgets.back().best;
  return {.extensions = run.scheduler.extensions().size(),
          .range = *run.scheduler.sampler().extendable("learning_rate"),
          .holds_truth = best.is_identified() && best.rate.interval_95.contains(best_rate())};
}

TEST(JudgeRange, FindsABestRateThatLiesOutside) {
  const double truth = best_rate();
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Ended high = run(truth / 300, truth / 5, seed);  // far below
    EXPECT_GE(high.extensions, 1U);
    EXPECT_GT(high.range.max, truth);
    const Ended low = run(truth * 3, truth * 100, seed);  // far above
    EXPECT_GE(low.extensions, 1U);
    EXPECT_LT(low.range.min, truth);
    covered += (high.holds_truth ? 1 : 0) + (low.holds_truth ? 1 : 0);
  }
  EXPECT_GE(covered, 13) << "of 16";
}

TEST(JudgeRange, KeepsARangeWithTheBestRateInside) {
  const double truth = best_rate();
  std::size_t extensions = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed)
    extensions += run(truth / 30, truth * 10, seed).extensions;
  EXPECT_LE(extensions, 2U);
}

TEST(JudgeRange, GoesNoFurtherThanTheCap) {
  const double truth = best_rate();
  schedule::Plan capped = plan();
  capped.extend_range_max = 5;
  const Ended ended = run(truth / 3000, truth / 300, 1, capped);
  EXPECT_EQ(ended.extensions, 1U);
  EXPECT_NEAR(ended.range.max / (truth / 300), 5, 0.005);
}

TEST(JudgeRange, GoesDownADecadeWhereEverythingDiverges) {
  report::ReportedRun run(rates(1, 10), plan(9));
  run.go([](const Assignment& a) {
    const double rate = std::get<double>(*a.configuration.find("learning_rate"));
    if (rate > 0.5) return simulation::Trained{.outcome = Diverged{a.from + 1}, .duration = 1};
    return simulation::Trained{.outcome = Score{0.5, 1}, .duration = 1};
  });
  ASSERT_GE(run.scheduler.extensions().size(), 1U);
  EXPECT_EQ(run.scheduler.extensions().front().to.min, 0.1);
  EXPECT_EQ(run.scheduler.extensions().front().trials, 9);
  EXPECT_TRUE(run.scheduler.chosen());
}

TEST(JudgeRange, SeldomMovesWhereNoRateIsBetterThanAnother) {
  // All equal but for noise: no rate is told from another.
  std::size_t extensions = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    schedule::Plan once = plan();
    once.extend_range_max = 3;
    report::ReportedRun run(rates(0.001, 1), once, Seed{seed});
    run.go([seed](const Assignment& a) {
      const double rate = std::get<double>(*a.configuration.find("learning_rate"));
      if (rate > 0.7) return simulation::Trained{.outcome = Diverged{a.from + 1}, .duration = 1};
      const RandomStream random(Seed{seed}, Purpose::simulation, a.trial.value,
                                static_cast<std::uint64_t>(a.to));
      const double loss = std::exp(0.1 * random.normal(0));
      return simulation::Trained{.outcome = Score{0.5, loss}, .duration = 1};
    });
    extensions += run.scheduler.extensions().size();
  }
  EXPECT_LE(extensions, 10U);
}

TEST(JudgeRange, SaysWhatWasExtendedEverywhere) {
  const double truth = best_rate();
  report::ReportedRun run(rates(truth / 300, truth / 5), plan(), Seed{3});
  run.go(workload(Seed{3}));
  const report::RunReport report = run.report();
  ASSERT_FALSE(report.board.extensions.empty());
  const auto& first = report.board.extensions.front();
  EXPECT_EQ(first.first, TrialId{40});
  EXPECT_EQ(report.rates.groups.at(0).range.max, report.board.extensions.back().to.max);
  const std::string said =
      fmt::format("The range of learning_rate was extended from [{:.4g}, {:.4g}", first.from.min,
                  first.from.max);
  EXPECT_THAT(report.answer, ::testing::Contains(::testing::StartsWith(said)));
  EXPECT_THAT(page::to_html(report), ::testing::HasSubstr(said));
  EXPECT_THAT(report::to_json(report), ::testing::HasSubstr("\"first_trial\": 40"));
  EXPECT_THAT(report::to_text(report.board, 100), ::testing::HasSubstr("+ trials 40 to "));
  EXPECT_THAT(report::to_json(report.board, 100), ::testing::HasSubstr("\"first_trial\": 40"));
}

TEST(JudgeRange, SaysWithAWarningHowFarItHasGone) {
  const double truth = best_rate();
  schedule::Plan capped = plan();
  capped.extend_range_max = 5;
  report::ReportedRun run(rates(truth / 3000, truth / 300), capped);
  run.go(workload(Seed{1}));
  const report::RunReport report = run.report();
  EXPECT_THAT(report.warnings,
              ::testing::Contains(::testing::Field(
                  &report::Warning::what,
                  ::testing::HasSubstr("already, as far as extend_range_max = 5 allows."))));
}

TEST(JudgeRange, SaysHowManyTrialsItMayComeTo) {
  report::ReportedRun run(rates(0.01, 1), plan());
  EXPECT_EQ(trials_of_extensions(run.scheduler), 80);  // two decades on two sides
  schedule::Plan none = plan();
  none.extend_range = false;
  EXPECT_EQ(trials_of_extensions(report::ReportedRun(rates(0.01, 1), none).scheduler), 0);
}

}  // namespace
}  // namespace stepladder::advice
