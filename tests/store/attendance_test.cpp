#include "stepladder/store/attendance.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "stepladder/launch/launcher.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::store {
namespace {

namespace fs = std::filesystem;

// A process that attends as a rank until it is killed.
class Rank {
 public:
  Rank(const fs::path& file, int rank) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
    process_ = ::fork();
    if (process_ == 0) {
      const Attendance attendance(file, rank);
      static_cast<void>(!::write(pipe[1], "x", 1));
      for (;;) ::pause();
    }
    ::close(pipe[1]);
    char said = 0;
    static_cast<void>(!::read(pipe[0], &said, 1));
    ::close(pipe[0]);
  }
  ~Rank() { kill(); }
  Rank(const Rank&) = delete;
  Rank& operator=(const Rank&) = delete;
  void kill() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
  }

 private:
  pid_t process_ = 0;
};

class AttendanceTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove(file_); }
  const fs::path file_ =
      fs::path(::testing::TempDir()) / ("attendance-" + std::to_string(::getpid()));
};

TEST_F(AttendanceTest, MissesWhoHasBeenThere) {
  EXPECT_FALSE(has_anyone_left(file_));  // nobody has come yet
  const Rank third(file_, 3);
  EXPECT_FALSE(has_anyone_left(file_));  // nor have ranks 0 to 2
  Rank first(file_, 1);
  EXPECT_FALSE(has_anyone_left(file_));
  first.kill();
  EXPECT_TRUE(has_anyone_left(file_));
}

TEST_F(AttendanceTest, MissesNobodyWhereItCannotBeNoted) {
  const fs::path nowhere = file_ / "below/a/file";
  EXPECT_NO_THROW(Attendance(nowhere, 1));
  EXPECT_FALSE(has_anyone_left(nowhere));
}

TEST_F(AttendanceTest, IsForRanksOnOtherMachinesOfALauncher) {
  ::unsetenv(kAttendanceFile);
  EXPECT_FALSE(attend(1));
  ::setenv(kAttendanceFile, file_.c_str(), 1);
  ::setenv(kLauncherHost, store::host_name().c_str(), 1);
  EXPECT_FALSE(attend(1));
  EXPECT_FALSE(fs::exists(file_));
  ::setenv(kLauncherHost, "elsewhere", 1);
  EXPECT_TRUE(attend(1));
  EXPECT_TRUE(fs::exists(file_));
  EXPECT_TRUE(has_anyone_left(file_));
}

}  // namespace
}  // namespace stepladder::store
