// The sentences on problems made up so that one knows what they should say.
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/reported_run.hpp"

namespace stepladder::report {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

struct Valley {  // loss = level · (steps / 100)^-fall · exp(2 · ln²(rate / best))
  double best_at_100 = 0.1;
  double slope = 0;  // of ln(best) over ln(steps)
  double level = 0.5;
  double fall = 0.3;
};

// `other`: of the optimizer adam.
simulation::Workload valley(const Valley& law, const Valley& other) {
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
    return simulation::Work{.outcome = Score{.accuracy = std::exp(-loss), .loss = loss},
                            .duration = 1};
  };
}

RunReport report_on(SearchSpace space, const simulation::Workload& workload,
                    std::int64_t trials = 80) {
  ReportedRun run(
      std::move(space),
      {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = trials, .metric = Metric::loss});
  run.go(workload);
  return run.report();
}

TEST(Answer, says_how_the_best_rate_moves_with_the_steps) {
  const Valley law{.best_at_100 = 0.3, .slope = -0.5};
  const RunReport report = report_on(rates_and({}), valley(law, law));
  const analysis::Response& response = report.groups.at(0).response;
  ASSERT_TRUE(response.slope);
  EXPECT_TRUE(response.slope->interval_95.contains(-0.5)) << response.slope->value;
  EXPECT_THAT(report.answer[0], HasSubstr("At 2,700 steps the best initial learning rate for SGD "
                                          "with a constant rate is 0.05"));  // 0.3 / sqrt(27)
  EXPECT_THAT(report.answer[0], HasSubstr("With 100 steps it would be 0.3"));
  EXPECT_THAT(report.answer[0], HasSubstr("three times the steps go with a rate 1."));
  EXPECT_THAT(report.answer[0], HasSubstr("times lower"));
  EXPECT_THAT(report.answer[1], HasSubstr("Three times the steps, from 900 to 2,700, are "));
  EXPECT_THAT(report.answer[1], HasSubstr("twice the best rate costs"));
}

TEST(Answer, claims_no_movement_where_there_is_none) {
  const RunReport report = report_on(rates_and({}), valley({}, {}));
  EXPECT_THAT(report.answer[0], HasSubstr("no drift with the number of steps is proven"));
}

TEST(Answer, does_not_name_a_best_rate_beyond_the_range_and_says_how_to_widen_it) {
  const Valley law{.best_at_100 = 40};
  const RunReport report = report_on(rates_and({}), valley(law, law));
  EXPECT_THAT(report.answer[0],
              HasSubstr("How far above is not identified: rates up to the highest one "
                        "searched, 10, may be as good."));
  EXPECT_THAT(report.warnings,
              Contains(::testing::Field(&Warning::advice,
                                        "Raise the maximum of learning_rate from 10 to 100.")));
}

TEST(Answer, tells_at_which_budget_the_lead_changes) {
  // Equal at 100 · (0.5 / 0.4)^(1 / 0.25) = 244 steps: adam is better before.
  const Valley sgd{.level = 0.5, .fall = 0.45};
  const Valley adam{.level = 0.4, .fall = 0.2};
  const RunReport report =
      report_on(rates_and({choice("optimizer", {"sgd", "adam"})}), valley(sgd, adam), 160);
  ASSERT_EQ(report.comparisons.size(), 1U);
  ASSERT_TRUE(report.comparisons[0].crossover);
  EXPECT_TRUE(report.comparisons[0].crossover->steps.interval_95.contains(244))
      << report.comparisons[0].crossover->steps.value;
  EXPECT_THAT(report.answer,
              Contains(HasSubstr("Each at its own best rate, Adam is better below")));
}

TEST(Answer, says_what_the_score_that_the_winner_was_picked_for_was_worth) {
  ReportedRun run(rates_and({}), {.eta = 3,
                                  .min_steps = 100,
                                  .max_steps = 2700,
                                  .trials = 30,
                                  .metric = Metric::loss,
                                  .finalists = 2,
                                  .confirmation_seeds = 4});
  run.go(valley({}, {}));
  const RunReport report = run.report();
  ASSERT_EQ(report.board.finalists.size(), 2U);
  EXPECT_EQ(report.paths.size(), 30U) << "replicates are no trials of the search";
  EXPECT_THAT(report.answer.back(), HasSubstr("over 4 fresh seeds"));
  EXPECT_THAT(report.answer.back(), AnyOf(HasSubstr("flattered it by"), HasSubstr("too low by")));
  EXPECT_THAT(to_html(report), HasSubstr("Confirmation with fresh seeds"));
}

}  // namespace
}  // namespace stepladder::report
