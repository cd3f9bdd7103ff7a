#include "stepladder/report/merged_board.hpp"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/small_run.hpp"

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kAll = 1000;

// Two trials with these accuracies at 10 steps; the better climbs to 40 and gets `final_accuracy`.
MergedRun finished_run(const std::string& name, std::uint64_t seed, double first, double second,
                       double final_accuracy) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{.accuracy = first, .loss = 1});
  run.report(2, Score{.accuracy = second, .loss = 1});
  const double best = std::max(first, second);
  run.report(3, Score{.accuracy = best, .loss = 1});
  run.report(4, Score{.accuracy = best, .loss = 1}, 20);
  run.report(5, Score{.accuracy = final_accuracy, .loss = 2}, 0);
  run.report(6, Score{.accuracy = 0.5, .loss = 3}, 0);
  EXPECT_TRUE(run.scheduler.finished());
  return {.name = name, .seed = Seed{seed}, .board = run.leaderboard()};
}

MergedRun running_run(const std::string& name, std::uint64_t seed) {
  SmallRun run(4);
  run.join(0);
  run.report(1, Score{.accuracy = 0.65, .loss = 1});
  run.report(2, Diverged{7});
  return {.name = name, .seed = Seed{seed}, .board = run.leaderboard()};
}

MergedBoard three_runs() {
  return merge({finished_run("a", 1, 0.5, 0.75, 0.7), running_run("b", 2),
                finished_run("c", 3, 0.75, 0.625, 0.8)});
}

std::vector<std::string> places_of(const MergedBoard& merged) {
  std::vector<std::string> places;
  for (const MergedEntry& e : merged.entries)
    places.push_back(std::to_string(e.rank) + ' ' + merged.runs[e.run].name + '/' +
                     std::to_string(e.entry.trial.value));
  return places;
}

TEST(MergedBoard, has_all_trials_in_the_total_order_and_equals_by_trial_then_run) {
  EXPECT_THAT(places_of(three_runs()),
              ElementsAre("1 c/0", "2 a/1", "3 b/0", "4 c/1", "5 a/0", "6 b/1"));
  const MergedRun same = finished_run("x", 1, 0.5, 0.75, 0.7);
  EXPECT_THAT(places_of(merge({same, same})), ElementsAre("1 x/1", "2 x/1", "3 x/0", "4 x/0"));
  EXPECT_EQ(merge({same, same}).entries[1].run, 1U);
}

TEST(MergedBoard, is_by_loss_where_the_experiment_is) {
  const auto run_of = [](const std::string& name, double accuracy, double loss) {
    SmallRun run(4, Metric::loss);
    run.join(0);
    run.report(1, Score{.accuracy = accuracy, .loss = loss});
    return MergedRun{.name = name, .seed = Seed{1}, .board = run.leaderboard()};
  };
  EXPECT_EQ(places_of(merge({run_of("a", 0.9, 2), run_of("b", 0.1, 1)}))[0], "1 b/0");
}

TEST(MergedBoard, spreads_over_finished_runs_only) {
  const MergedBoard merged = three_runs();
  const analysis::Spread final_accuracy = merged.final_score.accuracy.value();
  EXPECT_EQ(final_accuracy.count, 2U);
  EXPECT_DOUBLE_EQ(final_accuracy.mean, 0.75);
  EXPECT_NEAR(final_accuracy.standard_deviation.value(), 0.0707107, 1e-7);  // 0.1 / sqrt(2)
  EXPECT_NEAR(final_accuracy.interval_95->high, 1, 1e-12);  // not 0.75 + 12.7 * 0.05
  EXPECT_EQ(merged.final_score.loss->mean, 2);
  EXPECT_EQ(merged.test_score.accuracy->mean, 0.5);
  EXPECT_EQ(merged.test_score.loss->mean, 3);
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
  EXPECT_THAT(text, HasSubstr("   1  c        0* "));
  EXPECT_THAT(text, HasSubstr("   2  a        1+ "));
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
  const SmallRun empty;
  EXPECT_THAT(to_text(merge({{.name = "e", .board = empty.leaderboard()}}), kAll),
              HasSubstr("no trial has a score"));
}

TEST(MergedBoardJson, has_runs_spreads_and_entries) {
  const json parsed = json::parse(to_json(three_runs(), 2));
  EXPECT_EQ(parsed["finished"], false);
  ASSERT_EQ(parsed["runs"].size(), 3U);
  EXPECT_EQ(parsed["runs"][0]["seed"], 1);
  EXPECT_EQ(parsed["runs"][0]["best"]["trial"], 1);
  EXPECT_EQ(parsed["runs"][0]["final"]["accuracy"], 0.7);
  EXPECT_EQ(parsed["runs"][1]["finished"], false);
  EXPECT_EQ(parsed["runs"][1]["best"]["trial"], 0);
  EXPECT_TRUE(parsed["runs"][1]["final"].is_null());
  const json& accuracy = parsed["over_seeds"]["final"]["accuracy"];
  EXPECT_EQ(accuracy["runs"], 2);
  EXPECT_DOUBLE_EQ(accuracy["mean"].get<double>(), 0.75);
  EXPECT_EQ(accuracy["interval_95"].size(), 2U);
  ASSERT_EQ(parsed["entries"].size(), 2U);
  EXPECT_EQ(parsed["entries"][0]["run"], "c");
  EXPECT_EQ(parsed["entries"][0]["rank"], 1);
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
            "rank,run,trial,status,steps,heldout_accuracy,heldout_loss,momentum,learning_rate,"
            "optimizer");
  EXPECT_EQ(lines[1], "1,\"a,b\",1,finished,40,0.75,1,0.9,,");
  EXPECT_THAT(lines[2], HasSubstr("2,c,0,running,10,0.65,1,,0."));
}

}  // namespace
}  // namespace stepladder::report
