// The leaderboard as text, JSON and CSV.
#include "stepladder/report/leaderboard_formats.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/small_run.hpp"
#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kAll = 1000;

// Trial 1 won with 0.75; trial 0 has 0.5 at 10 steps.
record::SmallRun finished_run() {
  record::SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.5, 1.25});
  run.report(2, Score{0.75, 0.5});
  run.report(3, Score{0.75, 0.5});
  run.report(4, Score{0.75, 0.5}, 20);
  run.report(5, Score{0.5, 1}, 0);  // final, 50 rows
  run.report(6, Score{0.9, 1}, 0);  // test, 400 rows
  return run;
}

record::SmallRun running_run() {
  record::SmallRun run(4);
  run.join(0);
  run.report(1, Score{0.5, 1});
  run.report(2, Diverged{7});
  run.report(3, Score{0.5, 1});  // trial 0 again, at 20 steps
  return run;
}

std::vector<std::string> keys_of(const nlohmann::ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A reader of RFC 4180, written apart from the writer.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '\n')) {
      row.push_back(std::exchange(field, ""));
      if (c == '\n') rows.push_back(std::exchange(row, {}));
    } else {
      field += c;
    }
  }
  EXPECT_TRUE(field.empty() && row.empty() && !quoted);
  return rows;
}

TEST(LeaderboardJson, has_exactly_the_documented_keys_of_an_entry) {
  const auto parsed = nlohmann::ordered_json::parse(to_json(finished_run().leaderboard(), kAll));
  EXPECT_THAT(keys_of(parsed), ::testing::IsSupersetOf(
                                   {"run", "finished", "utilisation", "steps_spent", "entries"}));
  ASSERT_EQ(parsed["entries"].size(), 2U);
  for (const auto& entry : parsed["entries"])
    EXPECT_THAT(keys_of(entry), ElementsAre("rank", "trial", "status", "steps", "scores",
                                            "standard_errors", "configuration"));
}

TEST(LeaderboardJson, says_what_the_run_found) {
  const record::SmallRun run = finished_run();
  const json parsed = json::parse(to_json(run.leaderboard(), kAll));
  EXPECT_EQ(parsed["run"], "small");
  EXPECT_EQ(parsed["finished"], true);
  EXPECT_EQ(parsed["utilisation"], 1.0);
  EXPECT_EQ(parsed["steps_spent"], 50);
  const json& best = parsed["entries"][0];
  EXPECT_EQ(best["rank"], 1);
  EXPECT_EQ(best["trial"], 1);
  EXPECT_EQ(best["status"], "finished");
  EXPECT_EQ(best["steps"], 40);
  EXPECT_EQ(best["scores"]["accuracy"], 0.75);
  EXPECT_EQ(best["scores"]["loss"], 0.5);
  const Configuration configuration = run.scheduler.configuration(TrialId{1});
  EXPECT_EQ(best["configuration"]["learning_rate"].get<double>(),
            std::get<double>(*configuration.find("learning_rate")));
  EXPECT_EQ(best["configuration"]["optimizer"],
            std::get<std::string>(*configuration.find("optimizer")));
  EXPECT_EQ(parsed["entries"][1]["status"], "pruned");
  EXPECT_EQ(parsed["winner"]["trial"], 1);
  EXPECT_EQ(parsed["winner"]["test"]["scores"]["accuracy"], 0.9);
  EXPECT_DOUBLE_EQ(parsed["winner"]["test"]["standard_errors"]["accuracy"], 0.015);
}

TEST(LeaderboardJson, has_null_where_there_is_no_score_and_no_winner_before_the_end) {
  const json parsed = json::parse(to_json(running_run().leaderboard(), kAll));
  EXPECT_EQ(parsed["finished"], false);
  EXPECT_FALSE(parsed.contains("winner"));
  EXPECT_EQ(parsed["entries"][1]["status"], "diverged");
  EXPECT_TRUE(parsed["entries"][1]["scores"].is_null());
  EXPECT_TRUE(parsed["entries"][1]["standard_errors"].is_null());
  EXPECT_EQ(parsed["entries"][2]["status"], "running");
}

TEST(LeaderboardJson, of_a_run_without_trials_is_valid) {
  const json parsed = json::parse(to_json(record::SmallRun().leaderboard(), kAll));
  EXPECT_TRUE(parsed["entries"].is_array());
  EXPECT_TRUE(parsed["entries"].empty());
}

TEST(LeaderboardCsv, has_one_column_for_each_name_in_every_row) {
  const auto rows = read_csv(to_csv(running_run().leaderboard(), kAll));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_THAT(rows[0], ElementsAre("rank", "trial", "status", "steps", "accuracy", "accuracy_se",
                                   "loss", "loss_se", "learning_rate", "optimizer"));
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[1][4], "0.5");
  EXPECT_EQ(rows[2][4], "");
  EXPECT_EQ(rows[2][5], "");
}

TEST(LeaderboardCsv, keeps_the_columns_where_a_condition_leaves_a_setting_out) {
  record::Leaderboard leaderboard = finished_run().leaderboard();
  leaderboard.entries[0].configuration.settings = {{"optimizer", Value{std::string("sgd")}}};
  leaderboard.entries[1].configuration.settings = {{"momentum", Value{0.5}},
                                                   {"optimizer", Value{std::string("momentum")}}};
  const auto rows = read_csv(to_csv(leaderboard, kAll));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(std::vector(rows[0].begin() + 8, rows[0].end()),
            (std::vector<std::string>{"optimizer", "momentum"}));
  EXPECT_EQ(std::vector(rows[1].begin() + 8, rows[1].end()), (std::vector<std::string>{"sgd", ""}));
  EXPECT_EQ(std::vector(rows[2].begin() + 8, rows[2].end()),
            (std::vector<std::string>{"momentum", "0.5"}));
}

TEST(LeaderboardCsv, quotes_what_needs_it) {
  record::Leaderboard leaderboard = finished_run().leaderboard();
  leaderboard.entries[0].configuration.settings = {
      {"a,b", Value{std::string("one, \"two\"\nthree")}}, {"plain", Value{true}}};
  leaderboard.entries[1].configuration.settings = {{"a,b", Value{std::int64_t{3}}},
                                                   {"plain", Value{0.1}}};
  const auto rows = read_csv(to_csv(leaderboard, kAll));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][8], "a,b");
  EXPECT_EQ(rows[1][8], "one, \"two\"\nthree");
  EXPECT_EQ(rows[1][9], "true");
  EXPECT_EQ(rows[2][8], "3");
  EXPECT_EQ(rows[2][9], "0.1");
}

TEST(LeaderboardCsv, numbers_read_back_exactly) {
  record::Leaderboard leaderboard = finished_run().leaderboard();
  leaderboard.entries[0].score = Score{1.0 / 3.0, 0.1 + 0.2};
  const auto rows = read_csv(to_csv(leaderboard, kAll));
  EXPECT_EQ(std::stod(rows[1][4]), 1.0 / 3.0);
  EXPECT_EQ(std::stod(rows[1][6]), 0.1 + 0.2);
}

TEST(LeaderboardCsv, of_a_run_without_trials_is_its_heading) {
  EXPECT_EQ(lines_of(to_csv(record::SmallRun().leaderboard(), kAll)).size(), 1U);
}

TEST(LeaderboardText, gives_every_accuracy_its_standard_error) {
  const std::string text = to_text(finished_run().leaderboard(), kAll);
  EXPECT_THAT(text, HasSubstr("0.7500 ± 0.0433"));  // prune: 100 rows
  EXPECT_THAT(text, HasSubstr("0.5000 ± 0.0500"));
  EXPECT_THAT(text, HasSubstr("0.5000 ± 0.0707 on 50 rows"));           // final
  EXPECT_THAT(text, HasSubstr("0.9000 [0.8667, 0.9257] on 400 rows"));  // test: Wilson's interval
}

TEST(LeaderboardText, says_which_score_is_which) {
  const std::string text = to_text(finished_run().leaderboard(), kAll);
  EXPECT_THAT(text, HasSubstr("Winner: trial 1, "));
  EXPECT_THAT(text, HasSubstr("model          the trial itself, trained for 40 steps"));
  for (const char* part : {"heldout, prune", "heldout, final", "test  "})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, HasSubstr("finished"));
}

TEST(LeaderboardText, shows_the_best_rate_of_each_budget) {
  const std::string text = to_text(finished_run().leaderboard(), kAll);
  for (const char* row : {"10 steps: ", "20 steps: ", "40 steps: "})
    EXPECT_THAT(text, HasSubstr(row));
  EXPECT_THAT(text, HasSubstr("best of 2"));
}

TEST(LeaderboardText, of_a_running_run_has_no_winner) {
  const std::string text = to_text(running_run().leaderboard(), kAll);
  EXPECT_THAT(text, HasSubstr("not finished"));
  EXPECT_THAT(text, Not(HasSubstr("Winner")));
  EXPECT_THAT(text, HasSubstr("diverged"));
}

TEST(LeaderboardTop, limits_the_entries_and_nothing_else) {
  const record::Leaderboard leaderboard = finished_run().leaderboard();
  const std::string text = to_text(leaderboard, 1);
  EXPECT_THAT(text, HasSubstr("... 1 more"));
  EXPECT_THAT(text, HasSubstr("Winner: trial 1"));
  EXPECT_THAT(to_text(leaderboard, 2), Not(HasSubstr(" more\n")));
  const json parsed = json::parse(to_json(leaderboard, 1));
  ASSERT_EQ(parsed["entries"].size(), 1U);
  EXPECT_EQ(parsed["entries"][0]["rank"], 1);
  EXPECT_EQ(parsed["frontier"].size(), 3U);
  EXPECT_EQ(lines_of(to_csv(leaderboard, 1)).size(), 2U);
}

TEST(LeaderboardTop, keeps_the_winner_when_it_is_not_among_the_shown) {
  record::Leaderboard leaderboard = finished_run().leaderboard();
  std::swap(leaderboard.entries[0], leaderboard.entries[1]);
  EXPECT_THAT(to_text(leaderboard, 1), HasSubstr("Winner: trial 1"));
}

// Worker 0 works for 10 s, of which 6 + 1 + 2 s are accounted for; worker 1 comes 3 s later, waits,
// and is lost with what it got then.
TEST(LeaderboardFormats, tell_where_the_workers_time_went) {
  record::SmallRun run(2);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 0);
  run.tell(schedule::WorkerJoined{WorkerId{1}}, 3);
  run.tell(schedule::Reported{.lease = LeaseId{1},
                              .outcome = Score{0.5, 1},
                              .effort = {.steps = 17,
                                         .recomputed = 7,
                                         .training = 6,
                                         .scoring = 1,
                                         .checkpointing = 2}},
           7);
  run.tell(schedule::WorkerLost{WorkerId{1}}, 0);
  EXPECT_THAT(to_text(run.leaderboard(), kAll),
              HasSubstr("\nworkers' time: 35 % training, 6 % evaluating, 12 % checkpointing, 6 % "
                        "waiting, 41 % lost; 7 steps trained again for want of a checkpoint\n"));
  const json accounting = json::parse(to_json(run.leaderboard(), kAll)).at("accounting");
  EXPECT_EQ(accounting.at("training_s"), 6);
  EXPECT_EQ(accounting.at("lost_s"), 7);
  EXPECT_EQ(accounting.at("steps_recomputed"), 7);
  ASSERT_EQ(accounting.at("workers").size(), 2U);
  EXPECT_EQ(accounting.at("workers")[0].at("worker"), 0);
  EXPECT_EQ(accounting.at("workers")[0].at("evaluating_s"), 1);
  EXPECT_EQ(accounting.at("workers")[0].at("checkpointing_s"), 2);
  EXPECT_EQ(accounting.at("workers")[0].at("waiting_s"), 1);
  EXPECT_EQ(accounting.at("workers")[1].at("lost_s"), 7);
  EXPECT_EQ(accounting.at("workers")[1].at("under_way_s"), 0);
}

}  // namespace
}  // namespace stepladder::report
