#include "stepladder/app/deadline.hpp"

#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace stepladder::app {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsReadInSecondsUnitsOrAsSlurmWritesIt) {
  EXPECT_EQ(duration_from("90"), 90);
  EXPECT_EQ(duration_from("45s"), 45);
  EXPECT_EQ(duration_from("2h30m"), 9000);
  EXPECT_EQ(duration_from("1d2h3m4s"), 93784);
  EXPECT_EQ(duration_from("1h5"), 3605);
  EXPECT_EQ(duration_from("30:00"), 1800);
  EXPECT_EQ(duration_from("2:30:00"), 9000);
  EXPECT_EQ(duration_from("1-02:00:00"), 93600);
  EXPECT_EQ(duration_from("0"), 0);
}

TEST(Duration, IsNothingElse) {
  for (const char* text : {"",
                           "x",
                           "-5",
                           "1.5h",
                           "2h2h",
                           "30m2h",
                           "h",
                           "2x",
                           " 5",
                           "5 ",
                           "1:2:3:4",
                           "1-2",
                           "1-2:3",
                           ":30",
                           "30:",
                           "UNLIMITED",
                           "INVALID",
                           "NOT_SET",
                           "99999999999999999",
                           "999999999999"})
    EXPECT_FALSE(duration_from(text)) << text;
}

TEST(Deadline, IsNeverNearWhereThereIsNone) {
  EXPECT_FALSE(Deadline().is_near(Deadline::Clock::time_point::max()));
}

TEST(Deadline, IsNearWhenAWorkerCouldJustSaveInTime) {
  const Deadline::Clock::time_point start{};
  Deadline deadline(start + milliseconds(100'000));
  const Seconds idle = deadline.grace();
  EXPECT_FALSE(deadline.is_near(start + milliseconds(90'000)));
  EXPECT_TRUE(deadline.is_near(start + milliseconds(99'900)));
  // 16 steps, scoring and saving: 0.8 + 3 + 4 s, and twice that for the others.
  deadline.learn({.steps = 1000, .training = 50, .scoring = 3, .checkpointing = 4});
  deadline.learn({.steps = 0, .training = 0, .scoring = 1, .checkpointing = 0.1});
  EXPECT_NEAR(deadline.grace(), idle + 2 * 7.8, 1e-9);
  EXPECT_FALSE(deadline.is_near(start + milliseconds(82'000)));
  EXPECT_TRUE(deadline.is_near(start + milliseconds(83'000)));
  EXPECT_TRUE(deadline.is_near(start + milliseconds(200'000)));
}

TEST(SecondsLeftInJob, AreTheSlurmJobs) {
  ::unsetenv("SLURM_JOB_ID");
  EXPECT_FALSE(seconds_left_in_job());
  ::setenv("SLURM_JOB_ID", "17", 1);
  ::setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + 1000).c_str(), 1);
  const auto left = seconds_left_in_job();
  ASSERT_TRUE(left);
  EXPECT_NEAR(*left, 1000, 2);
  // An older Slurm is asked, and one that does not answer has no deadline to tell.
  ::unsetenv("SLURM_JOB_END_TIME");
  ::setenv("SLURM_JOB_ID", "17; echo 5:00", 1);
  EXPECT_FALSE(seconds_left_in_job());
  ::unsetenv("SLURM_JOB_ID");
}

}  // namespace
}  // namespace stepladder::app
