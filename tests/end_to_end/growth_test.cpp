// A run is given more: it goes on, and its trials come to what they would have come to in one run.
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Growth : public Workbench {
 protected:
  static Arguments more(const std::string& setting) { return {"--set", "schedule." + setting}; }
  [[nodiscard]] std::string file(const std::string& name) const {
    return read_file(at("run") / name);
  }
};

TEST_F(Growth, GoesOnAfterTheEndAndThroughAKill) {
  const Finished first = tune_with_threads(2, "run", more("trials=12"));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string winner_before = file("best/winner.toml");

  // More trials; killed on the way, and gone on with by ranks.
  const std::unique_ptr<Process> killed = start_threads(2, "run", more("trials=18"));
  const std::size_t before = reports_in(at("run"));
  ASSERT_TRUE(killed->wait_until([&] { return reports_in(at("run")) >= before + 3; }));
  EXPECT_EQ(file("best/winner.toml"), winner_before) << "the old winner stays until another is";
  EXPECT_THAT(file("experiment.toml"), HasSubstr("trials = 18"));
  EXPECT_FALSE(fs::exists(at("run/end.json")));
  killed->send(SIGKILL);
  static_cast<void>(killed->wait());
  const Finished second = tune_with_ranks(3, "run", more("trials=18"));
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(scores_of(at("run")).count({17, 100}), 1U);

  // A longer training.
  const Finished third =
      stepladder({"tune", experiment(), "--run-dir", at("run").string(), "--threads", "2", "--set",
                  "schedule.trials=18", "--set", "schedule.max_steps=2700"});
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_THAT(file("journal.jsonl"), HasSubstr("\"levels\":[100,300,900,2700]"));
  EXPECT_THAT(file("best/winner.toml"), HasSubstr("steps = 2700"));
  EXPECT_THAT(file("end.json"), HasSubstr("\"exit_code\": 0"));
  EXPECT_THAT(file("leaderboard.txt"), HasSubstr("test was scored"));

  const Finished replay = stepladder({"replay", at("run").string()});
  EXPECT_EQ(replay.exit_code, 0) << replay.out;

  change_experiment("max_steps = 900", "max_steps = 2700");
  ASSERT_EQ(tune_with_threads(2, "once").exit_code, 0);
  EXPECT_GE(expect_same_scores(scores_of(at("run")), scores_of(at("once"))), 20U);
}

TEST_F(Growth, RefusesLessAndWhatWasPlannedForALength) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const auto untouched = files_under(at("run"));
  const Finished less = tune_with_threads(2, "run", more("trials=12"));
  EXPECT_EQ(less.exit_code, 2);
  EXPECT_THAT(less.err, HasSubstr("--set schedule.trials=12"));
  EXPECT_THAT(less.err, HasSubstr("to go on with it: --set schedule.trials=18"));
  EXPECT_EQ(files_under(at("run")), untouched);

  change_experiment("policy = \"exponential\"",
                    "policy = { choices = [\"exponential\", \"cosine\"] }");
  change_experiment("trials = 18", "trials = 18\nrung_score = \"as_is\"");
  ASSERT_EQ(tune_with_threads(2, "bound").exit_code, 0);
  const Finished longer = tune_with_threads(2, "bound", more("max_steps=2700"));
  EXPECT_EQ(longer.exit_code, 2);
  EXPECT_THAT(longer.err, HasSubstr("were planned for that length"));
}

TEST_F(Growth, TakesTheSameNumbersForTheSameRun) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const std::string journal = file("journal.jsonl");
  const Finished again = tune_with_threads(2, "run", more("trials=18"));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(file("journal.jsonl"), journal);
  EXPECT_THAT(again.out, HasSubstr("was finished before"));
}

}  // namespace
}  // namespace stepladder::end_to_end
