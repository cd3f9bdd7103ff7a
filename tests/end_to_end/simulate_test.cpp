// `stepladder plan` and `stepladder simulate`, and what the other commands make of a simulated run.
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
using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> keys_of(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

// Thirty curves of nine epochs; row 7 is the best, row 3 diverges in epoch 2.
std::string curves() {
  std::string text = "id,rate,m1,m2,m3,m4,m5,m6,m7,m8,m9\n";
  for (int row = 0; row < 30; ++row) {
    text += std::to_string(row) + ",0.1";
    for (int epoch = 1; epoch <= 9; ++epoch)
      text += row == 3 && epoch > 1
                  ? ",nan"
                  : ',' + std::to_string((10.0 + (row + 23) % 30) / (epoch + 1.0));
    text += '\n';
  }
  return text;
}

class Commands : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    write_file(at("curves.csv"), curves());
    write_file(at("table.toml"), "[schedule]\neta = 3\nmin_steps = 1\nmax_steps = 100\n");
  }
  [[nodiscard]] Finished simulate(const Arguments& more, const char* file = "table.toml") const {
    Arguments all = {"simulate", at(file).string(), "--workers", "4"};
    all.insert(all.end(), more.begin(), more.end());
    return stepladder(all);
  }
  [[nodiscard]] Finished simulate_table(const Arguments& more) const {
    Arguments all = {"--curves", at("curves.csv").string()};
    all.insert(all.end(), more.begin(), more.end());
    return simulate(all);
  }
  void expect_refused(const Finished& finished, const std::string& part) const {
    EXPECT_EQ(finished.exit_code, 2) << finished.out;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, StartsWith("stepladder: "));
    EXPECT_THAT(finished.err, HasSubstr(part));
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
};

TEST_F(Commands, simulate_a_table_of_curves) {
  const Finished finished = simulate_table({"--goal", "min", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const ordered_json json = ordered_json::parse(finished.out);
  EXPECT_THAT(keys_of(json), ElementsAre("best_score", "best_trial", "epochs_spent", "makespan_s",
                                         "utilisation", "rungs", "trials", "assignments"));
  EXPECT_EQ(json["best_trial"], 7);
  EXPECT_DOUBLE_EQ(json["best_score"], 1.0);  // 10 / (9 + 1)
  ASSERT_EQ(json["rungs"].size(), 3U);        // max_steps is cut to the nine epochs
  EXPECT_EQ(json["rungs"][0], (ordered_json{{"bracket", 0}, {"steps", 1}, {"trials", 30}}));
  EXPECT_EQ(json["rungs"][2]["steps"], 9);
  ASSERT_EQ(json["trials"].size(), 30U);  // trials are cut to the rows
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(json["trials"][i]["id"], i);
    EXPECT_THAT(keys_of(json["trials"][i]), ElementsAre("id", "steps", "score", "status"));
  }
  EXPECT_EQ(json["trials"][7]["status"], "finished");
  EXPECT_EQ(json["trials"][7]["steps"], 9);
  std::int64_t epochs = 0;
  for (const ordered_json& a : json["assignments"]) {
    EXPECT_THAT(keys_of(a), ElementsAre("trial", "from", "to"));
    epochs += a["to"].get<std::int64_t>() - a["from"].get<std::int64_t>();
  }
  EXPECT_EQ(json["epochs_spent"], epochs);
  EXPECT_GT(json["utilisation"], 0.5);
  EXPECT_LE(json["utilisation"], 1.0);
  EXPECT_EQ(simulate_table({"--goal", "min", "--json"}).out, finished.out);
}

TEST_F(Commands, simulate_for_the_largest_metric_where_told) {
  const ordered_json json = ordered_json::parse(simulate_table({"--goal", "max", "--json"}).out);
  EXPECT_EQ(json["best_trial"], 6);
  EXPECT_DOUBLE_EQ(json["best_score"], 3.9);
}

TEST_F(Commands, simulate_in_brief) {
  const Finished finished = simulate_table({"--json", "--brief"});
  EXPECT_THAT(keys_of(ordered_json::parse(finished.out)),
              ElementsAre("best_score", "best_trial", "epochs_spent", "makespan_s", "utilisation",
                          "rungs"));
  const Finished text = simulate_table({});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, HasSubstr("Best: trial 7 with score 1"));
}

TEST_F(Commands, simulate_without_a_table_in_every_mode) {
  for (const char* mode : {"asha", "asha_stopping", "hyperband_async", "successive_halving",
                           "hyperband", "pasha", "random", "top_k"})
    for (const char* budget : {"schedule.trials=20", "schedule.total_steps=20000"}) {
      const Finished finished =
          simulate({"--json", "--set", std::string("schedule.mode=") + mode, "--set", budget,
                    "--set", "schedule.min_steps=100", "--set", "schedule.max_steps=2700", "--set",
                    "schedule.confirmation_seeds=0", "--set", "schedule.audit_fraction=0"});
      ASSERT_EQ(finished.exit_code, 0) << mode << ' ' << budget << finished.err;
      const ordered_json json = ordered_json::parse(finished.out);
      EXPECT_TRUE(json["best_score"].is_number()) << mode;
      EXPECT_EQ(json["trials"][json["best_trial"].get<std::size_t>()]["steps"], 2700) << mode;
      if (std::string(budget) == "schedule.total_steps=20000") {
        EXPECT_LE(json["epochs_spent"], 20000 + 4 * 2700) << mode;
        EXPECT_GT(json["epochs_spent"], 15000) << mode;
      }
    }
}

TEST_F(Commands, SimulateEveryConfigurationOnce) {
  for (const char* mode : {"asha", "asha_stopping", "hyperband_async", "successive_halving",
                           "hyperband", "pasha", "random", "top_k"})
    for (const char* search : {"sobol", "random", "grid"})
      for (const char* budget : {"schedule.trials=20", "schedule.total_steps=100000"}) {
        const Finished finished =
            simulate({"--json", "--set", std::string("schedule.mode=") + mode, "--set", budget,
                      "--set", std::string("schedule.search=") + search, "--set",
                      "space.learning_rate={choices=[0.1,0.01]}", "--set",
                      "space.optimizer={choices=['sgd','adam','adamw']}", "--set",
                      "schedule.confirmation_seeds=0"});
        ASSERT_EQ(finished.exit_code, 0) << mode << ' ' << budget << finished.err;
        EXPECT_EQ(ordered_json::parse(finished.out)["trials"].size(), 6U) << mode << ' ' << budget;
      }
}

// A hyperband without a number of trials runs one round: of the ladder that the table allows.
TEST_F(Commands, simulate_one_round_of_hyperband_on_the_tables_ladder) {
  const Finished finished =
      simulate_table({"--json", "--brief", "--set", "schedule.mode=hyperband"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const ordered_json json = ordered_json::parse(finished.out);
  std::int64_t begun = 0;
  for (const ordered_json& rung : json["rungs"])
    if (rung["bracket"] == 0 || rung["bracket"] == 1 || rung["bracket"] == 2)
      begun += rung["steps"] == (rung["bracket"] == 0   ? 1
                                 : rung["bracket"] == 1 ? 3
                                                        : 9)
                   ? rung["trials"].get<std::int64_t>()
                   : 0;
  EXPECT_EQ(begun, 9 + 5 + 3);
  EXPECT_EQ(json["rungs"].size(), 3U + 2 + 1);
}

TEST_F(Commands, simulate_disturbances) {
  const auto run = [&](const Arguments& more) {
    Arguments all = {"--json", "--brief"};
    all.insert(all.end(), more.begin(), more.end());
    return ordered_json::parse(simulate_table(all).out);
  };
  const ordered_json calm = run({});
  EXPECT_GT(run({"--straggling", "2"})["makespan_s"], calm["makespan_s"]);
  EXPECT_GT(run({"--report-delay", "3"})["makespan_s"], calm["makespan_s"]);
  EXPECT_GT(run({"--loss", "0.3", "--away", "5"})["epochs_spent"], calm["epochs_spent"]);
}

TEST_F(Commands, a_simulated_run_is_a_run) {
  const std::string run = at("run").string();
  ASSERT_EQ(simulate_table({"--run-dir", run}).exit_code, 0);
  const Finished board = stepladder({"leaderboard", run, "--format", "json"});
  ASSERT_EQ(board.exit_code, 0) << board.err;
  EXPECT_EQ(board.out, read_file(at("run") / "leaderboard.json"));
  EXPECT_EQ(ordered_json::parse(board.out)["finished"], true);
  const Finished replay = stepladder({"replay", run});
  EXPECT_EQ(replay.exit_code, 0) << replay.err;
  EXPECT_THAT(replay.out, StartsWith("identical: "));

  // By the journal: nobody has written how it ended, nor any checkpoint.
  EXPECT_THAT(stepladder({"status", run}).out, StartsWith(run + ": finished\n"));

  const Finished winner = stepladder({"explain", run, "7"});
  EXPECT_EQ(winner.exit_code, 0) << winner.err;
  EXPECT_THAT(winner.out, HasSubstr("it was chosen as the winner"));
  EXPECT_THAT(winner.out, HasSubstr("It reached the last rung."));
  const Finished pruned = stepladder({"explain", run, "6"});
  EXPECT_THAT(pruned.out, HasSubstr("to be among them; it had score 19.5"));
  EXPECT_EQ(stepladder({"explain", run, "29"}).exit_code, 0);
  expect_refused(stepladder({"explain", run, "30"}), "Trial 30 was not started");
  // It is written once.
  expect_refused(simulate_table({"--run-dir", run}), "holds a run already");
}

// No row was scored, so no error is claimed and no rows are counted; and trials differ in
// something.
TEST_F(Commands, a_made_up_run_searches_the_learning_rate) {
  write_file(at("made-up.toml"), "[schedule]\nmin_steps = 1\nmax_steps = 9\ntrials = 9\n");
  ASSERT_EQ(simulate({"--run-dir", at("run").string()}, "made-up.toml").exit_code, 0);
  const std::string board = read_file(at("run") / "leaderboard.txt");
  EXPECT_THAT(board, HasSubstr("learning_rate=0."));
  EXPECT_THAT(board, ::testing::Not(HasSubstr("± 0.0")));
  EXPECT_THAT(board, ::testing::Not(::testing::ContainsRegex("[0-9] rows")));
  EXPECT_THAT(board, ::testing::Not(HasSubstr("With 1 steps")));
  EXPECT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0);
}

TEST_F(Commands, a_divergence_is_explained) {
  const std::string run = at("run").string();
  ASSERT_EQ(simulate_table({"--run-dir", run, "--set", "schedule.min_steps=3"}).exit_code, 0);
  EXPECT_THAT(stepladder({"explain", run, "3"}).out, HasSubstr("diverged at step 2"));
}

TEST_F(Commands, simulate_refuses_what_it_cannot_do) {
  expect_refused(simulate({"--curves", at("none.csv").string()}), "none.csv: cannot be read");
  write_file(at("curves.csv"), "id,m1\n1,x\n");
  expect_refused(simulate_table({}), "curves.csv:2: \"x\" is not a number");
  write_file(at("curves.csv"), "id,m1\n1,2\n");
  expect_refused(simulate_table({"--set", "schedule.min_steps=2"}),
                 "min_steps = 2, but the curves of");
  expect_refused(simulate_table({"--goal", "best"}), "--goal");
  expect_refused(simulate_table({"--loss", "2"}), "--loss");
  expect_refused(simulate_table({"--away", "nan"}), "nan is no number from 0 to 1e+09");
  expect_refused(simulate({}, "none.toml"), "none.toml: cannot be read");
  expect_refused(stepladder({"simulate", at("table.toml").string()}), "--workers");
  expect_refused(stepladder({"simulate", at("table.toml").string(), "--workers", "0"}),
                 "--workers");
}

TEST_F(Commands, plan_with_the_keys_of_the_manual) {
  const Finished finished = stepladder({"plan", at("small.toml").string(), "--workers", "1",
                                        "--workers", "6", "--seconds-per-step", "0.01", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const ordered_json json = ordered_json::parse(finished.out);
  EXPECT_THAT(keys_of(json),
              ElementsAre("data", "brackets", "workers", "warnings", "confirmation"));
  EXPECT_EQ(json["data"], (ordered_json{{"train", 200},
                                        {"prune", 100},
                                        {"final", 100},
                                        {"test", 100},
                                        {"features", 36},
                                        {"classes", 3}}));
  ASSERT_EQ(json["brackets"].size(), 1U);
  EXPECT_THAT(keys_of(json["brackets"][0]), ElementsAre("bracket", "share", "rungs"));
  EXPECT_EQ(json["brackets"][0]["share"], 1.0);
  EXPECT_EQ(json["brackets"][0]["rungs"][0], (ordered_json{{"steps", 100}, {"trials", 18}}));
  ASSERT_EQ(json["workers"].size(), 2U);
  for (const ordered_json& w : json["workers"]) {
    EXPECT_THAT(keys_of(w),
                ElementsAre("workers", "steps", "audit_steps", "core_hours", "makespan_s",
                            "makespan_min_s", "utilisation", "checkpoint_bytes"));
    EXPECT_NEAR(w["core_hours"].get<double>(),
                w["workers"].get<double>() * w["makespan_s"].get<double>() / 3600, 1e-9);
    EXPECT_GT(w["checkpoint_bytes"], 0);
  }
  EXPECT_GT(json["workers"][0]["makespan_s"], json["workers"][1]["makespan_s"]);
  EXPECT_NEAR(json["workers"][0]["utilisation"], 1, 1e-9);
  EXPECT_TRUE(json["warnings"].empty());
  const Finished unconfirmed =
      stepladder({"plan", at("small.toml").string(), "--workers", "1", "--seconds-per-step", "0.01",
                  "--json", "--set", "schedule.confirmation_seeds=0"});
  EXPECT_THAT(keys_of(ordered_json::parse(unconfirmed.out)),
              ElementsAre("data", "brackets", "workers", "warnings"));
}

TEST_F(Commands, plan_warns_about_plans_that_make_no_sense) {
  const auto warnings = [&](const Arguments& more) {
    Arguments all = {"plan", at("small.toml").string(), "--seconds-per-step", "0.01", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    const Finished finished = stepladder(all);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return ordered_json::parse(finished.out)["warnings"].dump();
  };
  EXPECT_THAT(warnings({"--workers", "30"}), HasSubstr("30 workers but only 18 trials"));
  EXPECT_THAT(warnings({"--workers", "2", "--set", "schedule.trials=2"}),
              HasSubstr("no trial is promoted to 900 steps: 2 begin, and each of the 2 rungs below "
                        "promotes 1 in 3, but the best one is carried on there"));
  EXPECT_EQ(warnings({"--workers", "2"}), "[]");
}

// The file that the same experiment's trials leave is the oracle.
TEST_F(Commands, PlanKnowsTheSizeOfACheckpoint) {
  const Arguments adam = {"--set", "space.optimizer=adam", "--set", "schedule.trials=1"};
  Arguments plan = {"plan", experiment(), "--workers", "1", "--seconds-per-step", "1", "--json"};
  plan.insert(plan.end(), adam.begin(), adam.end());
  const ordered_json json = ordered_json::parse(stepladder(plan).out);
  const auto trainings = 1 + json["confirmation"]["finalists"].get<std::uintmax_t>() *
                                 json["confirmation"]["seeds"].get<std::uintmax_t>();
  ASSERT_EQ(tune_with_threads(1, "run", adam).exit_code, 0);
  std::uintmax_t largest = 0;
  for (const auto& file : std::filesystem::directory_iterator(at("run") / "checkpoints"))
    largest = std::max(largest, file.file_size());
  EXPECT_EQ(json["workers"][0]["checkpoint_bytes"].get<std::uintmax_t>() / trainings, largest);
}

// Both look at the data, and complain as tune does.
TEST_F(Commands, PlanAndDoctorReadWhatTuneReads) {
  const std::string data =
      "data: 500 rows (200 train, 100 prune, 100 final, 100 test), 36 features, 3 classes\n";
  EXPECT_THAT(tune_with_threads(1, "run", {"--deadline", "1"}).out, StartsWith(data));
  const Arguments plan = {"plan", experiment(), "--workers", "1", "--seconds-per-step", "1"};
  EXPECT_THAT(stepladder(plan).out, StartsWith(data));
  EXPECT_THAT(stepladder({"doctor", experiment()}).out,
              HasSubstr("data        500 rows (200 train, 100 prune, 100 final, 100 test)"));
  const auto expect_all_refuse = [&](const std::string& part) {
    const Finished tune = tune_with_threads(1, "new");
    expect_refused(tune, part);
    for (const Arguments& command : {plan, Arguments{"doctor", experiment()}}) {
      const Finished refused = stepladder(command);
      EXPECT_EQ(refused.exit_code, 2);
      EXPECT_EQ(refused.err, tune.err);
      EXPECT_EQ(refused.out, "");
    }
  };
  change_experiment("prune_rows = 100", "prune_rows = 300");
  expect_all_refuse("leave nothing to train on");
  std::filesystem::remove(at("train-images"));
  expect_all_refuse("train-images: there is no such file");
  write_file(at("small.toml"),
             "name = \"t\"\n[data]\nformat = \"csv\"\ntrain = \"t.csv\"\n"
             "label = \"kind\"\n");
  write_file(at("t.csv"), "size,sort\n1,a\n2,b\n");
  expect_all_refuse("no column is called 'kind'");
  write_file(at("t.csv"), "size,kind\n1,a\n2,b\n");
  expect_all_refuse("the training file has 2 rows");
  write_file(at("t.csv"), "size,kind\n1,a\ntall,b\n");
  expect_all_refuse("t.csv: line 3: column 0 ('size') is 'tall'");
}

TEST_F(Commands, plan_measures_where_no_time_is_given) {
  const Finished finished = stepladder({"plan", at("small.toml").string(), "--workers", "2"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("ms a step"));
  expect_refused(stepladder({"plan", at("small.toml").string()}), "--workers");
}

}  // namespace
}  // namespace stepladder::end_to_end
