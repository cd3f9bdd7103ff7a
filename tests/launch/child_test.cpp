#include "stepladder/launch/child.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

// Waits for what must come.
void wait_for(const std::function<bool()>& condition) {
  for (int times = 0; times < 10'000 && !condition(); ++times)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_TRUE(condition());
}

int end_of(Child& child) {
  wait_for([&] { return child.exit_code().has_value(); });
  return child.exit_code().value_or(-1);
}

TEST(Child, TellsItsExitCode) {
  Child well({"sh", "-c", "exit 7"}, {});
  EXPECT_EQ(end_of(well), 7);
  Child killed({"sh", "-c", "kill -9 $$"}, {});
  EXPECT_EQ(end_of(killed), 128 + SIGKILL);
}

TEST(Child, HasTheEnvironmentItIsGiven) {
  ::setenv("STEPLADDER_CHILD_TEST", "old", 1);
  Child child({"sh", "-c", "test \"$STEPLADDER_CHILD_TEST\" = new && test -n \"$PATH\""},
              {"STEPLADDER_CHILD_TEST=new"});
  EXPECT_EQ(end_of(child), 0);
}

TEST(Child, ThatCannotBeStartedIsAnError) {
  EXPECT_THROW(Child({"/nowhere/program"}, {}), std::runtime_error);
}

TEST(Child, TakesASignal) {
  Child child({"sleep", "100"}, {});
  child.send(SIGUSR1);
  EXPECT_EQ(end_of(child), 128 + SIGUSR1);
}

TEST(Child, LeavesNobodyBehind) {
  const fs::path file = fs::path(::testing::TempDir()) / ("child-" + std::to_string(::getpid()));
  // A grandchild in a session of its own, stopped, whose parent is gone: in no group of ours.
  Child child({"sh", "-c",
               "setsid sh -c 'echo $$ >" + file.string() +
                   "; kill -STOP $$; sleep 100' & "
                   "while ! test -s " +
                   file.string() + "; do :; done"},
              {});
  EXPECT_EQ(end_of(child), 0);
  pid_t grandchild = 0;
  std::ifstream(file) >> grandchild;
  ASSERT_GT(grandchild, 1);
  EXPECT_EQ(::kill(grandchild, 0), 0);
  EXPECT_TRUE(child.end_descendants());
  EXPECT_NE(::kill(grandchild, 0), 0);
  fs::remove(file);
}

TEST(Child, KnowsItsChildrenByTheirEnvironment) {
  Child child({"sh", "-c", "STEPLADDER_CHILD_MARK=17 sleep 100 & sleep 100 & wait"}, {});
  wait_for([&] { return !child.in_children("STEPLADDER_CHILD_MARK").empty(); });
  EXPECT_EQ(child.in_children("STEPLADDER_CHILD_MARK"), std::vector<std::string>{"17"});
  EXPECT_TRUE(child.in_children("STEPLADDER_CHILD").empty());
}

TEST(Child, PrintsWhatItPrints) {
  EXPECT_EQ(output_of({"sh", "-c", "echo out; echo err >&2"}, std::chrono::minutes(1)),
            "out\nerr\n");
}

TEST(Child, IsNotWaitedForBeyondTheLimit) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(static_cast<void>(output_of({"sh", "-c", "echo begun; sleep 600"},
                                           std::chrono::milliseconds(100))),
               std::runtime_error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(300));
}

}  // namespace
}  // namespace stepladder::launch
