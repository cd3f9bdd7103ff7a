#include "stepladder/store/heartbeat.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "stepladder/store/processes.hpp"
#include "store/temporary_folder.hpp"

namespace stepladder::store {
namespace {

class HeartbeatTest : public ::testing::Test {
 protected:
  void age_file() const {  // by an hour
    struct timespec times[2] = {};
    times[0].tv_sec = times[1].tv_sec = *last_beat(run_) / 1'000'000'000 - 3600;
    ASSERT_EQ(::utimensat(AT_FDCWD, run_.heartbeat().c_str(), times, 0), 0);
  }

  TemporaryFolder folder_;
  const RunDirectory run_{folder_.path()};
  const wire::Incumbent incumbent_{.incarnation = "first", .process = this_process()};
};

TEST_F(HeartbeatTest, SaysWhoseItIs) {
  EXPECT_FALSE(incumbent_of(run_));
  EXPECT_FALSE(last_beat(run_));
  const Heartbeat heartbeat(run_, incumbent_);
  EXPECT_EQ(incumbent_of(run_), incumbent_);
  EXPECT_TRUE(last_beat(run_));
}

TEST_F(HeartbeatTest, TouchesTheFileAtMostOnceASecond) {
  const auto start = std::chrono::steady_clock::now();
  Heartbeat heartbeat(run_, incumbent_);
  age_file();
  int touches = 0;
  for (int times = 0; times < 100; ++times) {
    const auto before = last_beat(run_);
    heartbeat.beat();
    if (last_beat(run_) != before) ++touches;
  }
  // None, where all this took less than a second.
  EXPECT_LE(
      touches,
      std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count());
}

TEST_F(HeartbeatTest, IsNothingWhereTheFileIsSomethingElse) {
  put(run_.heartbeat(), "hello");
  EXPECT_FALSE(incumbent_of(run_));
  EXPECT_TRUE(last_beat(run_));
}

TEST(Processes, AreAliveGoneOrUnknown) {
  const wire::ProcessName self = this_process();
  EXPECT_GT(self.started, 0U);
  EXPECT_EQ(life_of(self), Life::alive);

  wire::ProcessName earlier = self;  // had the same number
  --earlier.started;
  EXPECT_EQ(life_of(earlier), Life::gone);
  wire::ProcessName elsewhere = self;
  elsewhere.host += "-other";
  EXPECT_EQ(life_of(elsewhere), Life::unknown);
  EXPECT_EQ(life_of({}), Life::unknown);

  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  const wire::ProcessName ended{.host = self.host, .number = child};
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);  // a zombie from here
  EXPECT_EQ(life_of(ended), Life::gone);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(life_of(ended), Life::gone);
}

}  // namespace
}  // namespace stepladder::store
