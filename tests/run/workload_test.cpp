#include "stepladder/run/workload.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/run/ranks.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;

// A table of 90 rows in a folder of its own.
class Workloads : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    std::ofstream file(table());
    file << "size,kind\n";
    for (int row = 0; row < 90; ++row)
      file << (row < 60 ? 5 : 15) + row % 3 << ',' << (row < 60 ? "small" : "large") << '\n';
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path table() const { return folder_ / "table.csv"; }
  [[nodiscard]] store::RunDirectory run() const { return store::RunDirectory(folder_ / "run"); }
  [[nodiscard]] experiment::Experiment experiment() const {
    return experiment::parse("name = \"table\"\n[data]\nformat = \"csv\"\ntrain = \"" +
                             table().string() +
                             "\"\nprune_rows = 12\nfinal_rows = 9\ntest_rows = 15\n"
                             "[space]\nlearning_rate = 0.1\n[model]\nhidden=[8]\n");
  }

 private:
  fs::path folder_ =
      fs::path(::testing::TempDir()) / ("workload_test-" + std::to_string(::getpid()));
};

Assignment ten_steps() {
  return {.lease = LeaseId{1},
          .trial = TrialId{0},
          .configuration = {{{"learning_rate", 0.1}}},
          .from = 0,
          .to = 10,
          .horizon = 10};
}

Outcome outcome_of(Workload& workload, const store::RunDirectory& run) {
  return workload.make_train(run)(ten_steps(), [](Steps) { return true; }).outcome;
}

TEST_F(Workloads, OfPerceptronsTrainTheSameOnEveryRankThatReadsTheSame) {
  const auto first = make_workload(WorkloadKind::mlp);
  first->prepare(experiment(), run());
  const auto second = make_workload(WorkloadKind::mlp);
  second->follow(experiment(), true, first->opened().data_checksum);
  EXPECT_EQ(first->opened(), second->opened());
  EXPECT_TRUE(first->checkpoints().has_value());
  EXPECT_THAT(first->data_text(), ::testing::StartsWith("data: "));
  run().create();
  const Outcome outcome = outcome_of(*first, run());
  EXPECT_TRUE(std::holds_alternative<Score>(outcome));
  fs::remove_all(run().checkpoints());
  fs::create_directories(run().checkpoints());
  EXPECT_EQ(outcome, outcome_of(*second, run()));
}

TEST_F(Workloads, OfPerceptronsRefuseOtherDataThanRankZeros) {
  const auto first = make_workload(WorkloadKind::mlp);
  first->prepare(experiment(), run());
  std::ofstream(table(), std::ios::app) << "7,small\n";
  const auto other = make_workload(WorkloadKind::mlp);
  EXPECT_THROW(other->follow(experiment(), true, first->opened().data_checksum), InputError);
  // Who is not the keeper of its node reads nothing.
  EXPECT_NO_THROW(other->follow(experiment(), false, first->opened().data_checksum));
}

TEST_F(Workloads, ThatAreIdleNeedNoDataAndScoreTheSame) {
  const auto first = make_workload(WorkloadKind::idle);
  const auto second = make_workload(WorkloadKind::idle);
  fs::remove(table());
  first->prepare(experiment(), run());
  second->follow(experiment(), true, 0);
  EXPECT_EQ(first->level(), "none");
  EXPECT_EQ(first->data_text(), "");
  EXPECT_EQ(first->checkpoints(), std::nullopt);
  const Outcome outcome = outcome_of(*first, run());
  EXPECT_TRUE(std::holds_alternative<Score>(outcome));
  EXPECT_EQ(outcome, outcome_of(*second, run()));
}

}  // namespace
}  // namespace stepladder::run
