// A start that is refused for what its run directory holds: by threads, under mpirun and by the
// launcher, exit code 2, one message, and every file of the folder as it was, the records of who is
// at it and how it ended included.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RefusedStart : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    change_experiment("trials = 18", "trials = 3");
    ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  }
  [[nodiscard]] fs::path journal() const { return at("run") / "journal.jsonl"; }

  void expect_refused(const std::string& reason) const {
    const auto before = files_under(at(""));
    for (const std::string way : {"threads", "mpirun", "launch"}) {
      SCOPED_TRACE("by " + way);
      const std::unique_ptr<Process> process = way == "threads"  ? start_threads(2, "run")
                                               : way == "mpirun" ? start_ranks(2, "run")
                                                                 : start_launch(3, "run");
      const Finished refused = process->wait();
      EXPECT_TRUE(process->leaves_nobody());
      EXPECT_EQ(refused.exit_code, 2) << refused.err;
      EXPECT_THAT(refused.err, HasSubstr(reason));
      EXPECT_EQ(refused.err.find("stepladder"), refused.err.find("stepladder: ")) << refused.err;
      EXPECT_EQ(files_under(at("")), before);
    }
  }
};

TEST_F(RefusedStart, by_a_damaged_journal_touches_nothing) {
  std::string bytes = read_file(journal());
  const std::size_t middle = bytes.size() / 2;  // in none of the first lines
  bytes[middle] = static_cast<char>(bytes[middle] ^ 4);
  write_file(journal(), bytes);
  const auto line =
      1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(middle), '\n');
  const std::string reason = journal().string() + ':' + std::to_string(line) + ": ";
  expect_refused(reason);
  fs::remove(at("run") / "lock");  // as in a copy made by hand
  fs::remove_all(at("run") / "checkpoints");
  expect_refused(reason);
}

TEST_F(RefusedStart, by_the_journal_of_another_experiment_touches_nothing) {
  change_experiment("batch = 64", "batch = 32");
  expect_refused("model.batch is 32 here, but 64 in the run in " + at("run").string());
}

TEST_F(RefusedStart, by_a_journal_that_cannot_be_read_touches_nothing) {
  fs::remove(journal());
  fs::create_directory(journal());  // which not even root can read
  expect_refused("cannot read " + journal().string());
}

TEST_F(RefusedStart, by_a_log_that_cannot_be_written_touches_nothing) {
  fs::remove(at("run") / "stepladder.log");
  fs::create_directory(at("run") / "stepladder.log");
  expect_refused("cannot write the run's log: ");
}

// As one that another version of the program decided.
TEST_F(RefusedStart, by_other_decisions_touches_nothing) {
  ASSERT_EQ(tune_with_threads(2, "other", {"--set", "schedule.eta=2"}).exit_code, 0);
  const std::string own = read_file(journal());
  const std::string other = read_file(at("other") / "journal.jsonl");
  write_file(journal(), own.substr(0, own.find('\n')) + other.substr(other.find('\n')));
  expect_refused("decides otherwise than the one that wrote the journal");
}

}  // namespace
}  // namespace stepladder::end_to_end
