// Checkpoints that are lost, damaged or may not take the room, and disks that are full: all of it
// costs time, and nothing else.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Storage : public Workbench {
 protected:
  [[nodiscard]] fs::path checkpoints() const { return at("run") / "checkpoints"; }
  // Of files that were all there at one time: those of a first look that are still there, with the
  // same inode, in a second one. One look alone adds up what is removed and what takes its place.
  [[nodiscard]] std::uintmax_t bytes_in_checkpoints() const {
    const auto look = [&] {
      std::map<std::string, struct stat> files;
      for (const auto& file : fs::directory_iterator(checkpoints())) {
        struct stat status {};
        if (::stat(file.path().c_str(), &status) == 0) files[file.path()] = status;
      }
      return files;
    };
    const auto first = look();
    std::uintmax_t sum = 0;
    for (const auto& [path, status] : look()) {
      const auto found = first.find(path);
      if (found != first.end() && found->second.st_ino == status.st_ino)
        sum += static_cast<std::uintmax_t>(found->second.st_size);
    }
    return sum;
  }
  [[nodiscard]] std::uintmax_t largest_checkpoint() const {
    std::uintmax_t largest = 0;
    for (const auto& file : fs::directory_iterator(checkpoints()))
      largest = std::max(largest, fs::file_size(file.path()));
    return largest;
  }
  [[nodiscard]] nlohmann::json accounting() const {
    return nlohmann::json::parse(read_file(at("run") / "leaderboard.json")).at("accounting");
  }
  void expect_undisturbed_scores() const {
    ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
    EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 18U);
    EXPECT_EQ(read_file(at("undisturbed") / "best/model.checkpoint").size(),
              read_file(at("run") / "best/model.checkpoint").size());
  }
};

TEST_F(Storage, that_is_damaged_between_two_starts_is_trained_again_and_said_so) {
  const auto process = start_threads(2, "run");
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) >= 12; }));
  process->kill_everything();
  static_cast<void>(process->wait());
  bool is_removed = true;  // every other one is damaged instead
  for (const auto& file : fs::directory_iterator(checkpoints())) {
    if (is_removed) {
      fs::remove(file.path());
    } else {
      std::string bytes = read_file(file.path());
      bytes[bytes.size() / 2] ^= 1;
      write_file(file.path(), bytes);
    }
    is_removed = !is_removed;
  }
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  EXPECT_GT(accounting().at("steps_recomputed"), 0);
  EXPECT_THAT(read_file(at("run") / "stepladder.log"),
              HasSubstr("a checkpoint was missing or damaged; "));
  expect_undisturbed_scores();
}

TEST_F(Storage, keeps_to_its_limit_and_the_scores_do_not_change) {
  ASSERT_EQ(tune_with_threads(1, "run").exit_code, 0);
  const std::uintmax_t one = largest_checkpoint();
  const std::uintmax_t limit = 3 * one;  // of the trial at work, its next one, and the leader's
  ASSERT_GT(bytes_in_checkpoints(), limit);
  fs::remove_all(at("run"));
  const auto process =
      start_threads(1, "run", {"--set", "run.checkpoint_bytes_max=" + std::to_string(limit)});
  std::uintmax_t most = 0;
  static_cast<void>(process->wait_until([&] {
    if (fs::exists(checkpoints())) most = std::max(most, bytes_in_checkpoints());
    return false;
  }));
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_LE(most, limit);
  EXPECT_GT(most, one);
  EXPECT_THAT(read_file(at("run") / "stepladder.log"), HasSubstr(" is removed: no room"));
  EXPECT_GT(accounting().at("steps_recomputed"), 0);
  expect_undisturbed_scores();
}

TEST_F(Storage, that_cannot_do_with_its_limit_is_refused_with_the_one_it_needs) {
  ASSERT_EQ(tune_with_threads(1, "other").exit_code, 0);
  fs::rename(at("other"), at("run"));
  const std::uintmax_t one = largest_checkpoint();
  fs::remove_all(at("run"));
  const auto limit = [](std::uintmax_t bytes) {
    return Arguments{"--set", "run.checkpoint_bytes_max=" + std::to_string(bytes)};
  };
  for (const bool by_ranks : {false, true}) {
    const Finished refused = by_ranks ? tune_with_ranks(2, "run", limit(5 * one - 1))
                                      : tune_with_threads(2, "run", limit(5 * one - 1));
    EXPECT_EQ(refused.exit_code, 2) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("give " + std::to_string(5 * one) + " or more"));
    EXPECT_FALSE(fs::exists(at("run")));
  }
  EXPECT_EQ(tune_with_threads(2, "run", limit(5 * one)).exit_code, 0);
}

TEST_F(Storage, without_the_winners_checkpoint_trains_the_model_again) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const fs::path model = at("run") / "best/model.checkpoint";
  const std::string bytes = read_file(model);
  ASSERT_FALSE(bytes.empty());
  for (const auto& file : fs::directory_iterator(checkpoints())) fs::remove(file.path());
  fs::remove(model);
  Finished again = tune_with_threads(2, "run");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("the winner's checkpoint is missing or damaged"));
  EXPECT_EQ(read_file(model), bytes);
  again = tune_with_ranks(2, "run");  // the model is there now
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.err, "");
}

// A limit on the size of files stands for the full disk: any user may set one.
TEST_F(Storage, that_is_too_small_for_a_checkpoint_halts_the_run) {
  const std::string command = "ulimit -f 40; exec \"$0\" \"$@\"";  // KiB; the journal has less
  const Finished halted = start({"/bin/bash", "-c", command, STEPLADDER_PROGRAM, "tune",
                                 experiment(), "--run-dir", at("run").string(), "--threads", "2"})
                              ->wait();
  EXPECT_EQ(halted.exit_code, 3) << halted.err;
  EXPECT_THAT(halted.err, HasSubstr("stepladder: cannot write " + checkpoints().string()));
  EXPECT_THAT(halted.err, HasSubstr("File too large"));
  EXPECT_THAT(halted.err, HasSubstr("the same command goes on from its journal"));
  for (const auto& file : fs::directory_iterator(checkpoints()))
    EXPECT_THAT(file.path().string(), ::testing::Not(HasSubstr("draft")));
  ASSERT_EQ(tune_with_ranks(2, "run").exit_code, 0);
  expect_undisturbed_scores();
}

TEST_F(Storage, that_goes_away_under_the_ranks_halts_the_run) {
  const auto process = start_ranks(2, "run");
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) >= 3; }));
  fs::rename(checkpoints(), at("elsewhere"));
  const Finished halted = process->wait();
  EXPECT_TRUE(process->leaves_nobody());
  EXPECT_EQ(halted.exit_code, 3) << halted.err;
  EXPECT_THAT(halted.err, HasSubstr("the same command goes on from its journal"));
  EXPECT_THAT(halted.err, HasSubstr(checkpoints().string()));
  ASSERT_EQ(tune_with_ranks(2, "run").exit_code, 0);
  expect_undisturbed_scores();
}

class FullDisk : public Storage {
 protected:
  void SetUp() override {
    Storage::SetUp();
    fs::create_directories(at("disk"));
    is_mounted_ = ::mount("tmpfs", at("disk").c_str(), "tmpfs", 0, "size=400k") == 0;
  }
  void TearDown() override {
    if (is_mounted_) ::umount2(at("disk").c_str(), MNT_DETACH);
    Storage::TearDown();
  }
  bool is_mounted_ = false;
};

// Whatever meets the end of the disk first, journal, leaderboard or checkpoint.
TEST_F(FullDisk, halts_the_run_and_corrupts_nothing) {
  if (!is_mounted_) GTEST_SKIP() << "a file system of 400 KB needs the right to mount one";
  for (const bool by_ranks : {false, true}) {
    fs::remove_all(at("disk/run"));
    fs::remove_all(at("run"));
    const Finished halted =
        by_ranks ? tune_with_ranks(2, "disk/run") : tune_with_threads(2, "disk/run");
    EXPECT_EQ(halted.exit_code, 3) << halted.err;
    EXPECT_THAT(halted.err, HasSubstr("No space left on device"));
    EXPECT_THAT(halted.err, HasSubstr("goes on from its journal"));
    fs::copy(at("disk/run"), at("run"), fs::copy_options::recursive);
    ASSERT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0);
    ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
    expect_undisturbed_scores();
    fs::remove_all(at("undisturbed"));
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
