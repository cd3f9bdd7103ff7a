#include "stepladder/store/checkpoints.hpp"

#include <gtest/gtest.h>

#include "stepladder/store/files.hpp"
#include "store/temporary_folder.hpp"

namespace stepladder::store {
namespace {

training::State state_at(Steps step) {
  return {.step = step, .values = {static_cast<float>(step), 0.5F, -1.25F}};
}

class CheckpointsTest : public ::testing::Test {
 protected:
  // Puts a checkpoint there without removing earlier ones, as a slow worker elsewhere would.
  void leave(TrialId trial, Steps step) {
    const TemporaryFolder elsewhere;
    const Checkpoints others(elsewhere.path());
    others.save(trial, state_at(step));
    std::filesystem::copy(others.path_of(trial, step), checkpoints_.path_of(trial, step));
  }

  TemporaryFolder folder_;
  const Checkpoints checkpoints_{folder_.path()};
  const TrialId trial_{1};
};

TEST_F(CheckpointsTest, AreReadBack) {
  EXPECT_FALSE(checkpoints_.latest(trial_, 1000));
  checkpoints_.save(trial_, state_at(300));
  EXPECT_EQ(checkpoints_.latest(trial_, 1000), state_at(300));
  EXPECT_EQ(checkpoints_.latest(trial_, 300), state_at(300));
}

TEST_F(CheckpointsTest, AreTheLatestAtOrBeforeAStep) {
  for (const Steps step : {9, 10, 100, 1000}) leave(trial_, step);  // as text, "9" is the largest
  EXPECT_EQ(checkpoints_.latest(trial_, 5000), state_at(1000));
  EXPECT_EQ(checkpoints_.latest(trial_, 999), state_at(100));
  EXPECT_EQ(checkpoints_.latest(trial_, 99), state_at(10));
  EXPECT_EQ(checkpoints_.latest(trial_, 9), state_at(9));
  EXPECT_FALSE(checkpoints_.latest(trial_, 8));
}

TEST_F(CheckpointsTest, AreKeptATrialApart) {
  checkpoints_.save(TrialId{1}, state_at(10));
  checkpoints_.save(TrialId{11}, state_at(20));
  checkpoints_.save(TrialId{111}, state_at(30));
  EXPECT_EQ(checkpoints_.latest(TrialId{1}, 99), state_at(10));
  EXPECT_EQ(checkpoints_.latest(TrialId{11}, 99), state_at(20));
  EXPECT_FALSE(checkpoints_.latest(TrialId{0}, 99));
}

TEST_F(CheckpointsTest, ReplaceEarlierOnes) {
  checkpoints_.save(TrialId{2}, state_at(5));
  checkpoints_.save(trial_, state_at(10));
  checkpoints_.save(trial_, state_at(20));
  checkpoints_.save(trial_, state_at(20));
  EXPECT_FALSE(std::filesystem::exists(checkpoints_.path_of(trial_, 10)));
  EXPECT_TRUE(std::filesystem::exists(checkpoints_.path_of(TrialId{2}, 5)));
  EXPECT_EQ(files_in(folder_.path()), 2U);
}

TEST_F(CheckpointsTest, DoNotReplaceLaterOnes) {
  checkpoints_.save(trial_, state_at(20));
  checkpoints_.save(trial_, state_at(10));  // a worker taken for lost comes in late
  EXPECT_EQ(checkpoints_.latest(trial_, 99), state_at(20));
  EXPECT_EQ(checkpoints_.latest(trial_, 15), state_at(10));
}

TEST_F(CheckpointsTest, ThatAreDamagedGiveWayToOlderOnes) {
  for (const Steps step : {10, 20, 30}) leave(trial_, step);
  const auto newest = checkpoints_.path_of(trial_, 30);
  const auto bytes = read_text(newest);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    put(newest, std::string_view(bytes).substr(0, size));
    ASSERT_EQ(checkpoints_.latest(trial_, 99), state_at(20)) << "cut at " << size;
  }
  put(checkpoints_.path_of(trial_, 20), "not a checkpoint");
  EXPECT_EQ(checkpoints_.latest(trial_, 99), state_at(10));
  put(checkpoints_.path_of(trial_, 10), "");
  EXPECT_FALSE(checkpoints_.latest(trial_, 99));
}

TEST_F(CheckpointsTest, IgnoreForeignFiles) {
  put(folder_ / "trial-1-step-.checkpoint", "x");
  put(folder_ / "trial-1-step-12x.checkpoint", "x");
  put(folder_ / "trial-1-step-99999999999999999999.checkpoint", "x");
  put(folder_ / "trial-1-step-12.checkpoint.draft-77", "x");
  put(folder_ / "readme", "x");
  std::filesystem::create_directory(folder_ / "trial-1-step-13.checkpoint");
  EXPECT_FALSE(checkpoints_.latest(trial_, 99));
  checkpoints_.save(trial_, state_at(11));
  EXPECT_EQ(checkpoints_.latest(trial_, 99), state_at(11));
}

TEST_F(CheckpointsTest, AreListedAndRemoved) {
  EXPECT_TRUE(checkpoints_.all().empty());
  checkpoints_.save(TrialId{11}, state_at(20));
  checkpoints_.save(TrialId{2}, state_at(30));
  leave(TrialId{2}, 5);
  put(folder_ / "readme", "x");
  const auto all = checkpoints_.all();
  ASSERT_EQ(all.size(), 3U);
  const auto bytes =
      static_cast<std::int64_t>(std::filesystem::file_size(checkpoints_.path_of(TrialId{2}, 5)));
  EXPECT_EQ(all[0], (Checkpoints::Saved{TrialId{2}, 5, bytes}));
  EXPECT_EQ(all[1], (Checkpoints::Saved{TrialId{2}, 30, bytes}));
  EXPECT_EQ(all[2], (Checkpoints::Saved{TrialId{11}, 20, bytes}));
  checkpoints_.remove(TrialId{2}, 30);
  checkpoints_.remove(TrialId{2}, 30);  // gone already
  EXPECT_EQ(checkpoints_.latest(TrialId{2}, 99), state_at(5));
  EXPECT_EQ(checkpoints_.all().size(), 2U);
}

TEST_F(CheckpointsTest, SayWhereTheyCannotBeSaved) {
  const Checkpoints nowhere(folder_ / "missing");
  EXPECT_THROW(nowhere.save(trial_, state_at(1)), StorageError);
  // Whoever removes them loses time only.
  EXPECT_FALSE(nowhere.latest(trial_, 1));
  EXPECT_TRUE(nowhere.all().empty());
}

}  // namespace
}  // namespace stepladder::store
