// `stepladder tune` from start to end, by threads and by ranks.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using Tune = Workbench;

TEST_F(Tune, leaves_every_file_of_a_run) {
  const Finished finished = tune_with_threads(2, "run");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  for (const char* file : {"experiment.toml", "journal.jsonl", "leaderboard.txt", "leaderboard.csv",
                           "leaderboard.json", "stepladder.log", "checkpoints",
                           "best/model.checkpoint", "best/winner.toml"})
    EXPECT_TRUE(fs::exists(at("run") / file)) << file;
  // And two finalists with two fresh seeds each, and the test score.
  EXPECT_EQ(reports_in(at("run")), scores_of(at("run")).size() + 5);
  // Best first, the winner's three scores, and where the files are.
  EXPECT_THAT(finished.out, HasSubstr("heldout accuracy"));
  EXPECT_THAT(finished.out, HasSubstr("Best trial at each step budget"));
  EXPECT_THAT(finished.out, HasSubstr("scored once, after the choice was written down"));
  EXPECT_THAT(finished.out, HasSubstr("Files: " + at("run").string()));
}

TEST_F(Tune, gives_a_trial_the_same_score_whoever_trains_it) {
  EXPECT_EQ(tune_with_threads(1, "one").exit_code, 0);
  EXPECT_EQ(tune_with_threads(2, "threads").exit_code, 0);
  const Finished two = tune_with_ranks(2, "two");
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(two.err, "");
  EXPECT_EQ(tune_with_ranks(4, "four").exit_code, 0);
  const Scores alone = scores_of(at("one"));
  for (const char* run : {"threads", "two", "four"}) {
    EXPECT_TRUE(fs::exists(at(run) / "best/model.checkpoint"));
    EXPECT_GE(expect_same_scores(alone, scores_of(at(run))), 18U) << run;
  }
  // The trials at the same step have the same bytes, too. Replicates may be of other finalists:
  // which trials are promoted depends on who reports first.
  std::size_t same = 0;
  for (const auto& file : fs::directory_iterator(at("one") / "checkpoints")) {
    const std::string name = file.path().filename().string();
    const fs::path other = at("four") / "checkpoints" / name;
    if (name.starts_with("replicate-") || !fs::exists(other)) continue;
    ++same;
    EXPECT_EQ(read_file(file.path()), read_file(other)) << other;
  }
  EXPECT_GE(same, 6U);
}

// A layer of 17 GB where there are 8.
TEST_F(Tune, fails_where_no_trial_can_be_trained) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer reserves more memory than the limit";
#endif
  const auto process = start({"/usr/bin/prlimit", "--as=8000000000", STEPLADDER_PROGRAM, "tune",
                              experiment(), "--threads", "1", "--run-dir", at("run").string(),
                              "--set", "model.hidden=[65536,65536]"});
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("no trial has a score: 18 crashed"));
  EXPECT_THAT(read_file(at("run") / "stepladder.log"), HasSubstr("not enough memory"));
}

TEST_F(Tune, confirms_the_best_with_fresh_seeds_and_keeps_the_best_replicate) {
  EXPECT_EQ(tune_with_ranks(3, "run").exit_code, 0);
  const auto board = nlohmann::json::parse(read_file(at("run") / "leaderboard.json"));
  const nlohmann::json& finalists = board.at("finalists");
  ASSERT_EQ(finalists.size(), 2U);
  double best = -1;
  for (const nlohmann::json& finalist : finalists) {
    ASSERT_EQ(finalist.at("replicates").size(), 2U);
    const double first = finalist["replicates"][0].at("scores").at("accuracy");
    const double second = finalist["replicates"][1].at("scores").at("accuracy");
    EXPECT_DOUBLE_EQ(finalist.at("scores").at("accuracy").at("mean").get<double>(),
                     (first + second) / 2);
    best = std::max(best, (first + second) / 2);
  }
  EXPECT_DOUBLE_EQ(board.at("winner").at("final").at("scores").at("accuracy").get<double>(), best);
  const std::uint32_t model = board.at("winner").at("model");
  ASSERT_TRUE(is_replicate(TrialId{model}));
  const std::string checkpoint =
      "replicate-" + std::to_string(model - kFirstReplicate) + "-step-900.checkpoint";
  EXPECT_EQ(read_file(at("run") / "best/model.checkpoint"),
            read_file(at("run") / "checkpoints" / checkpoint));
  // The two seeds of a finalist are two trainings.
  EXPECT_NE(finalists[0]["replicates"][0], finalists[0]["replicates"][1]);
  EXPECT_THAT(stepladder({"explain", at("run").string(), std::to_string(model)}).out,
              HasSubstr("it is the model of the winner"));
  EXPECT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0);
}

// Trials that are judged at 100 steps, of which the best two are trained again to 900.
TEST_F(Tune, describes_the_model_that_lies_beside_the_description) {
  ASSERT_EQ(tune_with_threads(2, "run",
                              {"--set", "schedule.trials=2", "--set",
                               "schedule.finish_winner=false", "--set", "space.optimizer=adamw"})
                .exit_code,
            0);
  const auto board = nlohmann::json::parse(read_file(at("run") / "leaderboard.json"));
  const nlohmann::json& winner = board.at("winner");
  EXPECT_EQ(winner.at("steps"), 900);
  const std::string text = read_file(at("run") / "best/winner.toml");
  const std::string replicate = std::to_string(winner.at("replicate").get<int>());
  for (const std::string& line :
       {"trial = " + std::to_string(winner.at("trial").get<int>()),
        "replicate = " + replicate + "  # of 2 with fresh seeds", std::string("steps = 900"),
        std::string("horizon = 900"), std::string("seed = "), std::string("hidden = ["),
        std::string("keep_probability = "), std::string("optimizer = \"adamw\""),
        std::string("weight_decay = 0.01"), std::string("beta2 = 0.999"),
        std::string("policy = \""), std::string("at 100 steps: the score that it was picked for")})
    EXPECT_THAT(text, HasSubstr(line)) << line;
  EXPECT_THAT(read_file(at("run") / "leaderboard.txt"),
              HasSubstr("model          replicate " + replicate + " of 2"));
}

TEST_F(Tune, finds_what_can_be_learnt) {
  EXPECT_EQ(tune_with_threads(2, "run").exit_code, 0);
  double best = 0;
  for (const auto& [key, score] : scores_of(at("run"))) best = std::max(best, score[0]);
  EXPECT_GT(best, 0.7);  // a guess has a third
}

TEST_F(Tune, says_so_when_a_run_is_finished_and_leaves_it_alone) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const std::string journal = read_file(at("run") / "journal.jsonl");
  const std::string leaderboard = read_file(at("run") / "leaderboard.json");
  for (const Finished& again : {tune_with_threads(1, "run"), tune_with_ranks(2, "run")}) {
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("This run was finished before"));
    EXPECT_EQ(read_file(at("run") / "journal.jsonl"), journal);
    EXPECT_EQ(read_file(at("run") / "leaderboard.json"), leaderboard);
  }
}

TEST_F(Tune, writes_an_experiment_that_can_be_run_again) {
  ASSERT_EQ(tune_with_threads(2, "first", {"--set", "schedule.trials=4"}).exit_code, 0);
  const Finished second = stepladder(
      {"tune", (at("first") / "experiment.toml").string(), "--run-dir", at("second").string()});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(read_file(at("second") / "experiment.toml"),
            read_file(at("first") / "experiment.toml"));
  EXPECT_GE(expect_same_scores(scores_of(at("first")), scores_of(at("second"))), 4U);
}

TEST_F(Tune, reads_compressed_data_to_the_same_scores) {
  ASSERT_EQ(tune_with_threads(2, "plain", {"--set", "schedule.trials=4"}).exit_code, 0);
  write_gzip(at("packed.gz"), read_file(at("train-images")));
  change_experiment("\"train-images\"", "\"packed.gz\"");
  ASSERT_EQ(tune_with_ranks(2, "packed", {"--set", "schedule.trials=4"}).exit_code, 0);
  EXPECT_GE(expect_same_scores(scores_of(at("plain")), scores_of(at("packed"))), 4U);
}

TEST_F(Tune, carries_every_trial_to_the_end_in_random_search) {
  ASSERT_EQ(tune_with_ranks(2, "run",
                            {"--set", "schedule.mode=random", "--set", "schedule.trials=3", "--set",
                             "schedule.max_steps=200"})
                .exit_code,
            0);
  const Scores scores = scores_of(at("run"));
  EXPECT_EQ(scores.size(), 3U);
  for (const auto& [key, score] : scores) EXPECT_EQ(key.second, 200);
}

TEST_F(Tune, ends_in_order_when_every_trial_diverges) {
  change_experiment("min = 1e-4, max = 1e-1", "min = 1e30, max = 1e35");
  change_experiment("\"sgd\", \"momentum\", \"adam\"", "\"sgd\"");
  const Arguments arguments = {"--set", "schedule.trials=3"};
  for (const Finished& finished :
       {tune_with_threads(2, "threads", arguments), tune_with_ranks(2, "ranks", arguments),
        start_launch(3, "launched", arguments)->wait(), tune_with_threads(2, "ranks", arguments)}) {
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("no trial has a score: 0 crashed, 3 diverged"));
    EXPECT_THAT(finished.out, ::testing::Not(HasSubstr("Winner")));
  }
}

// The workload that scripts/benchmark-scale measures the scheduler with.
TEST_F(Tune, does_without_data_and_checkpoints_when_workers_are_idle) {
  write_file(at("small.toml"), "[schedule]\nmin_steps = 1\nmax_steps = 81\ntrials = 60\n");
  for (const std::string run : {"threads", "ranks"}) {
    const Finished finished = run == "threads" ? tune_with_threads(3, run, {"--workload", "idle"})
                                               : tune_with_ranks(3, run, {"--workload", "idle"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(stepladder({"replay", at(run).string()}).out, HasSubstr("identical"));
    EXPECT_TRUE(fs::is_empty(at(run) / "checkpoints"));
    EXPECT_THAT(read_file(at(run) / "journal.jsonl"), HasSubstr("\"waiting\":"));
  }
  EXPECT_GE(expect_same_scores(scores_of(at("threads")), scores_of(at("ranks"))), 60U);
  // Nobody goes on with it by training.
  EXPECT_EQ(tune_with_threads(3, "ranks").exit_code, 2);
  EXPECT_THAT(stepladder({"tune", "--help"}).out, ::testing::Not(HasSubstr("workload")));
}

TEST_F(Tune, has_help_with_examples) {
  for (const Arguments& arguments :
       {Arguments{"--help"}, {"tune", "--help"}, {"leaderboard", "--help"}}) {
    const Finished help = stepladder(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Example"));
    EXPECT_EQ(help.err, "");
  }
  EXPECT_THAT(stepladder({"--version"}).out, ::testing::StartsWith("stepladder "));
}

}  // namespace
}  // namespace stepladder::end_to_end
