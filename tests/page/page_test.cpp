#include "stepladder/page/page.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/markup.hpp"
#include "report/reported_run.hpp"
#include "stepladder/page/map_file.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report_json.hpp"

namespace stepladder::page {
namespace {

using report::always;
using report::ladder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Page, is_well_formed_and_shows_each_score_on_the_map) {
  report::ReportedRun run(
      report::rates_and({report::choice("optimizer", {"sgd", "adam", "momentum"})}), ladder(60));
  run.name = "<b>&\"quotes\"</b>";
  run.go();
  const report::RunReport report = run.report();
  const std::string html = to_html(report);
  EXPECT_EQ(report::fault_of(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<b>&\"")));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;&amp;&quot;quotes&quot;&lt;/b&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf\"")));
  for (const record::TrialPath& path : report.paths)
    EXPECT_GE(
        report::count_of(html, "<title>trial " + std::to_string(path.trial.value) + ", rate "),
        path.stops.size());
  // Nothing from elsewhere: the only address is the name of SVG.
  EXPECT_EQ(report::count_of(html, "http"),
            report::count_of(html, "http://www.w3.org/2000/svg") + 1)
      << "and http-equiv";
}

TEST(Page, explains_the_marks_that_are_there_and_no_others) {
  report::ReportedRun run(report::rates_and({}), ladder(40));
  run.go();
  const std::string html = to_html(run.report());
  EXPECT_THAT(html, HasSubstr("pruned</span>"));
  EXPECT_THAT(html, Not(HasSubstr("not decided</span>")));
  EXPECT_THAT(html, Not(HasSubstr("audited: ")));
  EXPECT_THAT(html, Not(HasSubstr("What mattered"))) << "of one hyperparameter";
}

// A winner that was judged at 10 steps and trained again to 40: its curve goes on to there.
TEST(Page, carries_the_winners_curve_on_to_its_models_steps) {
  report::ReportedRun run(report::rates_and({}), {.eta = 2,
                                                  .min_steps = 10,
                                                  .max_steps = 40,
                                                  .trials = 1,
                                                  .finish_winner = false,
                                                  .finalists = 1,
                                                  .confirmation_seeds = 2});
  run.go();
  const report::RunReport report = run.report();
  ASSERT_EQ(report.board.finalists.at(0).picked_at, 10);
  EXPECT_THAT(to_html(report), HasSubstr("class=\"line confirmed\""));
  EXPECT_THAT(to_html(report), HasSubstr("over 2 fresh seeds at 40 steps"));
}

TEST(Page, ListsTheTrialsInTheColumnsOfTheLeaderboard) {
  report::ReportedRun run(report::rates_and({}), ladder(9));
  run.go();
  const report::RunReport report = run.report();
  const std::string html = to_html(report);
  std::size_t at = html.find("All 9 trials</summary>");
  ASSERT_NE(at, std::string::npos);
  const report::EntryTable table = report::entry_table(report.board, 9, "–");
  for (const auto& column : table.columns) {
    at = html.find('>' + column.heading + "</th>", at);
    ASSERT_NE(at, std::string::npos) << column.heading;
  }
  ASSERT_EQ(table.rows.size(), 9U);
  for (const std::vector<std::string>& row : table.rows)
    for (const std::string& cell : row) {
      at = html.find("<span>" + cell + "</span>", at);
      ASSERT_NE(at, std::string::npos) << cell;
    }
}

TEST(MapFile, is_a_drawing_that_needs_no_page) {
  report::ReportedRun run(report::rates_and({report::choice("optimizer", {"sgd", "adam"})}),
                          ladder(30));
  run.go();
  const report::RunReport report = run.report();
  const std::string svg = to_map_svg(report);
  EXPECT_THAT(svg, ::testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  for (const report::GroupReport& group : report.rates.groups)
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
  report::ReportedRun run({.hyperparameters = {report::choice("optimizer", {"sgd", "adam"})}},
                          ladder(4));
  run.go(always(Score{0.5, 1}));
  EXPECT_EQ(to_map_svg(run.report()), "");
}

TEST(Page, of_many_trials_draws_some_and_says_so) {
  report::ReportedRun run(report::rates_and({}), ladder(900));
  run.go(80);
  const std::string page = to_html(run.report());
  EXPECT_THAT(page, HasSubstr("150 of 900 trials, those that got furthest"));
  EXPECT_THAT(page, HasSubstr("200 of 900 trials, those that got furthest"));
  EXPECT_THAT(page, HasSubstr("Of 80 workers 40 are drawn"));
}

TEST(Page, says_what_its_scores_are_of_and_labels_lines_of_equal_score) {
  report::ReportedRun run(report::rates_and({}), ladder(40));
  run.go();
  const report::RunReport report = run.report();
  const std::string page = to_html(report);
  EXPECT_THAT(page, HasSubstr("Scores are on the 1,000 prune rows, heldout rows that decide which "
                              "trials go on, ± a standard error; they are of the weights as they "
                              "are at that step (rung_score = &quot;as_is&quot;)."));
  const std::size_t map = page.find("Score over learning rate and steps: ");
  EXPECT_NE(page.find("class=\"label halo\"", map), std::string::npos);
}

}  // namespace
}  // namespace stepladder::page
