#include "stepladder/run/activity.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <unistd.h>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::run {
namespace {

// What is written to standard error, by all threads, for as long as it lives.
class StandardError {
 public:
  StandardError() : before_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(::pipe(channel_.data()), 0);
    ::dup2(channel_[1], STDERR_FILENO);
    ::close(channel_[1]);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    restore();
    ::close(channel_[0]);
  }

  // Waits for it; empty when there is nothing more to come.
  std::string line() {
    std::string text;
    for (char letter = 0; ::read(channel_[0], &letter, 1) == 1 && letter != '\n';) text += letter;
    return text;
  }
  void restore() {
    if (before_ < 0) return;
    ::dup2(before_, STDERR_FILENO);
    ::close(std::exchange(before_, -1));
  }

 private:
  std::array<int, 2> channel_{};
  int before_;
};

TEST(Activity, ThatTakesLongIsToldWithHowFarItIs) {
  StandardError error;
  std::atomic<int> rows = 0;
  const Activity activity([&rows] { return "reading: " + std::to_string(rows) + " rows"; });
  rows = 7;
  EXPECT_EQ(error.line(), "... reading: 7 rows (2 s)");
}

TEST(Activity, ThatIsQuickIsNotTold) {
  StandardError error;
  { const Activity activity("reading"); }
  error.restore();
  EXPECT_EQ(error.line(), "");
}

TEST(Activity, IsToldByRank0Alone) {
  StandardError error;
  ::setenv("OMPI_COMM_WORLD_RANK", "1", 1);
  {
    const Activity activity("reading");
    ::unsetenv("OMPI_COMM_WORLD_RANK");
    const Activity another("writing");
    EXPECT_EQ(error.line(), "... writing (2 s)");
  }
  error.restore();
  EXPECT_EQ(error.line(), "");
}

}  // namespace
}  // namespace stepladder::run
