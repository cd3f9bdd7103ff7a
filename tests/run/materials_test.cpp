// [data] in all its formats: reading, writing, complaints, and what becomes of it.
#include "stepladder/run/materials.hpp"

#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/run/trial_runner.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string with_data(const std::string& data) {
  return "name = \"table\"\n[data]\n" + data +
         "[space]\nlearning_rate = 0.1\n[model]\nhidden=[8]\n";
}

// Sorted by class; the first feature tells the classes apart, the second is constant. The file is
// of this process alone: ctest runs several of these tests at once.
class Tables : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream file(path_);
    file << "size,constant,kind\n";
    for (int row = 0; row < 90; ++row)
      file << (row < 60 ? 5 : 15) + row % 3 << ",1," << (row < 60 ? "small" : "large") << '\n';
  }
  void TearDown() override { fs::remove(path_); }
  [[nodiscard]] experiment::Experiment experiment_with(const std::string& more) const {
    return experiment::parse(
        with_data("format = \"csv\"\ntrain = \"" + path_.string() + "\"\n" + more));
  }
  [[nodiscard]] Materials materials(const std::string& more) const {
    return gather(experiment_with("prune_rows = 12\nfinal_rows = 9\ntest_rows = 15\n" + more));
  }
  // Of twice as many rows, that is of 270.
  void add_rows() const {
    std::ofstream file(path_, std::ios::app);
    for (int row = 0; row < 180; ++row) file << row << ",1,large\n";
  }

 private:
  fs::path path_ =
      fs::path(::testing::TempDir()) / ("materials_test-" + std::to_string(::getpid()) + ".csv");
};

wire::PartRows counts_of(const Materials& table) {
  wire::PartRows rows = opened_by(table).rows;
  rows.prune_by_class.clear();
  return rows;
}

TEST_F(Tables, give_their_test_rows_to_the_test_part) {
  const Materials table = materials("");
  EXPECT_EQ(table.split.test.size(), 15U);
  EXPECT_EQ(counts_of(table), (wire::PartRows{.train = 54, .prune = 12, .final = 9, .test = 15}));
}

// 15 % of 270 rows are 40.5.
TEST_F(Tables, GiveEachPartAShareOfTheRows) {
  add_rows();
  const Materials table = gather(experiment_with("final_rows = 50\n"));
  EXPECT_EQ(counts_of(table), (wire::PartRows{.train = 140, .prune = 40, .final = 50, .test = 40}));
  for (const char* line : {"\nlabel = 2\n", "\ntest_rows = 40\nprune_rows = 40\nfinal_rows = 50\n"})
    EXPECT_THAT(experiment::to_toml(table.experiment), HasSubstr(line));
  // What was settled reads back as it is.
  EXPECT_EQ(experiment::to_toml(experiment::parse(experiment::to_toml(table.experiment))),
            experiment::to_toml(table.experiment));
}

TEST_F(Tables, AreRefusedWhereTheSharesAreTooSmall) {
  try {
    static_cast<void>(gather(experiment_with("prune_rows = 12\n")));
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "small.toml:2: the training file has 90 rows, and 15 % of them, 13, are too few to "
        "score on (30 would do); set final_rows, test_rows in [data], or use a file of 200 "
        "rows or more");
  }
}

// The journal has what was settled when the run began: the rows may have become more since.
TEST_F(Tables, StayAsTheyWereWhenTheRunBegan) {
  add_rows();
  const fs::path folder =
      fs::path(::testing::TempDir()) / ("data_section_run-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const store::RunDirectory run(folder);
  const Materials begun = gather(experiment_with(""));
  static_cast<void>(store::Journal::create(run.journal(), opened_by(begun)));
  add_rows();
  experiment::Experiment resumed = experiment_with("");
  take_settled(run, resumed);
  EXPECT_EQ(experiment::to_toml(resumed), experiment::to_toml(begun.experiment));
  EXPECT_EQ(experiment::to_toml(gather(resumed).experiment), experiment::to_toml(begun.experiment));
  // What the file says now is not overruled.
  experiment::Experiment other = experiment_with("prune_rows = 41\nlabel = \"kind\"\n");
  take_settled(run, other);
  EXPECT_EQ(other.data.prune_rows, 41);
  EXPECT_EQ(other.data.final_rows, 40);
  EXPECT_TRUE(
      std::holds_alternative<std::string>(*std::get<data::CsvFiles>(other.data.files).label));
  fs::remove_all(folder);
}

TEST_F(Tables, HaveAnOutlineThatSplitsAndCountsAlike) {
  add_rows();
  const Materials whole = gather(experiment_with("stratified = true\n"));
  const Materials outline = gather(experiment_with("stratified = true\n"), data::Contents::outline);
  EXPECT_EQ(outline.split, whole.split);
  EXPECT_EQ(to_text(*outline.summary), to_text(*whole.summary));
  EXPECT_EQ(experiment::to_toml(outline.experiment), experiment::to_toml(whole.experiment));
  EXPECT_TRUE(outline.data.train.reals.empty());
}

TEST_F(Tables, keep_the_shares_of_the_classes_where_asked_to) {
  const Materials table = materials("stratified = true\n");
  for (const auto& [part, expected] :
       {std::pair{&table.split.prune, 8.0}, {&table.split.final, 6.0}, {&table.split.test, 10.0}}) {
    double small = 0;
    for (const std::uint32_t row : *part) small += row < 60 ? 1 : 0;
    EXPECT_NEAR(small, expected, 1.0);
  }
}

TEST_F(Tables, are_standardised_on_their_training_rows) {
  const Materials table = materials("");
  double sum = 0;
  const data::Rows rows = table.data.train_rows();
  for (const std::uint32_t row : table.split.train)
    sum += static_cast<double>((rows.real_row(row)[0] + rows.shifts[0]) * rows.scales[0]);
  EXPECT_NEAR(sum, 0, 1e-4);
  EXPECT_EQ(rows.scales[1], 0.0F);
}

TEST_F(Tables, are_learnt_and_scored_on_every_part) {
  const Materials table = materials("");
  const fs::path folder =
      fs::path(::testing::TempDir()) / ("materials_test-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  TrialRunner runner(table, store::Checkpoints(folder));
  for (const Part part : {Part::prune, Part::final, Part::test}) {
    const fleet::Result result = runner({.lease = LeaseId{1},
                                         .trial = TrialId{0},
                                         .configuration = {{{"learning_rate", Value{0.1}}}},
                                         .from = 0,
                                         .to = 200,
                                         .horizon = 200,
                                         .part = part},
                                        [](Steps) { return true; });
    EXPECT_EQ(std::get<Score>(result.outcome)[0], 1.0);
  }
  fs::remove_all(folder);
}

TEST_F(Tables, complain_of_parts_that_leave_nothing_to_train_on) {
  try {
    experiment::Experiment e = materials("").experiment;
    e.data.test_rows = 69;
    static_cast<void>(gather(e));
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), StartsWith("small.toml:2: prune_rows = 12, final_rows = 9 and "
                                         "test_rows = 69 leave nothing to train on of the 90"));
  }
}

}  // namespace
}  // namespace stepladder::run
