// A run that must be over in time.
#include <chrono>
#include <cmath>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"
#include "stepladder/store/heartbeat.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Deadlines : public Workbench {
 protected:
  // One assignment a trial, longer than any test.
  [[nodiscard]] static Arguments endless(const Arguments& more) {
    Arguments arguments = {"--set", "schedule.mode=random", "--set",
                           "schedule.max_steps=100000000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // For this machine: five seconds, and three times what all of a short run takes.
  template <class Tune>
  [[nodiscard]] int seconds_enough(const Tune& tune) const {
    const auto start = steady_clock::now();
    const Finished finished =
        tune("short", Arguments{"--set", "schedule.mode=random", "--set", "schedule.trials=1"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const std::chrono::duration<double> taken = steady_clock::now() - start;
    return 5 + static_cast<int>(std::ceil(3 * taken.count()));
  }
  // `end` in seconds since 1970, `source` whoever says so.
  void expect_stopped_in_time(const std::unique_ptr<Process>& process, double end,
                              const std::string& source) const {
    const Finished finished = process->wait();
    const auto record = store::end_of(at("run") / "end.json");
    ASSERT_TRUE(record) << finished.err;
    EXPECT_LT(record->at, end);
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    const std::string why = "ahead of the deadline [-0-9]+ [:0-9]+ \\(" + source + "\\)";
    EXPECT_THAT(finished.out, ContainsRegex("Stopped " + why + "; the same command goes on"));
    EXPECT_THAT(finished.err, ContainsRegex("stepladder: stopping " + why));
    EXPECT_THAT(read_file(at("run") / "stepladder.log"), ContainsRegex("stopping " + why));
    EXPECT_THAT(record->why, MatchesRegex("stopped " + why));
    EXPECT_EQ(std::distance(fs::directory_iterator(at("run") / "checkpoints"), {}), 2);
    EXPECT_TRUE(process->leaves_nobody());
  }
};

TEST_F(Deadlines, stop_the_run_with_everything_saved_before_they_pass) {
  const int seconds = seconds_enough([&](const std::string& run, const Arguments& arguments) {
    return tune_with_threads(2, run, arguments);
  });
  const auto end = steady_clock::now() + std::chrono::seconds(seconds);
  const double end_since_1970 = since_1970() + seconds;
  const auto process = start_threads(2, "run", endless({"--deadline", std::to_string(seconds)}));
  expect_stopped_in_time(process, end_since_1970, "--deadline");
  EXPECT_LT(steady_clock::now(), end);
}

TEST_F(Deadlines, of_a_slurm_job_are_read_from_it) {
  const int seconds = seconds_enough([&](const std::string& run, const Arguments& arguments) {
    return tune_with_ranks(2, run, arguments);
  });
  const std::time_t end = std::time(nullptr) + seconds;
  const std::string job_end = std::to_string(end);
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
  // It is in whole seconds.
  expect_stopped_in_time(process, static_cast<double>(end) + 1, "SLURM_JOB_END_TIME");
}

TEST_F(Deadlines, that_are_no_time_are_refused) {
  const Finished finished = tune_with_threads(2, "run", {"--deadline", "soon"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("--deadline \"soon\": not a time from now; write seconds"));
  EXPECT_EQ(tune_with_threads(2, "run", {"--deadline", ""}).exit_code, 2);
  EXPECT_EQ(start_launch(2, "run", {"--deadline", "0"})->wait().exit_code, 2);
  EXPECT_FALSE(fs::exists(at("run")));
}

TEST_F(Deadlines, that_are_no_time_in_the_future_are_not_believed) {
  const Arguments environment = {"SLURM_JOB_ID=17", "SLURM_JOB_END_TIME=1700000000"};
  const Finished finished = stepladder(
      {"tune", experiment(), "--threads", "2", "--run-dir", at("run").string()}, environment);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  for (const std::string& said : {finished.err, read_file(at("run") / "stepladder.log")})
    EXPECT_THAT(said, HasSubstr("SLURM_JOB_END_TIME=1700000000 is no time in the future; squeue "));
}

TEST_F(Deadlines, of_a_launcher_are_counted_from_its_own_start) {
  const auto process = start_launch(3, "run", endless({"--deadline", "1h"}));
  const auto deadlines = [&] {
    std::vector<std::string> dates;
    const std::string log = read_file(at("run") / "stepladder.log");
    const std::string before = "to be over before the deadline ";
    for (auto found = log.find(before); found != log.npos; found = log.find(before, found + 1))
      dates.push_back(log.substr(found + before.size(), 19));
    return dates;
  };
  ASSERT_TRUE(process->wait_until([&] { return deadlines().size() == 1; }));
  process->send_to_rank_0(SIGKILL);
  ASSERT_TRUE(process->wait_until([&] { return deadlines().size() == 2; }));
  EXPECT_EQ(deadlines().front(), deadlines().back());
  process->send(SIGTERM);
  EXPECT_EQ(process->wait().exit_code, 3);
}

}  // namespace
}  // namespace stepladder::end_to_end
