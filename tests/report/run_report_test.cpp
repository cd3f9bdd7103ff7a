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

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

schedule::Plan ladder(std::int64_t trials) {
  return {.eta = 3, .min_steps = 10, .max_steps = 270, .trials = trials, .metric = Metric::loss};
}

simulation::Workload always(Outcome outcome) {
  return
      [outcome](const Assignment&) { return simulation::Work{.outcome = outcome, .duration = 1}; };
}

TEST(RunReport, holds_every_score_of_the_run_where_it_belongs) {
  ReportedRun run(rates_and({}), ladder(27));
  run.go();
  const RunReport report = run.report();
  ASSERT_EQ(report.paths.size(), 27U);
  std::size_t scores = 0;
  for (const TrialPath& path : report.paths)
    for (const Stop& stop : path.stops) scores += stop.score ? 1 : 0;
  EXPECT_EQ(scores, run.history.points().size());
  for (const ScoredPoint& point : run.history.points()) {
    const TrialPath& path = report.paths[point.trial.value];
    EXPECT_TRUE(std::any_of(path.stops.begin(), path.stops.end(), [&](const Stop& stop) {
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
                      [&](const TrialPath& path) { return path.group == group.name; }));
    EXPECT_EQ(group.label, group.name) << "both vary";
  }
  EXPECT_EQ(trials, 40U);
  EXPECT_THAT(to_html(report), HasSubstr(">adam, linear</text>")) << "beside a line";
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
        EXPECT_EQ(parsed["trials"][i]["scores"][j]["loss"], report.paths[i].stops[j].score->loss);
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

TEST(RunReport, the_same_run_gives_the_same_report) {
  ReportedRun run(rates_and({}), ladder(27));
  run.go();
  EXPECT_EQ(to_json(run.report()), to_json(run.report()));
  EXPECT_EQ(to_html(run.report()), to_html(run.report()));
}

TEST(RunReport, page_is_well_formed_and_shows_each_score_on_the_map) {
  ReportedRun run(rates_and({choice("optimizer", {"sgd", "adam", "momentum"})}), ladder(60));
  run.name = "<b>&\"quotes\"</b>";
  run.go();
  const RunReport report = run.report();
  const std::string html = to_html(report);
  EXPECT_EQ(fault_of(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<b>&\"")));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;&amp;&quot;quotes&quot;&lt;/b&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf\"")));
  for (const TrialPath& path : report.paths)
    EXPECT_GE(count_of(html, "<title>trial " + std::to_string(path.trial.value) + ", rate "),
              path.stops.size());
  // Nothing from elsewhere: the only address is the name of SVG.
  EXPECT_EQ(count_of(html, "http"), count_of(html, "http://www.w3.org/2000/svg") + 1)
      << "and http-equiv";
}

TEST(Page, explains_the_marks_that_are_there_and_no_others) {
  ReportedRun run(rates_and({}), ladder(40));
  run.go();
  const std::string html = to_html(run.report());
  EXPECT_THAT(html, HasSubstr("pruned</span>"));
  EXPECT_THAT(html, Not(HasSubstr("not decided</span>")));
  EXPECT_THAT(html, Not(HasSubstr("audited: ")));
  EXPECT_THAT(html, Not(HasSubstr("What mattered"))) << "of one hyperparameter";
}

// A winner that was judged at 10 steps and trained again to 40: its curve goes on to there.
TEST(Page, carries_the_winners_curve_on_to_its_models_steps) {
  ReportedRun run(rates_and({}), {.eta = 2,
                                  .min_steps = 10,
                                  .max_steps = 40,
                                  .trials = 1,
                                  .finish_winner = false,
                                  .finalists = 1,
                                  .confirmation_seeds = 2});
  run.go();
  const RunReport report = run.report();
  ASSERT_EQ(report.board.finalists.at(0).picked_at, 10);
  EXPECT_THAT(to_html(report), HasSubstr("class=\"line confirmed\""));
  EXPECT_THAT(to_html(report), HasSubstr("over 2 fresh seeds at 40 steps"));
}

TEST(RunReport, does_with_a_run_that_has_not_begun) {
  const ReportedRun run(rates_and({}), ladder(9));
  const RunReport report = run.report();
  EXPECT_THAT(report.answer, ElementsAre("No trial was started yet."));
  EXPECT_EQ(fault_of(to_html(report)), "");
  EXPECT_EQ(json::parse(to_json(report))["trials"].size(), 0U);
}

TEST(RunReport, does_with_a_single_trial) {
  ReportedRun run(rates_and({}), ladder(1));
  run.go();
  const RunReport report = run.report();
  EXPECT_THAT(report.answer.front(),
              HasSubstr("has 2 scores, too few to say which learning rate is best"));
  EXPECT_EQ(fault_of(to_html(report)), "");
}

TEST(RunReport, does_with_trials_that_all_diverged) {
  ReportedRun run(rates_and({}), ladder(9));
  run.go(always(Diverged{3}));
  const RunReport report = run.report();
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings.front().what, "Every trial diverged.");
  const std::string html = to_html(report);
  EXPECT_EQ(fault_of(html), "");
  EXPECT_EQ(count_of(html, ": diverged at step 3</title>"), 2 * 9U) << "once for each width";
}

TEST(RunReport, does_with_a_space_without_a_learning_rate) {
  ReportedRun run({.hyperparameters = {{"width", Range{.min = 1, .max = 9}}}}, ladder(9));
  run.go(always(Score{.accuracy = 0.5, .loss = 1}));
  const RunReport report = run.report();
  EXPECT_THAT(report.rates.groups, IsEmpty());
  EXPECT_THAT(report.answer.front(), HasSubstr("no learning rate"));
  EXPECT_EQ(fault_of(to_html(report)), "");
}

TEST(RunReport, says_not_identified_where_all_rates_are_equally_good) {
  ReportedRun run(rates_and({}), ladder(30));
  run.go([](const Assignment& assignment) {
    const RandomStream random(Seed{3}, Purpose::simulation, assignment.trial.value,
                              static_cast<std::uint64_t>(assignment.to));
    return simulation::Work{
        .outcome = Score{.accuracy = 0.5, .loss = std::exp(0.1 * random.normal(0))}, .duration = 1};
  });
  EXPECT_THAT(run.report().answer.front(), HasSubstr("not identified"));
}

TEST(RunReport, a_run_under_way_says_that_it_is) {
  ReportedRun run(rates_and({}), ladder(9));
  const schedule::Event joined{.at = 1, .what = schedule::WorkerJoined{WorkerId{0}}};
  run.add({.event = joined, .commands = run.scheduler.handle(joined)});
  const RunReport report = run.report();
  EXPECT_THAT(report.warnings.front().what, HasSubstr("not finished"));
  EXPECT_EQ(fault_of(to_html(report)), "");
}

TEST(MapFile, is_a_drawing_that_needs_no_page) {
  ReportedRun run(rates_and({choice("optimizer", {"sgd", "adam"})}), ladder(30));
  run.go();
  const RunReport report = run.report();
  const std::string svg = to_map_svg(report);
  EXPECT_THAT(svg, ::testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  for (const GroupReport& group : report.rates.groups)
    EXPECT_THAT(svg, HasSubstr(">" + group.name + "</text>"));
  EXPECT_THAT(svg, HasSubstr("class=\"mark"));
  EXPECT_THAT(svg, HasSubstr(".s8{fill:#0d3f7a}")) << "colours are written out";
  EXPECT_THAT(svg, Not(HasSubstr("var(")));
  EXPECT_THAT(svg, Not(HasSubstr("prefers-color-scheme")));
  EXPECT_THAT(svg, HasSubstr("divergence limit")) << "the legend is on it";
  const auto count = [&svg](const std::string& what) {
    std::size_t found = 0;
    for (auto at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("<svg"), count("</svg>"));
}

TEST(MapFile, of_a_run_without_rates_is_empty) {
  ReportedRun run({.hyperparameters = {choice("optimizer", {"sgd", "adam"})}}, ladder(4));
  run.go(always(Score{.accuracy = 0.5, .loss = 1}));
  EXPECT_EQ(to_map_svg(run.report()), "");
}

TEST(Page, of_many_trials_draws_some_and_says_so) {
  ReportedRun run(rates_and({}), ladder(900));
  run.go(80);
  const std::string page = to_html(run.report());
  EXPECT_THAT(page, HasSubstr("150 of 900 trials, those that got furthest"));
  EXPECT_THAT(page, HasSubstr("200 of 900 trials, those that got furthest"));
  EXPECT_THAT(page, HasSubstr("Of 80 workers 40 are drawn"));
}

TEST(Page, says_what_its_scores_are_of_and_labels_lines_of_equal_score) {
  ReportedRun run(rates_and({}), ladder(40));
  run.go();
  const RunReport report = run.report();
  const std::string page = to_html(report);
  EXPECT_THAT(page, HasSubstr("Scores are on the 1,000 prune rows, heldout rows that decide which "
                              "trials go on, ± a standard error; they are of the weights as they "
                              "are at that step (rung_score = &quot;as_is&quot;)."));
  const std::size_t map = page.find("Score over learning rate and steps: ");
  EXPECT_NE(page.find("class=\"label halo\"", map), std::string::npos);
}

}  // namespace
}  // namespace stepladder::report
