#include "stepladder/run/same_run.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;
using experiment::changed;
using experiment::kSmallExperiment;
using experiment::parse;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SameRun : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(run_.root()); }
  void TearDown() override { fs::remove_all(run_.root()); }

  void begin(const std::string& recorded, const Metrics& metrics = {}) const {
    static_cast<void>(store::Journal::create(
        run_.journal(),
        {.seed = Seed{7}, .experiment = recorded, .data_checksum = 5, .metrics = metrics}));
  }
  void begin_with(const std::string& text) const {
    const experiment::Experiment begun = parse(text);
    begin(experiment::identity_of(begun), begun.plan.metrics);
  }

  // The complaint about an experiment; "" where its run goes on.
  [[nodiscard]] std::string refusal(const std::string& text, std::uint64_t checksum = 5) const {
    return refusal_of(text, checksum, [&](const std::vector<std::string>& overrides) {
      return parse(text, overrides);
    });
  }
  [[nodiscard]] std::string refusal_of(const std::string& text, std::uint64_t checksum,
                                       const WithOverrides& again) const {
    try {
      check_same_run(run_, parse(text), {.data_checksum = checksum}, again);
      return "";
    } catch (const store::StorageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("--run-dir"));
      return error.what();
    }
  }

  const store::RunDirectory run_{fs::path(::testing::TempDir()) /
                                 ("same_run_test-" + std::to_string(::getpid()))};
};

TEST_F(SameRun, IsAnyWhereThereIsNoneYet) { EXPECT_EQ(refusal(kSmallExperiment), ""); }

TEST_F(SameRun, GoesOnWithOtherPathsAndAnotherName) {
  begin_with(kSmallExperiment);
  EXPECT_EQ(refusal(kSmallExperiment), "");
  EXPECT_EQ(refusal(changed("\"train-images\"", "\"/other/place.gz\"")), "");
  EXPECT_EQ(refusal(changed("\"small\"", "\"another\"")), "");
}

TEST_F(SameRun, IsNotThatOfOtherData) {
  begin_with(kSmallExperiment);
  EXPECT_EQ(refusal(kSmallExperiment, 6),
            "small.toml:4: the run in " + run_.root().string() +
                " was started on other data: these files have other rows or labels; restore them, "
                "or choose another folder with --run-dir");
}

TEST_F(SameRun, IsNotThatOfAnotherSettingAndNamesTheOptionThatGoesOn) {
  begin_with(kSmallExperiment);
  EXPECT_EQ(refusal(changed("hidden = [8]", "hidden = [9, 8]")),
            "small.toml:14: model.hidden is [9, 8] here, but [8] in the run in " +
                run_.root().string() +
                "; to go on with that run, add --set 'model.hidden=[8]'; to begin another, choose "
                "another folder with --run-dir");
  EXPECT_THAT(refusal(changed("batch = 16\n", "")),
              StartsWith("small.toml: model.batch is 128 by default, but 16 in the run in "));
}

// Of a text too: the shell takes the quotes of '...' away, and what is between them as it is.
TEST_F(SameRun, NamesOptionsAsAShellTakesThem) {
  const std::string table = "name = \"t\"\n[data]\nformat = \"csv\"\ntrain = \"t.csv\"\n";
  const std::string rest = "[space]\nlearning_rate = 0.1\n";
  begin_with(table + "label = \"it's\"\n" + rest);
  EXPECT_THAT(refusal(table + "label = 1\n" + rest),
              HasSubstr("add --set 'data.label=\"it'\\''s\"';"));
}

TEST_F(SameRun, NamesNoOptionsThatDoNotGoOn) {
  begin_with(kSmallExperiment);
  const std::string other = changed("eta = 3", "eta = 4");
  for (const WithOverrides& again :
       {WithOverrides(), WithOverrides([&](const auto&) { return parse(other); }),
        WithOverrides([](const auto&) -> experiment::Experiment { throw InputError("no"); })}) {
    const std::string complaint = refusal_of(other, 5, again);
    EXPECT_THAT(complaint, Not(HasSubstr("--set")));
    EXPECT_THAT(complaint, HasSubstr("make the settings as they are in " +
                                     (run_.root() / "experiment.toml").string()));
  }
}

TEST_F(SameRun, ListsTheFirstOfManyDifferences) {
  begin_with(kSmallExperiment);
  std::string text = kSmallExperiment;
  for (const auto& [old, other] : {std::pair{"seed = 7", "seed = 8"},
                                   {"hidden = [8]", "hidden = [9]"},
                                   {"batch = 16", "batch = 17"},
                                   {"eta = 3", "eta = 4"},
                                   {"min_steps = 10", "min_steps = 11"},
                                   {"audit_fraction = 0.25", "audit_fraction = 0.5"},
                                   {"metric = \"loss\"", "metric = \"accuracy\""}})
    text.replace(text.find(old), std::string(old).size(), other);
  const std::string complaint = refusal(text);
  EXPECT_THAT(complaint, StartsWith("small.toml:2: seed is 8 here, but 7 in the run in "));
  EXPECT_THAT(complaint, HasSubstr("; also different: model.hidden (small.toml:14), model.batch "));
  EXPECT_THAT(complaint, HasSubstr(" and 2 more; to go on with that run, make the settings as "));
}

TEST_F(SameRun, IsNotThatOfAnotherVersionsExperiment) {
  begin("name = \"small\"\nnovelty = 1\n");
  EXPECT_THAT(refusal(kSmallExperiment), HasSubstr("is of another version of this program"));
}

TEST_F(SameRun, IsNotKnownFromADamagedJournal) {
  store::write_atomically(run_.journal(), "garbage\n");
  EXPECT_THROW(check_same_run(run_, parse(kSmallExperiment), {}), store::StorageError);
}

}  // namespace
}  // namespace stepladder::run
