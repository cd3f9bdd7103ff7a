// What a run is, and so what goes on with it: a project that was moved, data files that were moved,
// linked, renamed or compressed, another name. Anything else that differs is refused with its line.
#include <algorithm>
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
using ::testing::Not;
using ::testing::StartsWith;

// A project folder of its own, with a run that was stopped.
class SameRun : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    fs::create_directories(at("project"));
    for (const char* file :
         {"small.toml", "train-images", "train-labels", "test-images", "test-labels"})
      fs::rename(at(file), at("project") / file);
    const std::unique_ptr<Process> process = start(command("project"));
    ASSERT_TRUE(process->wait_until([&] { return reports_in(at("project/run")) >= 1; }));
    process->send(SIGTERM);
    ASSERT_EQ(process->wait().exit_code, 3);
  }

  // In the folder: `tune small.toml --threads 2 --run-dir run ARGUMENTS`
  [[nodiscard]] Arguments command(const std::string& project) const {
    return {STEPLADDER_PROGRAM,
            "tune",
            (at(project) / "small.toml").string(),
            "--threads",
            "2",
            "--run-dir",
            (at(project) / "run").string()};
  }
  [[nodiscard]] Finished tune(const std::string& project, const Arguments& arguments = {}) const {
    Arguments all = command(project);
    all.insert(all.end(), arguments.begin(), arguments.end());
    return start(all)->wait();
  }
  [[nodiscard]] Finished tune_by_ranks(const std::string& project) const {
    return start({MPIRUN_PROGRAM, "--oversubscribe", "--bind-to", "none", "-n", "3",
                  STEPLADDER_PROGRAM, "tune", (at(project) / "small.toml").string(), "--run-dir",
                  (at(project) / "run").string()},
                 {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"})
        ->wait();
  }
  void change(const std::string& project, const std::string& old,
              const std::string& replacement) const {
    const fs::path file = at(project) / "small.toml";
    std::string text = read_file(file);
    const std::size_t found = text.find(old);
    ASSERT_NE(found, std::string::npos) << old;
    write_file(file, text.replace(found, old.size(), replacement));
  }
  void expect_goes_on(const std::string& project, const Arguments& arguments = {}) const {
    expect_went_on(project, tune(project, arguments));
  }
  void expect_went_on(const std::string& project, const Finished& finished) const {
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("Resumed."));
    EXPECT_TRUE(fs::exists(at(project) / "run/best/model.checkpoint"));
    EXPECT_THAT(stepladder({"replay", (at(project) / "run").string()}).out, HasSubstr("identical"));
  }
  // Of the project, with nothing changed; returns what was complained of, after "stepladder: ".
  [[nodiscard]] std::string refusal(const Arguments& arguments = {}) const {
    const auto before = files_under(at("project"));
    const Finished refused = tune("project", arguments);
    EXPECT_EQ(refused.exit_code, 2) << refused.err;
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
    EXPECT_EQ(files_under(at("project")), before);
    EXPECT_THAT(refused.err, StartsWith("stepladder: "));
    return refused.err.substr(std::string("stepladder: ").size());
  }
  [[nodiscard]] std::string line_with(const std::string& part) const {
    const std::string text = read_file(at("project/small.toml"));
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(part));
    return at("project/small.toml").string() + ':' +
           std::to_string(1 + std::count(text.begin(), end, '\n')) + ": ";
  }
};

TEST_F(SameRun, GoesOnWhereTheWholeProjectWasMoved) {
  fs::rename(at("project"), at("moved"));
  const Arguments commands = {"status", "leaderboard", "report", "replay"};
  for (const std::string& command : commands)
    EXPECT_EQ(stepladder({command, at("moved/run").string()}).exit_code, 0) << command;
  expect_goes_on("moved");
  for (const std::string& command : commands)
    EXPECT_EQ(stepladder({command, at("moved/run").string()}).exit_code, 0) << command;
  EXPECT_EQ(stepladder({"explain", at("moved/run").string(), "0"}).exit_code, 0);
  const std::string written = read_file(at("moved/run/experiment.toml"));
  EXPECT_THAT(written, HasSubstr(at("moved/train-images").string()));
  EXPECT_THAT(written, Not(HasSubstr(at("project").string())));
}

TEST_F(SameRun, GoesOnByRanksWhichReadTheMovedFiles) {
  fs::rename(at("project"), at("moved"));
  expect_went_on("moved", tune_by_ranks("moved"));
}

TEST_F(SameRun, GoesOnInACopyWithoutItsLock) {
  fs::copy(at("project"), at("copy"), fs::copy_options::recursive);
  fs::remove(at("copy/run/lock"));
  fs::remove(at("project/train-images"));
  expect_goes_on("copy");
}

TEST_F(SameRun, GoesOnThroughALinkedFolder) {
  fs::create_directory_symlink(at("project"), at("link"));
  expect_goes_on("link");
}

TEST_F(SameRun, GoesOnWhereDataFilesAreRenamedCompressedOrLinked) {
  fs::rename(at("project/train-labels"), at("elsewhere"));
  change("project", "\"train-labels\"", "\"../elsewhere\"");
  write_gzip(at("project/images.gz"), read_file(at("project/train-images")));
  fs::remove(at("project/train-images"));
  change("project", "\"train-images\"", "\"images.gz\"");
  fs::create_symlink(at("project/test-labels"), at("project/link"));
  change("project", "\"test-labels\"", "\"link\"");
  expect_goes_on("project");
}

// Its scores are those of a run that was never moved.
TEST_F(SameRun, ScoresAsItWouldHaveWithoutTheMove) {
  fs::copy(at("project"), at("moved"), fs::copy_options::recursive);
  fs::rename(at("moved/train-images"), at("moved/images"));
  change("moved", "\"train-images\"", "\"images\"");
  expect_goes_on("moved");
  expect_goes_on("project");
  EXPECT_GE(expect_same_scores(scores_of(at("moved/run")), scores_of(at("project/run"))), 18U);
}

TEST_F(SameRun, KeepsTheNameItWasBegunWith) {
  const Finished finished = tune("project", {"--set", "name=other"});
  expect_went_on("project", finished);
  EXPECT_THAT(finished.err, HasSubstr("--set name=other: the run in " + at("project/run").string() +
                                      " was begun as \"small\" and keeps that name"));
  EXPECT_THAT(read_file(at("project/run/experiment.toml")), HasSubstr("name = \"small\""));
  const std::string shown =
      stepladder({"leaderboard", at("project/run").string(), "--format", "json"}).out;
  EXPECT_EQ(shown, read_file(at("project/run/leaderboard.json")));
  EXPECT_THAT(shown, HasSubstr("\"small\""));
}

TEST_F(SameRun, IsRefusedForAnotherRangeWithTheOptionThatGoesOn) {
  change("project", "min = 1e-4", "min = 1e-3");
  EXPECT_EQ(
      refusal(),
      line_with("learning_rate") +
          "space.learning_rate is { min = 0.001, max = 0.1, scale = \"log\" } here, but { "
          "min = 1e-04, max = 0.1, scale = \"log\" } in the run in " +
          at("project/run").string() +
          "; to go on with that run, add --set 'space.learning_rate={ min = 1e-04, max = "
          "0.1, scale = \"log\" }'; to begin another, choose another folder with --run-dir\n");
  expect_goes_on("project",
                 {"--set", "space.learning_rate={ min = 1e-04, max = 0.1, scale = \"log\" }"});
}

TEST_F(SameRun, IsRefusedForSeveralSettingsWithTheirPlaces) {
  change("project", "batch = 64", "batch = 32");
  change("project", "eta = 3\n", "");  // which is the default
  const std::string complaint =
      refusal({"--set", "seed=6", "--set", "schedule.mode=asha_stopping"});
  EXPECT_THAT(complaint, StartsWith("--set seed=6: seed is 6 here, but 5 in the run in "));
  std::string place = line_with("batch = 32");
  place.resize(place.size() - 2);
  EXPECT_THAT(complaint,
              HasSubstr("; also different: model.batch (" + place +
                        "), schedule.mode (--set schedule.mode=asha_stopping); to go on"));
  EXPECT_THAT(complaint, HasSubstr("add --set seed=5 --set model.batch=64 --set "
                                   "'schedule.mode=\"asha\"'; to begin another"));
  expect_goes_on("project", {"--set", "seed=6", "--set", "seed=5", "--set",
                             "schedule.mode=\"asha\"", "--set", "model.batch=64"});
}

TEST_F(SameRun, IsRefusedForADefaultThatDiffers) {
  change("project", "batch = 64\n", "");
  EXPECT_THAT(refusal(), StartsWith(at("project/small.toml").string() +
                                    ": model.batch is 128 by default, but 64 in the run in "));
}

TEST_F(SameRun, IsRefusedForASettingThatItHasNot) {
  change("project", "optimizer = ", "l2 = 0.1\noptimizer = ");
  EXPECT_EQ(refusal(), line_with("l2 = ") + "space.l2 is 0.1, but the run in " +
                           at("project/run").string() +
                           " has none; to go on with that run, remove it; to begin another, choose "
                           "another folder with --run-dir\n");
}

TEST_F(SameRun, IsRefusedForAnotherOrderOfTheSpace) {
  change("project", "policy = \"exponential\"\n", "");
  change("project", "decay_rate", "policy = \"exponential\"\ndecay_rate");
  EXPECT_EQ(refusal(),
            line_with("decay_steps") + "space.decay_steps stands where the run in " +
                at("project/run").string() +
                " has policy; to go on with that run, make the settings as they are in " +
                at("project/run/experiment.toml").string() +
                "; to begin another, choose another folder with --run-dir\n");
}

TEST_F(SameRun, IsRefusedWithoutItsTestFile) {
  change("project", "test_images = \"test-images\"\n", "");
  change("project", "test_labels = \"test-labels\"\n", "");
  const std::string complaint = refusal();
  EXPECT_THAT(complaint, HasSubstr("data.test_images is not given, but is \"" +
                                   at("project/test-images").string() + "\" in the run in "));
}

TEST_F(SameRun, IsRefusedOnOtherRowsWhateverTheirFilesAreCalled) {
  std::string pixels = read_file(at("project/test-images"));
  pixels.back() ^= 1;
  write_gzip(at("project/test-images"), pixels);
  EXPECT_THAT(refusal(), StartsWith(line_with("[data]") + "the run in " +
                                    at("project/run").string() + " was started on other data: "));
}

}  // namespace
}  // namespace stepladder::end_to_end
