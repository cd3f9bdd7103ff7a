#include "stepladder/report/run_report.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/markup.hpp"
#include "report/reported_run.hpp"
#include "stepladder/page/map_file.hpp"
#include "stepladder/page/page.hpp"
#include "stepladder/report/run_report_json.hpp"

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(RunReport, holds_every_score_of_the_run_where_it_belongs) {
  ReportedRun run(rates_and({}), ladder(27));
  run.go();
  const RunReport report = run.report();
  ASSERT_EQ(report.paths.size(), 27U);
  std::size_t scores = 0;
  for (const record::TrialPath& path : report.paths)
    for (const record::Stop& stop : path.stops) scores += stop.score ? 1 : 0;
  EXPECT_EQ(scores, run.history.points().size());
  for (const record::ScoredPoint& point : run.history.points()) {
    const record::TrialPath& path = report.paths[point.trial.value];
    EXPECT_TRUE(std::any_of(path.stops.begin(), path.stops.end(), [&](const record::Stop& stop) {
      return stop.steps == point.steps && stop.score == point.score;
    }));
    const Configuration configuration = run.scheduler.configuration(point.trial);
    EXPECT_EQ(path.learning_rate, std::get<double>(*configuration.find("learning_rate")));
    EXPECT_EQ(path.status, run.scheduler.status(point.trial));
  }
  std::size_t row = 0;
  for (const schedule::Rung& rung : run.scheduler.brackets()[0].rungs()) {
    EXPECT_EQ(report.rungs[row].steps, rung.level());
    EXPECT_EQ(report.rungs[row].entries, rung.entries().size());
    EXPECT_EQ(report.rungs[row].promoted, rung.promoted());
    ++row;
  }
  EXPECT_EQ(row, report.rungs.size());
}

TEST(RunReport, finds_the_best_rate_of_a_problem_where_it_is_known) {
  ReportedRun run(rates_and({}), ladder(81));
  run.go();
  const RunReport report = run.report();
  ASSERT_EQ(report.rates.groups.size(), 1U);
  const analysis::Response& response = report.rates.groups[0].response;
  ASSERT_FALSE(response.budgets.empty());
  const auto problem = simulation::NoisyQuadratic::power_law(50, 1, 1);
  for (const analysis::AtBudget& at : {response.budgets.front(), response.budgets[1]}) {
    const double truth =
        simulation::exact_best_rate(problem, simulation::RateShape::constant, at.steps, 1e-3, 10);
    EXPECT_TRUE(at.best.rate.interval_95.contains(truth))
        << at.steps << ": " << truth << " is not in [" << at.best.rate.interval_95.low << ", "
        << at.best.rate.interval_95.high << "]";
  }
  EXPECT_THAT(report.answer.front(), HasSubstr("SGD with a constant rate"));
  EXPECT_THAT(report.board.answer.front(), HasSubstr(report.answer.front()));
  EXPECT_LE(report.board.answer.size(), 3U);
}

TEST(RunReport, groups_trials_by_optimizer_and_policy_and_puts_the_winners_first) {
  ReportedRun run(
      rates_and({choice("optimizer", {"sgd", "adam"}), choice("policy", {"constant", "linear"})}),
      ladder(40));
  run.go();
  const RunReport report = run.report();
  ASSERT_EQ(report.rates.groups.size(), 4U);
  EXPECT_EQ(report.rates.groups[0].name, report.paths[run.scheduler.chosen()->value].group);
  std::size_t trials = 0;
  for (const GroupReport& group : report.rates.groups) {
    trials += static_cast<std::size_t>(
        std::count_if(report.paths.begin(), report.paths.end(),
                      [&](const record::TrialPath& path) { return path.group == group.name; }));
    EXPECT_EQ(group.label, group.name) << "both vary";
  }
  EXPECT_EQ(trials, 40U);
  EXPECT_THAT(page::to_html(report), HasSubstr(">adam, linear</text>")) << "beside a line";
}

TEST(RunReport, json_has_the_numbers_of_the_report) {
  ReportedRun run(rates_and({choice("optimizer", {"sgd", "adam"})}), ladder(54));
  run.go();
  const RunReport report = run.report();
  const json parsed = json::parse(to_json(report));
  ASSERT_EQ(parsed["trials"].size(), report.paths.size());
  for (std::size_t i = 0; i < report.paths.size(); ++i) {
    EXPECT_EQ(parsed["trials"][i]["learning_rate"], *report.paths[i].learning_rate);
    ASSERT_EQ(parsed["trials"][i]["scores"].size(), report.paths[i].stops.size());
    for (std::size_t j = 0; j < report.paths[i].stops.size(); ++j)
      if (report.paths[i].stops[j].score) {
        EXPECT_EQ(parsed["trials"][i]["scores"][j]["loss"], (*report.paths[i].stops[j].score)[1]);
      }
  }
  ASSERT_EQ(parsed["groups"].size(), report.rates.groups.size());
  for (std::size_t i = 0; i < report.rates.groups.size(); ++i) {
    const auto& budgets = report.rates.groups[i].response.budgets;
    ASSERT_EQ(parsed["groups"][i]["budgets"].size(), budgets.size());
    for (std::size_t j = 0; j < budgets.size(); ++j) {
      EXPECT_EQ(parsed["groups"][i]["budgets"][j]["best_rate"]["value"],
                budgets[j].best.rate.value);
      EXPECT_EQ(parsed["groups"][i]["budgets"][j]["best_rate"]["interval_95"][1],
                budgets[j].best.rate.interval_95.high);
    }
  }
  EXPECT_EQ(parsed["answer"].get<std::vector<std::string>>(), report.answer);
  EXPECT_EQ(parsed["rungs"].size(), report.rungs.size());
  EXPECT_EQ(parsed["workers"].size(), 3U);
}

// The standard error of 0.5 on 1,000 rows is 0.0158114, and the largest of four standard normal
// variables is 1.0293754 on average.
TEST(RunReport, JsonSaysHowMuchTheBestScoreIsTooGoodBecauseItWasPicked) {
  ReportedRun run(rates_and({}), {.mode = schedule::Mode::random,
                                  .min_steps = 10,
                                  .max_steps = 90,
                                  .trials = 4,
                                  .metrics = by_share(),
                                  .finalists = 1,
                                  .confirmation_seeds = 2});
  run.go(always(Score{0.5, 1}));
  const RunReport report = run.report();
  const json optimism = json::parse(to_json(report))["optimism"];
  EXPECT_EQ(optimism["of"], 4);
  EXPECT_NEAR(optimism["error"].get<double>(), 0.0158114, 1e-7);
  EXPECT_EQ(optimism["spread"], 0);
  EXPECT_NEAR(optimism["expected"].get<double>(), 0.0158114 * 1.0293754, 1e-7);
  EXPECT_EQ(optimism["if_all_were_equal"], optimism["expected"]);
  EXPECT_THAT(page::to_html(report), HasSubstr("the best of 4 scores looks 1.6 points better"));
}

TEST(RunReport, JsonHasNoOptimismOfASingleTrial) {
  ReportedRun run(rates_and({}), ladder(1));
  run.go();
  EXPECT_EQ(json::parse(to_json(run.report()))["optimism"], nullptr);
}

TEST(RunReport, the_same_run_gives_the_same_report) {
  ReportedRun run(rates_and({}), ladder(27));
  run.go();
  EXPECT_EQ(to_json(run.report()), to_json(run.report()));
  EXPECT_EQ(page::to_html(run.report()), page::to_html(run.report()));
}

TEST(RunReport, does_with_a_run_that_has_not_begun) {
  const ReportedRun run(rates_and({}), ladder(9));
  const RunReport report = run.report();
  EXPECT_THAT(report.answer, ElementsAre("No trial was started yet."));
  EXPECT_EQ(fault_of(page::to_html(report)), "");
  EXPECT_EQ(json::parse(to_json(report))["trials"].size(), 0U);
}

TEST(RunReport, does_with_a_single_trial) {
  ReportedRun run(rates_and({}), ladder(1));
  run.go();
  const RunReport report = run.report();
  EXPECT_THAT(report.answer.front(),
              HasSubstr("has 2 scores, too few to say which learning rate is best"));
  EXPECT_EQ(fault_of(page::to_html(report)), "");
}

TEST(RunReport, does_with_trials_that_all_diverged) {
  ReportedRun run(rates_and({}), ladder(9));
  run.go(always(Diverged{3}));
  const RunReport report = run.report();
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings.front().what, "Every trial diverged.");
  const std::string html = page::to_html(report);
  EXPECT_EQ(fault_of(html), "");
  EXPECT_EQ(count_of(html, ": diverged at step 3</title>"), 2 * 9U) << "once for each width";
}

TEST(RunReport, does_with_a_space_without_a_learning_rate) {
  ReportedRun run({.hyperparameters = {{"width", Range{.min = 1, .max = 9}}}}, ladder(9));
  run.go(always(Score{0.5, 1}));
  const RunReport report = run.report();
  EXPECT_THAT(report.rates.groups, IsEmpty());
  EXPECT_THAT(report.answer.front(), HasSubstr("no learning rate"));
  EXPECT_EQ(fault_of(page::to_html(report)), "");
}

TEST(RunReport, SaysOnceThatTheSpaceIsExhausted) {
  const SearchSpace six{
      {choice("optimizer", {"sgd", "adam"}), {"learning_rate", Choices{{0.001, 0.01, 0.1}}}}};
  ReportedRun run(six, ladder(9));
  run.go(always(Score{0.5, 1}));
  const RunReport report = run.report();
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings.back().what,
            "The space has only 6 different configurations; each was tried once.");
  EXPECT_EQ(report.board.entries.size(), 6U);
  EXPECT_EQ(fault_of(page::to_html(report)), "");
  ReportedRun whole(six, ladder(6));
  whole.go(always(Score{0.5, 1}));
  for (const Warning& warning : whole.report().warnings)
    EXPECT_THAT(warning.what, Not(HasSubstr("different configurations"))) << "as many as wanted";
}

TEST(RunReport, says_not_identified_where_all_rates_are_equally_good) {
  ReportedRun run(rates_and({}), ladder(30));
  run.go([](const Assignment& assignment) {
    const RandomStream random(Seed{3}, Purpose::simulation, assignment.trial.value,
                              static_cast<std::uint64_t>(assignment.to));
    return simulation::Trained{.outcome = Score{0.5, std::exp(0.1 * random.normal(0))},
                               .duration = 1};
  });
  EXPECT_THAT(run.report().answer.front(), HasSubstr("not identified"));
}

TEST(RunReport, a_run_under_way_says_that_it_is) {
  ReportedRun run(rates_and({}), ladder(9));
  const schedule::Event joined{.at = 1, .what = schedule::WorkerJoined{WorkerId{0}}};
  run.add({.event = joined, .commands = run.scheduler.handle(joined)});
  const RunReport report = run.report();
  EXPECT_THAT(report.warnings.front().what, HasSubstr("not finished"));
  EXPECT_EQ(fault_of(page::to_html(report)), "");
}

}  // namespace
}  // namespace stepladder::report
