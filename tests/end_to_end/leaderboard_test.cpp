// `stepladder leaderboard` on runs that are over and on one that is not.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"
#include "stepladder/report/leaderboard_formats.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

class LeaderboardCommand : public Workbench {
 protected:
  [[nodiscard]] Finished show(const Arguments& arguments = {}) const {
    Arguments all = {"leaderboard", at("run").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return stepladder(all);
  }
};

TEST_F(LeaderboardCommand, shows_what_the_files_of_a_finished_run_say) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const auto written = fs::last_write_time(at("run"));
  for (const auto& [format, file] : {std::pair{"text", "leaderboard.txt"},
                                     {"json", "leaderboard.json"},
                                     {"csv", "leaderboard.csv"}}) {
    const Finished shown = show({"--format", format});
    EXPECT_EQ(shown.exit_code, 0);
    // On a machine that is slow or busy it says that it is at work, and nothing else.
    EXPECT_THAT(shown.err,
                ::testing::MatchesRegex("(\\.\\.\\. leaderboard is at work \\([0-9]+ s\\)\n)*"));
    EXPECT_EQ(shown.out, read_file(at("run") / file)) << format;
  }
  EXPECT_EQ(show().out, read_file(at("run") / "leaderboard.txt"));
  EXPECT_EQ(fs::last_write_time(at("run")), written);

  const json board = json::parse(show({"--format", "json"}).out);
  EXPECT_EQ(board["run"], "small");
  EXPECT_EQ(board["finished"], true);
  EXPECT_EQ(board["entries"].size(), 18U);
  EXPECT_GT(board["utilisation"], 0.0);
  EXPECT_LE(board["utilisation"], 1.0);
  EXPECT_EQ(board["chance"]["rows"], 100);  // prune_rows
  EXPECT_GE(board["chance"]["accuracy"], 1.0 / 3);
  EXPECT_LT(board["chance"]["accuracy"], 0.5);
  EXPECT_EQ(board["chance"]["best"]["scores"]["accuracy"],
            board["entries"][0]["scores"]["accuracy"]);
  for (const json& entry : board["entries"])
    EXPECT_THAT(entry["status"].get<std::string>(),
                ::testing::AnyOf("finished", "pruned", "diverged"));
}

TEST_F(LeaderboardCommand, shows_only_the_best_where_told) {
  ASSERT_EQ(tune_with_threads(2, "run", {"--set", "schedule.trials=6"}).exit_code, 0);
  const json board = json::parse(show({"--format", "json", "--top", "2"}).out);
  ASSERT_EQ(board["entries"].size(), 2U);
  EXPECT_GE(board["entries"][0]["scores"]["accuracy"], board["entries"][1]["scores"]["accuracy"]);
  const std::string csv = show({"--format", "csv", "--top", "3"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  EXPECT_THAT(show({"--top", "1"}).out, HasSubstr("... 5 more"));
}

TEST_F(LeaderboardCommand, shows_a_run_under_way) {
  // All trials end at 100 steps; then the best of them goes on for ever.
  const std::unique_ptr<Process> process = start_threads(
      1, "run", {"--set", "schedule.eta=1000000", "--set", "schedule.max_steps=100000000"});
  ASSERT_TRUE(process->wait_until([&] {
    return read_file(at("run") / "stepladder.log").find("to 100000000") != std::string::npos;
  }));
  const Finished shown = show({"--format", "json"});
  const Finished text = show();
  const Finished csv = show({"--format", "csv"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  const json board = json::parse(shown.out);
  EXPECT_EQ(board["finished"], false);
  const auto runs = [](const json& entry) { return entry["status"] == "running"; };
  EXPECT_EQ(board["entries"].size(), 18U);
  EXPECT_TRUE(runs(board["entries"][0]));
  EXPECT_EQ(std::count_if(board["entries"].begin(), board["entries"].end(), runs), 1);
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, HasSubstr("not finished"));
  EXPECT_EQ(csv.exit_code, 0);
  process->send(SIGTERM);
  EXPECT_EQ(process->wait().exit_code, 3);
}

TEST_F(LeaderboardCommand, refuses_what_is_no_run) {
  EXPECT_EQ(show().exit_code, 2);
  EXPECT_THAT(show().err, HasSubstr("stepladder: " + at("run").string() + ": no run there"));
  fs::create_directories(at("run"));
  write_file(at("run") / "journal.jsonl", "{\"nonsense\":1}\n");
  const Finished damaged = show();
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_THAT(damaged.err, HasSubstr("journal.jsonl:1"));
  for (const Arguments& wrong : {Arguments{"--format", "xml"}, {"--top", "0"}, {"--top", "many"}}) {
    const Finished refused = show(wrong);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("stepladder: " + wrong[0]));
    EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1);
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
