// Ranks on a machine with little room in /dev/shm, as in a container: 64 MB by default, 64 kB in
// some. The machine is this one, with another /dev/shm, which only root may give to a process.
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SmallSharedMemory : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    const std::unique_ptr<Process> attempt = start(with_shared_memory("64k", {"true"}));
    if (const Finished tried = attempt->wait(); tried.exit_code != 0)
      GTEST_SKIP() << "no mount namespace of one's own here: " << tried.err;
  }
  [[nodiscard]] static Arguments with_shared_memory(const std::string& size,
                                                    const Arguments& command) {
    Arguments words = {"/usr/bin/env",
                       "unshare",
                       "--mount",
                       "--propagation",
                       "private",
                       "sh",
                       "-c",
                       "mount -t tmpfs -o size=\"$0\" tmpfs /dev/shm && exec \"$@\"",
                       size};
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }
  [[nodiscard]] Finished launch_with(const std::string& size, const std::string& run) const {
    const std::unique_ptr<Process> process = start(
        with_shared_memory(size, {STEPLADDER_PROGRAM, "launch", experiment(), "-n", "3",
                                  "--run-dir", at(run).string(), "--mpirun", MPIRUN_PROGRAM}));
    const Finished finished = process->wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(process->leaves_nobody());
    return finished;
  }
};

TEST_F(SmallSharedMemory, is_enough_for_data_that_would_not_fit) {
  change_experiment("trials = 18", "trials = 3");
  const IdxPair train = idx_rows(200'000, 1);
  write_file(at("train-images"), train.images);  // 7 MB
  write_file(at("train-labels"), train.labels);
  const Finished finished = launch_with("6m", "run");
  EXPECT_THAT(finished.err, Not(HasSubstr("/dev/shm")));
  EXPECT_THAT(finished.err, Not(HasSubstr("copy")));
}

TEST_F(SmallSharedMemory, that_not_even_messages_fit_in_is_told_and_does) {
  change_experiment("trials = 18", "trials = 3");
  const Finished finished = launch_with("64k", "run");
  EXPECT_THAT(finished.err, HasSubstr("0.1 MB free in /dev/shm"));
  EXPECT_THAT(read_file(at("run") / "stepladder.log"), HasSubstr("0.1 MB free in /dev/shm"));
  EXPECT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
  EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 3U);

  const std::unique_ptr<Process> doctor =
      start(with_shared_memory("64k", {MPIRUN_PROGRAM, "--oversubscribe", "-n", "3",
                                       STEPLADDER_PROGRAM, "doctor", experiment()}),
            {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"});
  const Finished examined = doctor->wait();
  EXPECT_EQ(examined.exit_code, 0) << examined.err;
  EXPECT_THAT(examined.out, HasSubstr("warning  messages"));
  EXPECT_THAT(examined.out, HasSubstr("ok       memory"));
}

}  // namespace
}  // namespace stepladder::end_to_end
