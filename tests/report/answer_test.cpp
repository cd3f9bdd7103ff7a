// The sentences on problems made up so that one knows what they should say.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/reported_run.hpp"
#include "stepladder/page/page.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::report {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Valley {  // loss = level · (steps / 100)^-fall · exp(2 · ln²(rate / best))
  double best_at_100 = 0.1;
  double slope = 0;  // of ln(best) over ln(steps)
  double level = 0.5;
  double fall = 0.3;
};

// `other`: of the optimizer adam.
simulation::Training valley(const Valley& law, const Valley& other) {
  return [law, other](const Assignment& assignment) {
    const Value* optimizer = assignment.configuration.find("optimizer");
    const bool is_other = optimizer != nullptr && *optimizer == Value{std::string("adam")};
    const Valley& own = is_other ? other : law;
    const double steps = static_cast<double>(assignment.to) / 100;
    const double rate = std::get<double>(*assignment.configuration.find("learning_rate"));
    const double off = std::log(rate / (own.best_at_100 * std::pow(steps, own.slope)));
    const RandomStream random(Seed{4}, Purpose::simulation, assignment.trial.value,
                              static_cast<std::uint64_t>(assignment.to));
    const double loss = own.level * std::pow(steps, -own.fall) *
                        std::exp(2 * std::min(off * off, 4.0)) * std::exp(0.02 * random.normal(0));
    return simulation::Trained{.outcome = Score{std::exp(-loss), loss}, .duration = 1};
  };
}

RunReport report_on(SearchSpace space, const simulation::Training& workload,
                    std::int64_t trials = 80) {
  ReportedRun run(
      std::move(space),
      {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = trials, .metrics = by_loss()});
  run.go(workload);
  return run.report();
}

TEST(Answer, says_how_the_best_rate_moves_with_the_steps) {
  const Valley law{.best_at_100 = 0.3, .slope = -0.5};
  const RunReport report = report_on(rates_and({}), valley(law, law));
  const analysis::Response& response = report.rates.groups.at(0).response;
  ASSERT_TRUE(response.slope);
  EXPECT_TRUE(response.slope->interval_95.contains(-0.5)) << response.slope->value;
  EXPECT_THAT(report.answer[0], HasSubstr("At 2,700 steps the best initial learning rate for SGD "
                                          "with a constant rate is 0.05"));  // 0.3 / sqrt(27)
  EXPECT_THAT(report.answer[0], HasSubstr("With 100 steps it would be 0.3"));
  EXPECT_THAT(report.answer[0], HasSubstr("with three times the steps it is 1."));
  EXPECT_THAT(report.answer[0], HasSubstr("times lower"));
  EXPECT_THAT(report.answer[1], HasSubstr("Three times the steps, from 900 to 2,700, are "));
  EXPECT_THAT(report.answer[1], HasSubstr("twice the best rate costs"));
}

TEST(Answer, claims_no_movement_where_there_is_none) {
  const RunReport report = report_on(rates_and({}), valley({}, {}));
  EXPECT_THAT(report.answer[0], HasSubstr("it is not shown to change with the steps"));
}

TEST(Answer, does_not_name_a_best_rate_beyond_the_range_and_says_how_to_widen_it) {
  const Valley law{.best_at_100 = 40};
  const RunReport report = report_on(rates_and({}), valley(law, law));
  EXPECT_THAT(report.answer[0],
              HasSubstr("How far above is not identified: rates up to the highest one "
                        "searched, 10, may be as good."));
  EXPECT_THAT(report.warnings,
              Contains(::testing::Field(&Warning::advice,
                                        StartsWith("Raise the maximum of learning_rate from 10 to "
                                                   "100. Begin a new run: the same command with "
                                                   "--set space.learning_rate.max=100.0 "))))
      << report.warnings.front().advice;
}

TEST(Answer, tells_at_which_budget_the_lead_changes) {
  // Equal at 100 · (0.5 / 0.4)^(1 / 0.25) = 244 steps: adam is better before.
  const Valley sgd{.level = 0.5, .fall = 0.45};
  const Valley adam{.level = 0.4, .fall = 0.2};
  const RunReport report =
      report_on(rates_and({choice("optimizer", {"sgd", "adam"})}), valley(sgd, adam), 160);
  ASSERT_EQ(report.rates.comparisons.size(), 1U);
  ASSERT_TRUE(report.rates.comparisons[0].crossover);
  EXPECT_TRUE(report.rates.comparisons[0].crossover->steps.interval_95.contains(244))
      << report.rates.comparisons[0].crossover->steps.value;
  EXPECT_THAT(report.answer,
              Contains(HasSubstr("Each at its own best rate, Adam is better below")));
}

RunReport confirmed_report(const Metrics& metrics, const simulation::Training& workload) {
  ReportedRun run(rates_and({}), {.eta = 3,
                                  .min_steps = 100,
                                  .max_steps = 2700,
                                  .trials = 30,
                                  .metrics = metrics,
                                  .finalists = 2,
                                  .confirmation_seeds = 4});
  run.go(workload);
  return run.report();
}

TEST(Answer, says_what_fresh_seeds_made_of_the_winner) {
  const RunReport report = confirmed_report(by_loss(), valley({}, {}));
  ASSERT_EQ(report.board.finalists.size(), 2U);
  EXPECT_EQ(report.paths.size(), 30U) << "replicates are no trials of the search";
  EXPECT_THAT(report.answer.back(), HasSubstr("over 4 fresh seeds"));
  EXPECT_THAT(report.answer.back(), Not(HasSubstr("flattered"))) << "of losses it is not known";
  EXPECT_THAT(page::to_html(report), HasSubstr("Confirmation with fresh seeds"));
}

// Accuracies and losses of guesses of two equal classes on 1,000 rows.
simulation::Trained guess(const Assignment& assignment) {
  const RandomStream random(Seed{6}, Purpose::simulation, assignment.trial.value,
                            static_cast<std::uint64_t>(assignment.to));
  return {.outcome = Score{0.5 + 0.0158 * random.normal(0),
                           std::log(2) + 0.001 * std::abs(random.normal(1))},
          .duration = 1};
}

TEST(Answer, SaysFirstThatNoTrialIsToldFromChanceAndAdvisesNothing) {
  for (const Metrics& metrics : {by_share(), by_loss()}) {
    ReportedRun run(
        rates_and({choice("optimizer", {"sgd", "adam"})}),
        {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = 40, .metrics = metrics});
    run.rows.prune_by_class = {505, 495};
    run.go(guess);
    const RunReport report = run.report();
    EXPECT_THAT(report.answer.front(),
                HasSubstr("No trial is significantly better than chance: chance has "));
    EXPECT_THAT(report.answer, Not(Contains(HasSubstr("best initial learning rate"))));
    EXPECT_THAT(report.board.answer.front(),
                HasSubstr("No trial is significantly better than chance"));
    EXPECT_TRUE(report.warnings.empty()) << report.warnings.front().what;
  }
}

TEST(Answer, AsksForTheLossWhereAccuracyDoesNotSeeWhatWasLearned) {
  ReportedRun run(
      rates_and({}),
      {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = 20, .metrics = by_share()});
  run.rows.prune_by_class = {930, 70};
  run.go([](const Assignment&) {
    return simulation::Trained{.outcome = Score{0.93, 0.19}, .duration = 1};
  });
  EXPECT_THAT(run.report().answer.front(),
              HasSubstr("the loss does, 0.1900 against 0.2536 of chance; use metric = \"loss\"."));
}

TEST(Answer, NamesChanceBesideTheBestScore) {
  ReportedRun run(
      rates_and({}),
      {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = 20, .metrics = by_share()});
  run.rows.prune_by_class = {300, 500, 200};
  run.go(valley({}, {}));
  const RunReport report = run.report();
  const std::string best = fmt::format("{:.4f}", (*report.board.entries.front().score)[0]);
  EXPECT_EQ(report.answer.back(),
            "Chance has 0.5000, the share of the most frequent class in the 1,000 heldout rows; "
            "the best of 20 trials has " +
                best + '.');
  EXPECT_THAT(to_text(report.board, 10),
              HasSubstr("Chance 0.5000, the share of the most frequent class in the 1,000 heldout "
                        "rows; best " +
                        best + ".\n"));
  EXPECT_THAT(to_json(report.board, 10), HasSubstr("\"is_passed\": true"));
  EXPECT_THAT(to_json(report), HasSubstr("\"is_passed\": true"));
}

TEST(Answer, WarnsOfNoGroupThatIsBeaten) {
  // SGD would be best at 40, beyond the range, and is far behind Adam.
  const Valley sgd{.best_at_100 = 40, .level = 2};
  const SearchSpace space = rates_and({choice("optimizer", {"sgd", "adam"})});
  const RunReport beaten = report_on(space, valley(sgd, {}));
  EXPECT_THAT(beaten.warnings, Not(Contains(::testing::Field(&Warning::what, HasSubstr("SGD")))));
  const RunReport ahead = report_on(space, valley({.best_at_100 = 40, .level = 0.002}, {}));
  EXPECT_THAT(ahead.warnings, Contains(::testing::Field(&Warning::what, HasSubstr("SGD"))));
}

TEST(Answer, CountsWhatWasTriedOutsideTheRange) {
  const SearchSpace space{
      .hyperparameters = {{"learning_rate", Range{.min = 1e-5, .max = 1e-4, .scale = Scale::log}}}};
  ReportedRun run(
      space, {.eta = 3, .min_steps = 100, .max_steps = 900, .trials = 12, .metrics = by_loss()},
      Seed{1}, {.first = {{{{"learning_rate", 0.05}}}, {{{"learning_rate", 0.1}}}}});
  run.go(valley({.best_at_100 = 0.1}, {}));
  const RunReport report = run.report();
  EXPECT_EQ(report.rates.groups.at(0).range, (analysis::RateRange{1e-5, 0.1}));
  EXPECT_THAT(report.warnings,
              Contains(::testing::Field(&Warning::advice,
                                        StartsWith("Raise the maximum of learning_rate from "
                                                   "0.0001 to 1. "))));
}

TEST(Answer, SaysWhyTheRangeWasNotExtended) {
  ReportedRun run(rates_and({}), {.eta = 3,
                                  .min_steps = 100,
                                  .max_steps = 2700,
                                  .trials = 60,
                                  .total_steps = 14'000,
                                  .metrics = by_loss(),
                                  .extend_range = true});
  run.go(valley({.best_at_100 = 40}, {}));
  ASSERT_TRUE(run.scheduler.extensions().empty());
  EXPECT_THAT(run.report().warnings,
              Contains(::testing::Field(
                  &Warning::what,
                  HasSubstr("extend_range did not widen it: total_steps = 14000 was spent."))));
}

// On 1,000 rows each an accuracy of 0.8 has an error of 1.3 points.
TEST(Answer, speaks_of_optimism_only_where_it_is_more_than_chance) {
  const auto falls_by = [](double points) {
    return [points, law = valley({}, {})](const Assignment& assignment) {
      simulation::Trained work = law(assignment);
      if (auto* score = std::get_if<Score>(&work.outcome))
        *score = {0.8 + 0.01 * (*score)[0] - (assignment.part == Part::prune ? 0 : points / 100),
                  (*score)[1]};
      return work;
    };
  };
  EXPECT_THAT(confirmed_report(by_share(), falls_by(3)).answer.back(), Not(HasSubstr("flattered")));
  EXPECT_THAT(confirmed_report(by_share(), falls_by(6)).answer.back(),
              HasSubstr("flattered it by 6.0 points ["));
}

}  // namespace
}  // namespace stepladder::report
