#include "stepladder/store/run_directory.hpp"

#include <array>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/store/journal.hpp"
#include "store/temporary_folder.hpp"

namespace stepladder::store {
namespace {

using ::testing::HasSubstr;

const wire::Opened kOpened{.seed = Seed{7}, .experiment = "trials = 3\n", .data_checksum = 5};

class RunDirectoryTest : public ::testing::Test {
 protected:
  void start() const {
    run_.create();
    static_cast<void>(Journal::create(run_.journal(), kOpened));
  }
  static void expect_refused(const RunDirectory& run, const std::string& reason) {
    try {
      run.check();
      ADD_FAILURE() << "expected: " << reason;
    } catch (const StorageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason));
      EXPECT_THAT(error.what(), HasSubstr("--run-dir"));
    }
  }

  TemporaryFolder folder_;
  const RunDirectory run_{folder_ / "runs/name"};
};

TEST_F(RunDirectoryTest, MayBeMissingAndIsNotMadeByAsking) {
  EXPECT_NO_THROW(run_.check());
  EXPECT_EQ(files_in(folder_.path()), 0U);
  run_.create();
  EXPECT_NO_THROW(run_.create());
  EXPECT_TRUE(std::filesystem::is_directory(run_.checkpoints()));
  EXPECT_TRUE(std::filesystem::is_directory(run_.best()));
}

TEST_F(RunDirectoryTest, MayBeEmpty) { EXPECT_NO_THROW(RunDirectory(folder_.path()).check()); }

TEST_F(RunDirectoryTest, MayHoldARun) {
  start();
  EXPECT_TRUE(run_.has_journal());
  EXPECT_NO_THROW(run_.check());
}

TEST_F(RunDirectoryTest, RefusesAFolderWithForeignFiles) {
  put(folder_ / "thesis.tex", "precious");
  expect_refused(RunDirectory(folder_.path()), "holds other files");
}

TEST_F(RunDirectoryTest, ThatACrashLeftBeforeItsJournalGoesOn) {
  run_.create();
  { const RunLock lock(run_); }
  EXPECT_NO_THROW(run_.check());
}

TEST_F(RunDirectoryTest, RefusesAPlaceThatIsAFileOrBelowOne) {
  put(folder_ / "file", "");
  expect_refused(RunDirectory(folder_ / "file"), "not a folder");
  expect_refused(RunDirectory(folder_ / "file/runs/name"), "not a folder");
  EXPECT_THROW(RunDirectory(folder_ / "file/runs").create(), StorageError);
}

TEST_F(RunDirectoryTest, RefusesANameThatCannotBe) {
  expect_refused(RunDirectory(folder_ / std::string(300, 'x')), "cannot be used");
}

TEST_F(RunDirectoryTest, RefusesAPlaceItMayNotWriteTo) {
  std::filesystem::create_directory(folder_ / "closed");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  for (const unsigned mode : {0555U, 0000U}) {
    std::filesystem::permissions(folder_ / "closed", std::filesystem::perms(mode));
    for (const char* name : {"closed", "closed/run", "closed/runs/name"})
      EXPECT_EQ(as_nobody([&] {
                  try {
                    RunDirectory(folder_ / name).check();
                  } catch (const StorageError&) {
                    return 42;
                  }
                  return 0;
                }),
                42)
          << name << ", mode " << mode;
  }
}

// A process that takes the lock, says so, and holds it until it is killed.
class Holder {
 public:
  explicit Holder(const RunDirectory& run, bool signs = true) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
    child_ = ::fork();
    if (child_ == 0) {
      try {
        const RunLock lock(run);
        if (signs) lock.sign();
        static_cast<void>(::write(pipe[1], "x", 1));
        for (;;) ::pause();
      } catch (...) {
      }
      ::_exit(1);
    }
    ::close(pipe[1]);
    char said = 0;
    holds_ = ::read(pipe[0], &said, 1) == 1;
    ::close(pipe[0]);
  }
  ~Holder() { kill(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  void kill() {
    if (child_ == 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(std::exchange(child_, 0), nullptr, 0);
  }
  [[nodiscard]] bool holds() const { return holds_; }
  [[nodiscard]] pid_t process() const { return child_; }

 private:
  pid_t child_ = 0;
  bool holds_ = false;
};

TEST_F(RunDirectoryTest, IsUsedByOneProcessAtATime) {
  run_.create();
  Holder holder(run_);
  ASSERT_TRUE(holder.holds());
  try {
    const RunLock lock(run_);
    ADD_FAILURE() << "two processes hold the lock";
  } catch (const StorageError& error) {
    EXPECT_THAT(error.what(), HasSubstr(" process " + std::to_string(holder.process()) + ')'));
    EXPECT_THAT(error.what(), HasSubstr("--run-dir"));
  }
  holder.kill();
  EXPECT_NO_THROW(RunLock{run_});
}

TEST_F(RunDirectoryTest, SaysWhoUsesIt) {
  EXPECT_FALSE(RunLock::holder(run_));
  run_.create();
  EXPECT_FALSE(RunLock::holder(run_));
  Holder holder(run_);
  const auto name = RunLock::holder(run_);
  ASSERT_TRUE(name);
  EXPECT_TRUE(name->ends_with(" process " + std::to_string(holder.process()))) << *name;
  EXPECT_GT(name->size(), name->find(" process ") + 9);
  holder.kill();
  EXPECT_FALSE(RunLock::holder(run_));  // though the file still names it
  EXPECT_TRUE(std::filesystem::exists(run_.root() / "lock"));
}

TEST_F(RunDirectoryTest, KeepsItsLockAsItIsUntilTheHolderSigns) {
  run_.create();
  put(run_.lock(), "somewhere process 1\n");
  const Holder holder(run_, false);
  ASSERT_TRUE(holder.holds());
  std::ifstream lock(run_.lock());
  std::string line;
  std::getline(lock, line);
  EXPECT_EQ(line, "somewhere process 1");
  EXPECT_THAT(RunLock::holder(run_).value_or(""),
              ::testing::EndsWith(" process " + std::to_string(holder.process())));
}

TEST_F(RunDirectoryTest, IsFreeAgainWhenItsLockEnds) {
  run_.create();
  { const RunLock lock(run_); }
  EXPECT_TRUE(Holder(run_).holds());
}

TEST_F(RunDirectoryTest, RefusesAnotherProcessWhileThisOneHoldsTheLock) {
  run_.create();
  const RunLock lock(run_);
  EXPECT_FALSE(Holder(run_).holds());
}

TEST_F(RunDirectoryTest, CannotBeLockedBeforeItIsThere) {
  EXPECT_THROW(RunLock{run_}, StorageError);
}

}  // namespace
}  // namespace stepladder::store
