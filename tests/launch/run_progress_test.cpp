#include "stepladder/launch/run_progress.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/store/journal.hpp"

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;
using schedule::Event;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RunProgressTest : public ::testing::Test {
 protected:
  RunProgressTest() {
    fs::remove_all(run_.root());
    run_.create();
    journal_ = store::Journal::create(run_.journal(), {.experiment = "x"});
  }
  ~RunProgressTest() override { fs::remove_all(run_.root()); }

  template <class What>
  void add(What what) {
    const std::vector<wire::Entry> entries = {{.event = Event{.at = 1, .what = what}}};
    journal_->append(entries);
  }
  void add_checkpoint(const std::string& name) const {
    std::ofstream(run_.checkpoints() / (name + ".checkpoint")) << "x";
  }

  const store::RunDirectory run_{fs::path(::testing::TempDir()) /
                                 ("run-progress-" + std::to_string(::getpid()))};
  std::optional<store::Journal> journal_;
};

TEST_F(RunProgressTest, AreResults) {
  const RunProgress before = progress_of(run_);
  EXPECT_FALSE(has_progressed(before, progress_of(run_)));
  add(schedule::WorkerJoined{WorkerId{0}});
  add(schedule::Restarted{});
  EXPECT_FALSE(has_progressed(before, progress_of(run_)));
  add(schedule::Reported{.lease = LeaseId{1}, .outcome = Score{0.5, 1}});
  EXPECT_TRUE(has_progressed(before, progress_of(run_)));
}

TEST_F(RunProgressTest, AreCheckpointsThatWereNotThereBefore) {
  add_checkpoint("trial-0-step-100");
  const RunProgress before = progress_of(run_);
  fs::remove(run_.checkpoints() / "trial-0-step-100.checkpoint");
  EXPECT_FALSE(has_progressed(before, progress_of(run_)));
  add_checkpoint("trial-0-step-200");
  EXPECT_TRUE(has_progressed(before, progress_of(run_)));
}

TEST_F(RunProgressTest, AreNoneWhereThereIsNoRun) {
  const RunProgress none = progress_of(store::RunDirectory(run_.root() / "missing"));
  EXPECT_EQ(none.results, 0U);
  EXPECT_THAT(none.checkpoints, IsEmpty());
}

TEST_F(RunProgressTest, KnowWhichRanksWereMissingAtTheEnd) {
  for (std::uint32_t worker = 0; worker < 4; ++worker)
    add(schedule::WorkerJoined{WorkerId{worker}});
  add(schedule::WorkerLost{WorkerId{3}});
  add(schedule::Restarted{});  // which starts all of them anew
  add(schedule::WorkerLost{WorkerId{1}});
  add(schedule::WorkerLost{WorkerId{2}});
  add(schedule::WorkerJoined{WorkerId{2}});
  EXPECT_THAT(ranks_lost(run_), ElementsAre(2));
  EXPECT_THAT(ranks_lost(store::RunDirectory(run_.root() / "missing")), IsEmpty());
}

}  // namespace
}  // namespace stepladder::launch
