// The user's mistakes, by threads and under mpirun: exit code 2, one message, nothing written,
// nobody left behind.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <sys/mount.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> own_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (line.find("stepladder:") != std::string::npos) lines.push_back(line);
  return lines;
}

class BadInput : public Workbench {
 protected:
  // Both ways to tune must refuse with a message that begins and goes on like this.
  void expect_refused(const std::string& beginning, const std::string& part,
                      const Arguments& arguments = {}, const std::string& run = "run") const {
    const auto before = files_under(at(""));
    for (const bool by_ranks : {false, true}) {
      const Finished refused =
          by_ranks ? tune_with_ranks(2, run, arguments) : tune_with_threads(2, run, arguments);
      EXPECT_EQ(refused.exit_code, 2) << refused.out << refused.err;
      const std::vector<std::string> lines = own_lines(refused.err);
      ASSERT_EQ(lines.size(), 1U) << refused.err;
      EXPECT_THAT(lines[0], ::testing::StartsWith("stepladder: " + beginning));
      EXPECT_THAT(lines[0], HasSubstr(part));
      if (!by_ranks) {  // mpirun adds a notice of its own
        EXPECT_EQ(refused.err, lines[0] + '\n');
      }
      EXPECT_EQ(refused.out, "");
      EXPECT_EQ(files_under(at("")), before);
    }
  }
  // "FILE:LINE: " of the experiment's line that has this part.
  std::string line_with(const std::string& part) const {
    const std::string text = read_file(experiment());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(part));
    return experiment() + ':' + std::to_string(1 + std::count(text.begin(), end, '\n')) + ": ";
  }
  std::string path(const char* name) const { return at(name).string(); }
};

TEST_F(BadInput, missing_data) {
  fs::remove(at("test-labels"));
  expect_refused(path("test-labels") + ": ", "no such file");
}

TEST_F(BadInput, truncated_data) {
  std::string bytes = read_file(at("train-images"));
  bytes.resize(bytes.size() - 1);
  write_file(at("train-images"), bytes);
  expect_refused(path("train-images") + ": ", "end at byte");
}

TEST_F(BadInput, truncated_compressed_data) {
  write_gzip(at("train-images.gz"), read_file(at("train-images")));
  fs::resize_file(at("train-images.gz"), fs::file_size(at("train-images.gz")) / 2);
  change_experiment("\"train-images\"", "\"train-images.gz\"");
  expect_refused(path("train-images.gz") + ": ", "");
}

TEST_F(BadInput, data_that_is_not_gzip_under_such_a_name) {
  fs::rename(at("train-labels"), at("train-labels.gz"));
  change_experiment("\"train-labels\"", "\"train-labels.gz\"");
  expect_refused(path("train-labels.gz") + ": ", "not gzip");
}

TEST_F(BadInput, data_that_does_not_fit_together) {
  write_file(at("train-labels"), idx_rows(399, 1).labels);
  expect_refused(path("train-labels") + ": ", "399");
}

TEST_F(BadInput, swapped_data) {
  fs::copy_file(at("train-labels"), at("train-images"), fs::copy_options::overwrite_existing);
  expect_refused(path("train-images") + ": ", "swapped");
}

TEST_F(BadInput, a_label_out_of_range) {
  std::string labels = read_file(at("test-labels"));
  labels.back() = 7;
  write_file(at("test-labels"), labels);
  expect_refused(path("test-labels") + ": ", "7");
}

TEST_F(BadInput, budgets_upside_down) {
  change_experiment("min_steps = 100", "min_steps = 901");
  expect_refused(line_with("min_steps = 901"), "min_steps = 901 is above max_steps = 900");
}

TEST_F(BadInput, eta_below_two) {
  change_experiment("eta = 3", "eta = 1");
  expect_refused(line_with("eta = 1"), "eta = 1");
}

TEST_F(BadInput, an_empty_range) {
  change_experiment("min = 0.5, max = 1.0", "min = 1.0, max = 0.5");
  expect_refused(line_with("decay_rate"), "decay_rate is empty");
}

TEST_F(BadInput, a_log_range_that_touches_zero) {
  change_experiment("min = 1e-4", "min = 0.0");
  expect_refused(line_with("learning_rate"), "a log range must lie above 0");
}

TEST_F(BadInput, heldout_rows_that_leave_none_to_learn_from) {
  change_experiment("prune_rows = 100", "prune_rows = 300");
  expect_refused(experiment() + ':',
                 "prune_rows = 300 and final_rows = 100 leave nothing to train on");
}

TEST_F(BadInput, an_unknown_key) {
  change_experiment("trials = 18", "trails = 18");
  expect_refused(line_with("trails"), "unknown key schedule.trails; did you mean trials?");
}

TEST_F(BadInput, an_override_that_is_wrong) {
  expect_refused("--set schedule.eta=1: ", "use 2 or more", {"--set", "schedule.eta=1"});
}

TEST_F(BadInput, an_experiment_that_is_not_there) {
  fs::remove(at("small.toml"));
  expect_refused(experiment() + ": ", "cannot be read");
}

TEST_F(BadInput, an_option_that_is_not_there) { expect_refused("", "--nonsense", {"--nonsense"}); }

TEST_F(BadInput, a_run_directory_below_a_file) {
  expect_refused("the run directory " + path("train-images/run"), "is not a folder", {},
                 "train-images/run");
}

TEST_F(BadInput, a_run_directory_where_nobody_may_write) {
  expect_refused("", "/proc/stepladder-run", {"--run-dir", "/proc/stepladder-run"}, "");
  EXPECT_FALSE(fs::exists("/proc/stepladder-run"));
}

TEST_F(BadInput, a_run_directory_that_is_mounted_read_only) {
  fs::create_directories(at("mount"));
  if (::mount("tmpfs", at("mount").c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0)
    GTEST_SKIP() << "needs the right to mount";
  expect_refused("the run directory " + path("mount/run"), "is not writable", {}, "mount/run");
  ::umount(at("mount").c_str());
}

TEST_F(BadInput, a_run_directory_without_a_usable_name) {
  expect_refused("--run-dir is empty", "", {"--run-dir", ""}, "");
  expect_refused("the run directory ", "too long", {}, std::string(300, 'x'));
}

TEST_F(BadInput, a_folder_with_other_files) {
  fs::create_directories(at("run"));
  write_file(at("run") / "letter.txt", "Dear Sir");
  expect_refused("the folder " + path("run"), "holds other files");
}

TEST_F(BadInput, a_run_directory_of_another_experiment) {
  ASSERT_EQ(tune_with_threads(2, "run", {"--set", "model.batch=32"}).exit_code, 0);
  expect_refused(line_with("batch = 64") + "model.batch is 64 here, but 32 in the run in ",
                 "; to go on with that run, add --set model.batch=32;");
}

TEST_F(BadInput, a_run_directory_of_other_data) {
  ASSERT_EQ(tune_with_threads(2, "run", {"--set", "schedule.trials=3"}).exit_code, 0);
  std::string pixels = read_file(at("test-images"));
  pixels.back() ^= 1;
  write_file(at("test-images"), pixels);
  expect_refused(line_with("[data]") + "the run in " + path("run"), "other data",
                 {"--set", "schedule.trials=3"});
}

// Ranks of a launcher that MPI does not understand: each is a world of its own.
TEST_F(BadInput, ranks_that_are_all_alone) {
  const Arguments tune = {"tune", experiment(), "--run-dir", path("run")};
  const std::vector<Arguments> launchers = {
      {"SLURM_STEP_ID=0", "SLURM_STEP_NUM_TASKS=3", "SLURM_PROCID="},
      {"OMPI_COMM_WORLD_SIZE=3", "OMPI_COMM_WORLD_RANK="}};
  for (const Arguments& launcher : launchers) {
    std::string said;
    for (const char* rank : {"0", "1", "2"}) {
      Arguments environment = launcher;
      environment.back() += rank;
      const Finished refused = stepladder(tune, environment);
      EXPECT_EQ(refused.exit_code, 2);
      said += refused.err;
    }
    EXPECT_THAT(own_lines(said),
                ElementsAre(AnyOf(HasSubstr("3 ranks were started, but each of them is alone"),
                                  HasSubstr("srun started 3 tasks without PMIx"))));
    EXPECT_FALSE(fs::exists(at("run")));
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
