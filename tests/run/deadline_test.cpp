#include "stepladder/run/deadline.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/experiment/toml_section.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// By what it says of itself; 0 where there is none.
Seconds seconds_to(const Deadline& deadline) {
  if (!deadline.is_set()) return 0;
  return std::stod(deadline.moment().substr(1)) - static_cast<double>(std::time(nullptr));
}

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
  Deadline deadline(start + milliseconds(100'000), "the test");
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

TEST(Deadline, SaysWhenAndWhoSaysSo) {
  const FoundDeadline found = deadline_from("@1764340200");
  const std::time_t moment = 1764340200;
  std::array<char, 100> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S", std::localtime(&moment));
  EXPECT_EQ(found.deadline.text(), "the deadline " + std::string(date.data()) + " (--deadline)");
  EXPECT_EQ(found.deadline.moment(), "@1764340200");
  EXPECT_TRUE(found.deadline.is_near(Deadline::Clock::now()));
}

TEST(Deadline, ThatIsGivenMustBeATimeFromNow) {
  EXPECT_NEAR(seconds_to(deadline_from("1h").deadline), 3600, 5);
  for (const char* text : {"", "0", "0:00", "soon", "-5", "@", "@soon", "@99999999999999"})
    EXPECT_THROW(static_cast<void>(deadline_from(text)), InputError) << text;
}

// A Slurm job, and a squeue that answers with the text of a file.
class SlurmJob : public ::testing::Test {
 protected:
  SlurmJob() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(folder_ / "squeue") << "#!/bin/sh\necho \"$@\" >" << folder_ / "asked"
                                      << "\ncat " << folder_ / "answer" << '\n';
    fs::permissions(folder_ / "squeue", fs::perms::owner_all);
    answer("");
    ::setenv("PATH", (folder_.string() + ':' + path_).c_str(), 1);
    ::setenv("SLURM_JOB_ID", "17", 1);
    ::unsetenv("SLURM_JOB_END_TIME");
  }
  ~SlurmJob() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("SLURM_JOB_ID");
    ::unsetenv("SLURM_JOB_END_TIME");
    fs::remove_all(folder_);
  }
  void answer(const std::string& text) const { std::ofstream(folder_ / "answer") << text; }
  [[nodiscard]] bool is_squeue_asked() const { return fs::exists(folder_ / "asked"); }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("squeue-" + std::to_string(::getpid()));
  const std::string path_ = std::getenv("PATH");
};

TEST_F(SlurmJob, EndsWhenItsEnvironmentSays) {
  ::setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + 1000).c_str(), 1);
  const FoundDeadline found = deadline_of_slurm_job();
  EXPECT_NEAR(seconds_to(found.deadline), 1000, 5);
  EXPECT_THAT(found.deadline.text(), HasSubstr("(SLURM_JOB_END_TIME)"));
  EXPECT_THAT(found.warnings, IsEmpty());
  EXPECT_FALSE(is_squeue_asked());
}

TEST_F(SlurmJob, EndsWhenSqueueSaysWhereItsEnvironmentDoesNot) {
  answer("slurm_load_jobs error: of no matter\n170 1:00\n18 2:00\n17 1-00:00:30 \n");
  const FoundDeadline found = deadline_of_slurm_job();
  EXPECT_NEAR(seconds_to(found.deadline), 86430, 5);
  EXPECT_THAT(found.deadline.text(), HasSubstr("(squeue)"));
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST_F(SlurmJob, IsNotBelievedWhereItsEndIsNoTimeInTheFuture) {
  for (const char* end : {"", "0", "1700000000", "soon", "1e300", "-5", "99999999999"}) {
    ::setenv("SLURM_JOB_END_TIME", end, 1);
    answer("17 30:00\n");
    FoundDeadline found = deadline_of_slurm_job();
    EXPECT_NEAR(seconds_to(found.deadline), 1800, 5) << end;
    EXPECT_THAT(found.warnings,
                ElementsAre("SLURM_JOB_END_TIME=" + std::string(end) +
                            " is no time in the future; squeue is believed instead"));
    for (const char* none : {"", "17 INVALID\n", "17 UNLIMITED\n", "17 0:00\n",
                             "slurm_load_jobs error: Invalid job id specified\n"}) {
      answer(none);
      found = deadline_of_slurm_job();
      EXPECT_FALSE(found.deadline.is_set()) << end << ' ' << none;
      EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("so this run has no deadline")));
    }
  }
}

TEST_F(SlurmJob, ThatNobodyKnowsHasNoDeadline) {
  for (const char* job : {"", "17; echo 17 5:00", "$(id)", "-1"}) {
    ::setenv("SLURM_JOB_ID", job, 1);
    EXPECT_FALSE(deadline_of_slurm_job().deadline.is_set()) << job;
    EXPECT_FALSE(is_squeue_asked()) << job;
  }
  ::setenv("SLURM_JOB_ID", "17", 1);
  fs::remove(folder_ / "squeue");
  ::setenv("PATH", folder_.c_str(), 1);
  EXPECT_FALSE(deadline_of_slurm_job().deadline.is_set());
  ::unsetenv("SLURM_JOB_ID");
  ::setenv("SLURM_JOB_END_TIME", "0", 1);
  EXPECT_THAT(deadline_of_slurm_job().warnings, IsEmpty());
}

}  // namespace
}  // namespace stepladder::run
