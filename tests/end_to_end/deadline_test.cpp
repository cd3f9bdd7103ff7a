// A run that must be over in time.
#include <chrono>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

class Deadlines : public Workbench {
 protected:
  // One assignment a trial, longer than any test.
  [[nodiscard]] static Arguments endless(const Arguments& more) {
    Arguments arguments = {"--set", "schedule.mode=random", "--set",
                           "schedule.max_steps=100000000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  void expect_stopped_in_time(const std::unique_ptr<Process>& process,
                              steady_clock::time_point end) const {
    const Finished finished = process->wait();
    EXPECT_LT(steady_clock::now(), end);
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("Stopped before the end; the same command goes on"));
    EXPECT_EQ(std::distance(fs::directory_iterator(at("run") / "checkpoints"), {}), 2);
    EXPECT_TRUE(process->leaves_nobody());
  }
};

TEST_F(Deadlines, stop_the_run_with_everything_saved_before_they_pass) {
  const auto end = steady_clock::now() + std::chrono::seconds(6);
  expect_stopped_in_time(start_threads(2, "run", endless({"--deadline", "6"})), end);
}

TEST_F(Deadlines, of_a_slurm_job_are_read_from_it) {
  const auto end = steady_clock::now() + std::chrono::seconds(6);
  const std::string job_end = std::to_string(std::time(nullptr) + 6);
  Arguments command = {MPIRUN_PROGRAM,
                       "--oversubscribe",
                       "--bind-to",
                       "none",
                       "-n",
                       "3",
                       "-x",
                       "SLURM_JOB_ID=17",
                       "-x",
                       "SLURM_JOB_END_TIME=" + job_end,
                       STEPLADDER_PROGRAM,
                       "tune",
                       experiment(),
                       "--run-dir",
                       at("run").string()};
  const Arguments more = endless({});
  command.insert(command.end(), more.begin(), more.end());
  const auto process =
      start(command, {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"});
  expect_stopped_in_time(process, end + std::chrono::seconds(1));
}

TEST_F(Deadlines, that_are_no_time_are_refused) {
  const Finished finished = tune_with_threads(2, "run", {"--deadline", "soon"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("--deadline soon: not a time; write seconds, or 2h30m"));
  EXPECT_FALSE(fs::exists(at("run")));
}

}  // namespace
}  // namespace stepladder::end_to_end
