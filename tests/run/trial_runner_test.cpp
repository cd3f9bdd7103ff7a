#include "stepladder/run/trial_runner.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/store/files.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;

constexpr TrialId kTrial{3};

data::LabelledRows labelled_rows(std::size_t count, std::uint64_t salt) {
  const RandomStream random(Seed{5}, Purpose::simulation, salt);
  data::LabelledRows rows;
  for (std::size_t row = 0; row < count; ++row) {
    const auto label = static_cast<std::int32_t>(row % 3);
    rows.labels.push_back(label);
    for (std::size_t column = 0; column < 12; ++column)
      rows.features.push_back(
          static_cast<std::uint8_t>(random.below(row * 12 + column, 128) +
                                    (column % 3 == static_cast<std::size_t>(label) ? 127 : 0)));
  }
  return rows;
}

Materials small_materials() {
  Materials materials;
  materials.experiment.seed = Seed{11};
  materials.experiment.model = {.hidden = {9}, .batch = 16, .keep_probability = 0.75};
  materials.data = {.train = labelled_rows(240, 0),
                    .test = labelled_rows(60, 1),
                    .columns = 12,
                    .classes = 3,
                    .shift = -127.5F,
                    .scale = 1.0F / 255.0F};
  materials.split = data::split_rows(240, 60, 30, Seed{11});
  materials.train = materials.data.train_rows();
  materials.test = materials.data.test_rows();
  return materials;
}

Assignment assignment(Steps from, Steps to, double rate = 0.01) {
  return {.lease = LeaseId{1},
          .trial = kTrial,
          .configuration = {{{"learning_rate", Value{rate}},
                             {"optimizer", Value{std::string("adam")}}}},
          .from = from,
          .to = to,
          .horizon = 60};
}

const fleet::KeepGoing kAlways = [](Steps) { return true; };

class TrialRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) /
            (std::string("trial_runner_") + test->name() + '-' + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  // A worker that holds nothing in memory; workers of one `place` share its checkpoints.
  TrialRunner runner(const std::string& place) {
    fs::create_directories(root_ / place);
    return {materials_, store::Checkpoints(root_ / place)};
  }
  fs::path checkpoint(const std::string& place, Steps step) const {
    return store::Checkpoints(root_ / place).path_of(kTrial, step);
  }
  std::string bytes(const std::string& place, Steps step) const {
    return store::read_text(checkpoint(place, step));
  }
  // 0 to 60 in one assignment: what every other way must end with.
  fleet::Result in_one_go() { return runner("whole")(assignment(0, 60), kAlways); }

  Materials materials_ = small_materials();
  fs::path root_;
};

TEST_F(TrialRunnerTest, learns_scores_and_accounts) {
  const fleet::Result result = in_one_go();
  ASSERT_TRUE(std::holds_alternative<Score>(result.outcome));
  EXPECT_GT(std::get<Score>(result.outcome)[0], 0.8);
  EXPECT_EQ(result.effort.steps, 60);
  EXPECT_GT(result.effort.training, 0);
  EXPECT_GT(result.effort.scoring, 0);
  EXPECT_GT(result.effort.checkpointing, 0);
}

TEST_F(TrialRunnerTest, another_worker_goes_on_to_the_same_bytes) {
  const fleet::Result whole = in_one_go();
  static_cast<void>(runner("parts")(assignment(0, 20), kAlways));
  ASSERT_TRUE(fs::exists(checkpoint("parts", 20)));
  const fleet::Result rest = runner("parts")(assignment(20, 60), kAlways);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(rest.effort.steps, 40);
  EXPECT_EQ(rest.effort.recomputed, 0);
  EXPECT_EQ(bytes("parts", 60), bytes("whole", 60));
}

// A worker that was taken for lost comes back, holding less than the one that took its place saved.
TEST_F(TrialRunnerTest, goes_on_from_what_another_worker_saved_where_that_is_further) {
  const fleet::Result whole = in_one_go();
  TrialRunner late = runner("shared");
  static_cast<void>(late(assignment(0, 40), [](Steps at) { return at < 16; }));
  TrialRunner other = runner("shared");
  static_cast<void>(other(assignment(0, 40), kAlways));
  static_cast<void>(other(assignment(40, 60), [](Steps at) { return at < 48; }));
  ASSERT_TRUE(fs::exists(checkpoint("shared", 48)));
  const fleet::Result rest = late(assignment(40, 60), kAlways);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(rest.effort.steps, 12);
  EXPECT_EQ(rest.effort.recomputed, 0);
  EXPECT_EQ(bytes("shared", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, the_same_worker_goes_on_from_memory) {
  const fleet::Result whole = in_one_go();
  TrialRunner worker = runner("memory");
  static_cast<void>(worker(assignment(0, 20), kAlways));
  fs::remove(checkpoint("memory", 20));
  const fleet::Result rest = worker(assignment(20, 60), kAlways);
  EXPECT_EQ(rest.effort.steps, 40);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(bytes("memory", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, one_trial_leaves_no_trace_in_the_next) {
  static_cast<void>(in_one_go());
  Assignment other = assignment(0, 20);
  other.trial = TrialId{4};
  const fleet::Result alone = runner("alone")(other, kAlways);

  TrialRunner worker = runner("between");
  static_cast<void>(worker(assignment(0, 20), kAlways));
  EXPECT_EQ(worker(other, kAlways).outcome, alone.outcome);
  static_cast<void>(worker(assignment(20, 60), kAlways));
  EXPECT_EQ(bytes("between", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, recomputes_a_missing_checkpoint) {
  const fleet::Result whole = in_one_go();
  static_cast<void>(runner("missing")(assignment(0, 20), kAlways));
  fs::remove(checkpoint("missing", 20));
  const fleet::Result rest = runner("missing")(assignment(20, 60), kAlways);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(rest.effort.steps, 60);
  EXPECT_EQ(rest.effort.recomputed, 20);
  EXPECT_EQ(bytes("missing", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, recomputes_a_damaged_checkpoint) {
  const fleet::Result whole = in_one_go();
  static_cast<void>(runner("damaged")(assignment(0, 20), kAlways));
  std::string damaged = bytes("damaged", 20);
  damaged[damaged.size() / 2] ^= 1;
  std::ofstream(checkpoint("damaged", 20), std::ios::binary) << damaged;
  const fleet::Result rest = runner("damaged")(assignment(20, 60), kAlways);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(rest.effort.steps, 60);
  EXPECT_EQ(bytes("damaged", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, saves_what_it_gives_back) {
  const fleet::Result whole = in_one_go();
  const fleet::Result back = runner("back")(assignment(0, 60), [](Steps at) { return at < 32; });
  ASSERT_TRUE(std::holds_alternative<Interrupted>(back.outcome));
  const Steps at = std::get<Interrupted>(back.outcome).at;
  EXPECT_EQ(at, 32);
  EXPECT_EQ(back.effort.steps, at);
  ASSERT_TRUE(fs::exists(checkpoint("back", at)));
  const fleet::Result rest = runner("back")(assignment(0, 60), kAlways);
  EXPECT_EQ(rest.effort.steps, 60 - at);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(bytes("back", 60), bytes("whole", 60));
}

// A worker that saves whenever it is asked whether to go on, and dies without a word at step 40.
TEST_F(TrialRunnerTest, saves_on_the_way_so_that_little_is_trained_again) {
  const fleet::Result whole = in_one_go();
  materials_.experiment.run.checkpointing = 1e-9;
  struct Death {};
  std::vector<Steps> saved;
  const auto dies = [&](Steps at) {
    for (const auto& checkpoint : store::Checkpoints(root_ / "dying").all())
      saved.push_back(checkpoint.step);
    if (at >= 40) throw Death{};
    return true;
  };
  EXPECT_THROW(static_cast<void>(runner("dying")(assignment(0, 60), dies)), Death);
  EXPECT_EQ(saved, (std::vector<Steps>{16, 32, 48}));  // one at a time
  const fleet::Result rest = runner("dying")(assignment(0, 60), kAlways);
  EXPECT_EQ(rest.effort.steps, 60 - 48);
  EXPECT_EQ(rest.effort.recomputed, 0);
  EXPECT_EQ(rest.outcome, whole.outcome);
  EXPECT_EQ(bytes("dying", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, saves_only_at_the_end_where_it_is_told_no_interval) {
  materials_.experiment.run.checkpointing = 0;
  const auto looks = [&](Steps) {
    EXPECT_TRUE(store::Checkpoints(root_ / "end").all().empty());
    return true;
  };
  static_cast<void>(runner("end")(assignment(0, 60), looks));
  EXPECT_EQ(store::Checkpoints(root_ / "end").all().size(), 1U);
}

TEST_F(TrialRunnerTest, says_that_its_storage_failed) {
  TrialRunner worker = runner("gone");
  fs::remove_all(root_ / "gone");
  EXPECT_THROW(static_cast<void>(worker(assignment(0, 20), kAlways)), store::StorageError);
}

TEST_F(TrialRunnerTest, brings_a_trial_back_to_any_step_without_a_checkpoint) {
  static_cast<void>(in_one_go());
  const training::State state = runner("nothing").state_after(assignment(60, 60), [] {});
  store::Checkpoints(root_ / "nothing").save(kTrial, state);
  EXPECT_EQ(bytes("nothing", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, a_rate_far_too_high_diverges_and_leaves_no_trace) {
  const Assignment wild = [] {
    Assignment a = assignment(0, 60, 1e30);
    a.configuration.settings[1].value = std::string("sgd");
    return a;
  }();
  TrialRunner worker = runner("wild");
  const fleet::Result result = worker(wild, kAlways);
  ASSERT_TRUE(std::holds_alternative<Diverged>(result.outcome));
  EXPECT_LE(std::get<Diverged>(result.outcome).at, 50);
  EXPECT_TRUE(fs::is_empty(root_ / "wild"));
  // The next trial on this worker starts from its own weights.
  static_cast<void>(in_one_go());
  static_cast<void>(worker(assignment(0, 60), kAlways));
  EXPECT_EQ(bytes("wild", 60), bytes("whole", 60));
}

TEST_F(TrialRunnerTest, scores_each_part_on_its_own_rows_without_training) {
  TrialRunner worker = runner("parts");
  const Score prune = std::get<Score>(worker(assignment(0, 60), kAlways).outcome);
  const auto score_on = [&](Part part) {
    Assignment only_score = assignment(60, 60);
    only_score.part = part;
    const fleet::Result result = runner("parts")(only_score, kAlways);
    EXPECT_EQ(result.effort.steps, 0);
    return std::get<Score>(result.outcome);
  };
  EXPECT_EQ(score_on(Part::prune), prune);
  EXPECT_NE(score_on(Part::final)[1], prune[1]);
  EXPECT_NE(score_on(Part::test)[1], prune[1]);
  EXPECT_NE(score_on(Part::test)[1], score_on(Part::final)[1]);
  // 60 test rows, 30 final rows: accuracies are whole numbers of them.
  const double of_test = score_on(Part::test)[0] * 60;
  EXPECT_NEAR(of_test, std::round(of_test), 1e-9);
}

}  // namespace
}  // namespace stepladder::run
