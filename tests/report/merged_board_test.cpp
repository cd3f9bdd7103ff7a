#include "stepladder/report/merged_board.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/small_run.hpp"
#include "report/reported_run.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/merged_board_formats.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kAll = 1000;

MergedRun merged_run(const record::SmallRun& run, const std::string& name, std::uint64_t seed) {
  MergedRun merged{.name = name, .seed = Seed{seed}, .board = run.leaderboard()};
  merged.evidence = record::rate_evidence_of(merged.board, run.scheduler, run.history);
  return merged;
}

// Two trials with these accuracies at 10 steps; the better climbs to 40 and gets `final_accuracy`.
MergedRun finished_run(const std::string& name, std::uint64_t seed, double first, double second,
                       double final_accuracy) {
  record::SmallRun run(2);
  run.join(0);
  run.report(1, Score{first, 1});
  run.report(2, Score{second, 1});
  const double best = std::max(first, second);
  run.report(3, Score{best, 1});
  run.report(4, Score{best, 1}, 20);
  run.report(5, Score{final_accuracy, 2}, 0);
  run.report(6, Score{0.5, 3}, 0);
  EXPECT_TRUE(run.scheduler.finished());
  return merged_run(run, name, seed);
}

MergedRun running_run(const std::string& name, std::uint64_t seed) {
  record::SmallRun run(4);
  run.join(0);
  run.report(1, Score{0.65, 1});
  run.report(2, Diverged{7});
  return merged_run(run, name, seed);
}

MergedBoard three_runs() {
  return merge({finished_run("a", 1, 0.5, 0.75, 0.7), running_run("b", 2),
                finished_run("c", 3, 0.75, 0.625, 0.8)});
}

std::vector<std::string> places_of(const MergedBoard& merged) {
  std::vector<std::string> places;
  for (const MergedEntry& e : merged.entries)
    places.push_back(std::to_string(e.entry.rank) + ' ' + merged.runs[e.run].name + '/' +
                     std::to_string(e.entry.trial.value));
  return places;
}

// Their heldout rows differ, so a trial of one run is not better or worse than one of another.
TEST(MergedBoard, ranks_trials_within_their_run) {
  EXPECT_THAT(places_of(three_runs()),
              ElementsAre("1 a/1", "1 b/0", "1 c/0", "2 a/0", "2 b/1", "2 c/1"));
}

TEST(MergedBoard, spreads_over_finished_runs_only) {
  const MergedBoard merged = three_runs();
  const analysis::Spread final_accuracy = merged.final_score.of(0).value();
  EXPECT_EQ(final_accuracy.count, 2U);
  EXPECT_DOUBLE_EQ(final_accuracy.mean, 0.75);
  EXPECT_NEAR(final_accuracy.standard_deviation.value(), 0.0707107, 1e-7);  // 0.1 / sqrt(2)
  EXPECT_NEAR(final_accuracy.interval_95->high, 1, 1e-12);  // not 0.75 + 12.7 * 0.05
  EXPECT_EQ(merged.final_score.of(1)->mean, 2);
  EXPECT_EQ(merged.test_score.of(0)->mean, 0.5);
  EXPECT_EQ(merged.test_score.of(1)->mean, 3);
}

TEST(MergedBoardText, tells_the_runs_apart_and_which_is_not_finished) {
  const std::string text = to_text(three_runs(), kAll);
  EXPECT_THAT(text, HasSubstr("small: 3 runs, 2 of them finished, 6 trials"));
  EXPECT_THAT(text, HasSubstr("seed 2, 2 trials, 20 steps in 3.0 s, NOT FINISHED"));
  EXPECT_THAT(text, HasSubstr("best so far trial 0 at 10 steps"));
  EXPECT_THAT(text, HasSubstr("winner trial 1 at 40 steps"));
  EXPECT_THAT(text, HasSubstr("heldout, final 0.8000 ± 0.0566; test 0.5000 ± 0.0250"));
  EXPECT_THAT(text, HasSubstr("Winners over the seeds (2 of 3 runs)"));
  EXPECT_THAT(text, HasSubstr("mean 0.7500, standard deviation 0.0707, 95 % t-interval 0.1147 to "
                              "1.0000"));
}

TEST(MergedBoardText, marks_what_was_audited_or_begun_by_an_extension) {
  MergedBoard merged = three_runs();
  EXPECT_THAT(to_text(merged, kAll), Not(HasSubstr("audited")));
  merged.entries[0].entry.is_audited = true;
  merged.entries[1].entry.is_extension = true;
  const std::string text = to_text(merged, kAll);
  EXPECT_THAT(text, HasSubstr("   1  a        1* "));
  EXPECT_THAT(text, HasSubstr("   1  b        0+ "));
  EXPECT_THAT(text, HasSubstr("* audited: "));
  EXPECT_THAT(text, HasSubstr("+ begun when its run extended"));
}

TEST(MergedBoardText, claims_no_interval_it_does_not_have) {
  const std::string one =
      to_text(merge({finished_run("a", 1, 0.5, 0.75, 0.7), running_run("b", 2)}), kAll);
  EXPECT_THAT(one, HasSubstr("mean 0.7000, one run only: no deviation, no interval"));
  const std::string none = to_text(merge({running_run("b", 2), running_run("c", 3)}), kAll);
  EXPECT_THAT(none, HasSubstr("nothing to say over the seeds"));
  EXPECT_THAT(none, Not(HasSubstr("mean")));
  const record::SmallRun empty;
  const MergedBoard unscored = merge({{.name = "e", .board = empty.leaderboard()}});
  EXPECT_THAT(to_text(unscored, kAll), HasSubstr("no trial has a score"));
  EXPECT_EQ(json::parse(to_json(unscored, kAll))["runs"][0]["best"], nullptr);
}

TEST(MergedBoardJson, has_runs_spreads_and_entries) {
  const json parsed = json::parse(to_json(three_runs(), 2));
  EXPECT_EQ(parsed["finished"], false);
  ASSERT_EQ(parsed["runs"].size(), 3U);
  EXPECT_EQ(parsed["runs"][0]["seed"], 1);
  EXPECT_EQ(parsed["runs"][0]["best"]["trial"], 1);
  EXPECT_EQ(parsed["runs"][0]["final"]["scores"]["accuracy"], 0.7);
  EXPECT_EQ(parsed["runs"][1]["finished"], false);
  EXPECT_EQ(parsed["runs"][1]["best"]["trial"], 0);
  EXPECT_TRUE(parsed["runs"][1]["final"].is_null());
  const json& accuracy = parsed["over_seeds"]["final"]["accuracy"];
  EXPECT_EQ(accuracy["count"], 2);
  EXPECT_DOUBLE_EQ(accuracy["mean"].get<double>(), 0.75);
  EXPECT_EQ(accuracy["interval_95"].size(), 2U);
  ASSERT_EQ(parsed["entries"].size(), 2U);
  EXPECT_EQ(parsed["entries"][0]["run"], "a");
  EXPECT_EQ(parsed["entries"][1]["run"], "b");
  EXPECT_EQ(parsed["entries"][0]["rank"], 1);
  EXPECT_EQ(parsed["entries"][1]["rank"], 1);
  EXPECT_TRUE(parsed["entries"][0]["configuration"].contains("learning_rate"));
}

TEST(MergedBoardCsv, has_a_row_a_trial_and_a_column_for_each_setting_that_some_trial_has) {
  MergedBoard merged = merge({finished_run("a,b", 1, 0.5, 0.75, 0.7), running_run("c", 2)});
  merged.entries[0].entry.configuration.settings = {{"momentum", Value{0.9}}};
  std::vector<std::string> lines;
  std::istringstream stream(to_csv(merged, 2));
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "rank,run,trial,status,steps,accuracy,accuracy_se,loss,loss_se,momentum,learning_rate,"
            "optimizer");
  EXPECT_THAT(lines[1], HasSubstr("1,\"a,b\",1,finished,40,0.75,0.0433012701892"));  // of 100 rows
  EXPECT_TRUE(lines[1].ends_with(",1,,0.9,,")) << lines[1];
  EXPECT_THAT(lines[2], HasSubstr("1,c,0,running,10,0.65,0.0476969600"));
}

// Scores over rate and steps whose valley lies at 0.1 for 100 steps; each run's rows are harder or
// easier than others'.
record::RateEvidence evidence_with(Seed seed) {
  const SearchSpace space{
      .hyperparameters = {{"learning_rate", Range{.min = 1e-3, .max = 3, .scale = Scale::log}}}};
  ReportedRun run(
      space, {.eta = 3, .min_steps = 100, .max_steps = 2700, .trials = 16, .metrics = by_loss()},
      seed);
  const double harder = std::exp(0.2 * RandomStream(seed, Purpose::simulation, 7).normal(0));
  run.go([&](const Assignment& assignment) {
    const double rate = std::get<double>(*assignment.configuration.find("learning_rate"));
    const double steps = static_cast<double>(assignment.to) / 100;
    const double away = std::log(rate / (0.1 * std::pow(steps, -0.4)));
    const RandomStream random(seed, Purpose::simulation, assignment.trial.value + 1000,
                              static_cast<std::uint64_t>(assignment.to));
    const double noise = 0.05 * random.normal(0);
    return simulation::Trained{
        .outcome = Score{0.5, harder * std::pow(steps, -0.3) * std::exp(0.3 * away * away + noise)},
        .duration = 1};
  });
  return record::rate_evidence_of(run.report().board, run.scheduler, run.history);
}

// Accuracies of guesses of two equal classes on 1,000 rows.
MergedRun guessing_run(std::uint64_t seed) {
  const SearchSpace space{
      .hyperparameters = {{"learning_rate", Range{.min = 1e-3, .max = 3, .scale = Scale::log}}}};
  ReportedRun run(space, {.eta = 3, .min_steps = 100, .max_steps = 900, .trials = 20}, Seed{seed});
  run.rows.prune_by_class = {505, 495};
  run.go([seed](const Assignment& assignment) {
    const RandomStream random(Seed{seed}, Purpose::simulation, assignment.trial.value);
    return simulation::Trained{.outcome = Score{0.5 + 0.0158 * random.normal(0), 0.7},
                               .duration = 1};
  });
  MergedRun merged{.name = std::to_string(seed), .seed = Seed{seed}, .board = run.report().board};
  merged.evidence = record::rate_evidence_of(merged.board, run.scheduler, run.history);
  return merged;
}

TEST(MergedRates, AreNotAnsweredForWhereNoTrialIsBetterThanChance) {
  const MergedBoard merged = merge({guessing_run(1), guessing_run(2)});
  EXPECT_THAT(merged.answer,
              ElementsAre(HasSubstr("No trial of any run is significantly better than chance")));
}

TEST(MergedRates, AreKnownBetterFromAllRunsThanFromOne) {
  const std::vector<record::RateEvidence> runs = {evidence_with(Seed{1}), evidence_with(Seed{2}),
                                                  evidence_with(Seed{3})};
  const auto best = [](const RateReport& report) {
    return report.groups.front().response.budgets.back().best;
  };
  const analysis::BestRate one = best(make_rate_report(runs.front()));
  const analysis::BestRate all = best(make_rate_report(runs));
  const double truth = 0.1 * std::pow(27, -0.4);
  EXPECT_TRUE(all.is_identified());
  EXPECT_TRUE(all.rate.interval_95.contains(truth)) << all.rate.value;
  EXPECT_LT(all.rate.interval_95.high / all.rate.interval_95.low,
            one.rate.interval_95.high / one.rate.interval_95.low);
}

}  // namespace
}  // namespace stepladder::report
