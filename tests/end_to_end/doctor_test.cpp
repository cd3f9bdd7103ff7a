// What the program says of the machine and of a run, to a person or a script.
#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"
#include "stepladder/store/heartbeat.hpp"

namespace stepladder::end_to_end {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Doctor : public Workbench {};

TEST_F(Doctor, examines_a_machine_and_leaves_nothing_behind) {
  const Finished plain = stepladder({"doctor", experiment(), "--run-dir", at("run").string()});
  EXPECT_EQ(plain.exit_code, 0) << plain.out << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("ok       room"));
  const Finished json = stepladder({"doctor", "--json"});
  EXPECT_EQ(json.exit_code, 0);
  EXPECT_THAT(json.out, HasSubstr("\"about\": \"launcher\""));
  EXPECT_FALSE(std::filesystem::exists(at("run")));
}

TEST_F(Doctor, examines_ranks_together) {
  const std::unique_ptr<Process> process =
      start({MPIRUN_PROGRAM, "--oversubscribe", "-n", "3", STEPLADDER_PROGRAM, "doctor",
             experiment(), "--run-dir", at("run").string()},
            {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"});
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("3 ranks in one world; hosts: 1"));
  EXPECT_THAT(finished.out, HasSubstr("all ranks see it"));
  for (const auto& file : std::filesystem::directory_iterator(at("")))
    EXPECT_THAT(file.path().filename().string(), Not(HasSubstr("probe")));
}

TEST_F(Doctor, says_once_that_ranks_are_alone) {
  std::string said;
  for (const char* rank : {"0", "1"}) {
    const Finished finished = stepladder(
        {"doctor"}, {"OMPI_COMM_WORLD_SIZE=2", std::string("OMPI_COMM_WORLD_RANK=") + rank});
    EXPECT_EQ(finished.exit_code, 2);
    said += finished.out + finished.err;
  }
  EXPECT_THAT(said, HasSubstr("2 ranks were started, but each of them is alone"));
  EXPECT_EQ(said.find("alone"), said.rfind("alone"));
}

TEST_F(Doctor, is_heard_at_the_start_of_a_run) {
  const Finished finished = tune_with_threads(512, "run", {"--set", "schedule.trials=1"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("512 workers may use"));
}

class Status : public Workbench {
 protected:
  [[nodiscard]] std::string status() const {
    const Finished finished = stepladder({"status", at("run").string()});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  }
};

TEST_F(Status, follows_a_run_from_start_to_end) {
  EXPECT_EQ(stepladder({"status", at("run").string()}).exit_code, 2);
  change_experiment("trials = 18", "trials = 54");
  const std::unique_ptr<Process> process = start_threads(2, "run");
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) > 2; }));
  EXPECT_THAT(status(), HasSubstr("run: running, by "));
  process->send(SIGTERM);
  EXPECT_EQ(process->wait().exit_code, 3);
  EXPECT_THAT(status(), HasSubstr("with exit code 3: stopped on SIGTERM"));
  EXPECT_THAT(status(), HasSubstr("trains at most 0 steps again"));
  EXPECT_EQ(tune_with_threads(2, "run").exit_code, 0);
  EXPECT_THAT(status(), HasSubstr("run: finished, ended "));
}

TEST_F(Status, tells_of_a_stop_that_was_cut_short) {
  const std::unique_ptr<Process> process = start_ranks(1, "run", {"--set", "schedule.trials=1000"});
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) > 2; }));
  process->send_to_rank(1, SIGSTOP);  // so that the run waits for it
  process->send_to_rank_0(SIGTERM);
  ASSERT_TRUE(process->wait_until([&] {
    return read_file(at("run") / "journal.jsonl").find("stop_requested") != std::string::npos;
  }));
  EXPECT_THAT(status(), HasSubstr(", stopping on SIGTERM, last sign of life"));
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  EXPECT_FALSE(std::filesystem::exists(at("run") / "end.json"));
  EXPECT_THAT(status(),
              HasSubstr("resumable; it was stopping on SIGTERM and died before that was done"));
}

TEST_F(Status, keeps_the_time_at_which_a_run_has_finished) {
  const Arguments short_run = {"--set", "schedule.trials=1"};
  ASSERT_EQ(tune_with_threads(1, "run", short_run).exit_code, 0);
  const auto record = [&] { return store::end_of(at("run") / "end.json").value(); };
  wire::Ended ended = record();
  ended.at = 1.5e9;
  store::write_atomically(at("run") / "end.json", wire::to_json(ended));
  EXPECT_EQ(tune_with_threads(1, "run", short_run).exit_code, 0);
  EXPECT_EQ(record().at, 1.5e9);
  EXPECT_EQ(start_launch(2, "run", short_run)->wait().exit_code, 0);
  EXPECT_EQ(record().at, 1.5e9);
  EXPECT_THAT(status(), HasSubstr("run: finished, ended 2017-07-1"));
}

}  // namespace
}  // namespace stepladder::end_to_end
