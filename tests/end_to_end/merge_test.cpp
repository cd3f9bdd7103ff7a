// `stepladder merge` on real runs that differ in the seed, and on what it must refuse.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

const Arguments kShort = {"--set", "schedule.trials=6"};

class MergeCommand : public Workbench {
 protected:
  void tune(const std::string& run, const Arguments& arguments) const {
    Arguments all = kShort;
    all.insert(all.end(), arguments.begin(), arguments.end());
    ASSERT_EQ(tune_with_threads(2, run, all).exit_code, 0);
  }
  [[nodiscard]] Finished merge(const Arguments& runs, const Arguments& arguments = {}) const {
    Arguments all = {"merge"};
    for (const std::string& run : runs) all.push_back(at(run).string());
    all.insert(all.end(), arguments.begin(), arguments.end());
    return stepladder(all);
  }
};

TEST_F(MergeCommand, shows_runs_with_other_seeds_as_one_board) {
  for (const std::string seed : {"1", "2", "3"})  // whatever they are called
    tune("seed-" + seed, {"--set", "seed=" + seed, "--set", "name=\"run-" + seed + '"'});
  const Arguments runs = {"seed-1", "seed-2", "seed-3"};

  const Finished shown = merge(runs, {"--format", "json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  const json merged = json::parse(shown.out);
  EXPECT_EQ(merged["finished"], true);
  ASSERT_EQ(merged["entries"].size(), 18U);
  double sum = 0;
  std::vector<json> all;
  for (std::size_t i = 0; i < 3; ++i) {
    const json board = json::parse(read_file(at(runs[i]) / "leaderboard.json"));
    EXPECT_EQ(merged["runs"][i]["run"], runs[i]);
    EXPECT_EQ(merged["runs"][i]["best"]["trial"], board["winner"]["trial"]);
    EXPECT_EQ(merged["runs"][i]["final"], board["winner"]["final"]);
    sum += board["winner"]["final"]["scores"]["accuracy"].get<double>();
    for (json entry : board["entries"]) {
      entry["run"] = runs[i];
      all.push_back(entry);
    }
  }
  EXPECT_NEAR(merged["over_seeds"]["final"]["accuracy"]["mean"].get<double>(), sum / 3, 1e-12);
  for (const json& entry : merged["entries"])  // each is one of a run's, with its rank there
    EXPECT_NE(std::find(all.begin(), all.end(), entry), all.end()) << entry;
  for (std::size_t i = 0; i < 18; ++i) EXPECT_EQ(merged["entries"][i]["rank"], i / 3 + 1);
  EXPECT_EQ(merged["groups"].size(), 3U);  // an optimizer each

  const std::string text = merge(runs).out;
  EXPECT_THAT(text, HasSubstr("... 8 more"));
  EXPECT_THAT(text, HasSubstr("All runs together:\n" +
                              merged["answer"][0].get<std::string>().substr(0, 40)));
  EXPECT_THAT(merge(runs, {"--top", "4"}).out, HasSubstr("... 14 more"));
  const std::string csv = merge(runs, {"--format", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 19);
}

TEST_F(MergeCommand, says_which_run_is_not_finished) {
  tune("one", {"--set", "seed=1"});
  const std::unique_ptr<Process> process =
      start_threads(1, "two", {"--set", "schedule.trials=6", "--set", "seed=2"});
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("two")) >= 1; }));
  process->send(SIGTERM);
  ASSERT_EQ(process->wait().exit_code, 3);
  const Finished shown = merge({"one", "two"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("2 runs, 1 of them finished"));
  EXPECT_THAT(shown.out, HasSubstr("NOT FINISHED"));
  EXPECT_THAT(shown.out, HasSubstr("one run only: no deviation, no interval"));
}

TEST_F(MergeCommand, refuses_runs_that_do_not_belong_together) {
  tune("one", {"--set", "seed=1"});
  tune("same", {"--set", "seed=1"});
  tune("eta", {"--set", "seed=2", "--set", "schedule.eta=2"});
  tune("space", {"--set", "seed=2", "--set", "space.momentum=0.5"});
  tune("rate", {"--set", "seed=2", "--set", "space.decay_rate={ min = 0.25, max = 1.0 }"});
  write_file(at("train-images"), idx_rows(400, 3).images);
  write_file(at("train-labels"), idx_rows(400, 3).labels);
  tune("data", {"--set", "seed=2"});
  change_experiment("policy = \"exponential\"\n", "");
  change_experiment("decay_rate", "policy = \"exponential\"\ndecay_rate");
  tune("order", {"--set", "seed=2"});
  struct Refusal {
    std::string other;
    std::string why;
  };
  for (const auto& [other, why] :
       {Refusal{"same", "both have seed 1"}, Refusal{"eta", "differ in schedule.eta: 3 and 2"},
        Refusal{"space", "differ in space.momentum, which only the second has"},
        Refusal{"rate", "differ in space.decay_rate: { min = 0.5"},
        Refusal{"order", "differ in the order of space.policy and space.decay_steps"},
        Refusal{"data", "differ in the data"}, Refusal{"nowhere", "no run there"}}) {
    const Finished refused = merge({"one", other});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_THAT(refused.err, HasSubstr(at(other).string()));
    EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1);
  }
  EXPECT_THAT(merge({"one", "eta"}).err,
              HasSubstr(at("one").string() + " and " + at("eta").string() + " differ in"));
  EXPECT_THAT(merge({"space", "one"}).err, HasSubstr("momentum, which only the first has"));
  EXPECT_EQ(merge({"one"}).exit_code, 2);
}

TEST_F(MergeCommand, names_runs_by_their_folders_or_as_given_where_those_are_alike) {
  tune("a/run", {"--set", "seed=1"});
  tune("b/run", {"--set", "seed=2"});
  tune("b/other", {"--set", "seed=3"});
  EXPECT_EQ(json::parse(merge({"a/run", "b/other/"}, {"--format", "json"}).out)["runs"][1]["run"],
            "other");
  EXPECT_EQ(json::parse(merge({"a/run", "b/run"}, {"--format", "json"}).out)["runs"][1]["run"],
            at("b/run").string());
}

}  // namespace
}  // namespace stepladder::end_to_end
