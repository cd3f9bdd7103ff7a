// `stepladder replay` and `stepladder explain` on runs that were really trained, and on a journal
// that somebody has changed.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Replay : public Workbench {
 protected:
  [[nodiscard]] Finished replay() const { return stepladder({"replay", at("run").string()}); }
  [[nodiscard]] std::string explain(std::uint32_t trial) const {
    const Finished finished = stepladder({"explain", at("run").string(), std::to_string(trial)});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  }
  [[nodiscard]] fs::path journal() const { return at("run") / "journal.jsonl"; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::ifstream file(journal());
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }
  // Line `number` (from 1) with its entry changed by `change`, and a checksum that is right.
  template <class Change>
  void doctor(std::size_t number, const Change& change) const {
    std::vector<std::string> all = lines();
    wire::Entry entry = wire::entry_from(all[number - 1], number);
    change(entry);
    all[number - 1] = wire::to_line(entry, number);
    std::string text;
    for (const std::string& line : all) text += line + '\n';
    write_file(journal(), text);
  }
  [[nodiscard]] json board() const {
    return json::parse(read_file(at("run") / "leaderboard.json"));
  }
};

TEST_F(Replay, finds_a_run_of_threads_and_one_of_ranks_identical) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const std::size_t events = lines().size() - 1;
  const Finished of_threads = replay();
  EXPECT_EQ(of_threads.exit_code, 0) << of_threads.err;
  EXPECT_THAT(of_threads.out, StartsWith("identical: " + std::to_string(events) + " events"));
  fs::remove_all(at("run"));
  ASSERT_EQ(tune_with_ranks(2, "run", {"--set", "schedule.mode=hyperband_async"}).exit_code, 0);
  const Finished of_ranks = replay();
  EXPECT_EQ(of_ranks.exit_code, 0) << of_ranks.err;
  EXPECT_THAT(of_ranks.out, StartsWith("identical: "));
}

TEST_F(Replay, names_the_first_line_that_differs) {
  ASSERT_EQ(tune_with_threads(2, "run", {"--set", "schedule.trials=9"}).exit_code, 0);
  const std::vector<std::string> all = lines();
  // Somebody claims that another trial was assigned, half-way and once more at the end.
  std::size_t changed = 0;
  std::size_t line = 0;
  for (std::size_t number = all.size(); number >= 2 && changed < 2; --number)
    doctor(number, [&](wire::Entry& entry) {
      for (schedule::Command& command : entry.commands)
        if (auto* assign = std::get_if<schedule::Assign>(&command)) {
          assign->assignment.trial.value += 1;
          line = number;
          ++changed;
          return;
        }
    });
  ASSERT_EQ(changed, 2U);
  const Finished different = replay();
  EXPECT_EQ(different.exit_code, 1);
  EXPECT_THAT(different.out,
              HasSubstr("journal.jsonl:" + std::to_string(line) + ": first difference"));
}

TEST_F(Replay, notices_a_changed_score) {
  ASSERT_EQ(tune_with_threads(1, "run", {"--set", "schedule.trials=9"}).exit_code, 0);
  // The winner's first score turns into a divergence: what follows cannot be the same.
  const std::uint32_t winner = board()["entries"][0]["trial"].get<std::uint32_t>();
  std::map<LeaseId, std::uint32_t> trial_of;
  bool changed = false;
  const std::size_t count = lines().size();
  for (std::size_t number = 2; number <= count && !changed; ++number)
    doctor(number, [&](wire::Entry& entry) {
      if (auto* report = std::get_if<schedule::Reported>(&entry.event.what))
        if (trial_of.at(report->lease) == winner) {
          report->outcome = Diverged{1};
          changed = true;
        }
      for (const schedule::Command& command : entry.commands)
        if (const auto* assign = std::get_if<schedule::Assign>(&command))
          trial_of[assign->assignment.lease] = assign->assignment.trial.value;
    });
  ASSERT_TRUE(changed);
  EXPECT_EQ(replay().exit_code, 1);
}

TEST_F(Replay, refuses_damage_and_what_is_no_run) {
  EXPECT_EQ(replay().exit_code, 2);
  EXPECT_THAT(replay().err, HasSubstr("no run there"));
  EXPECT_EQ(stepladder({"explain", at("run").string(), "0"}).exit_code, 2);
  ASSERT_EQ(tune_with_threads(2, "run", {"--set", "schedule.trials=3"}).exit_code, 0);
  std::string text = read_file(journal());
  const std::size_t second = text.find('\n', text.find('\n') + 1) - 5;
  text[second] = text[second] == '1' ? '2' : '1';
  write_file(journal(), text);
  const Finished damaged = replay();
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_THAT(damaged.err, HasSubstr("journal.jsonl:2"));
  EXPECT_EQ(std::count(damaged.err.begin(), damaged.err.end(), '\n'), 1);
}

TEST_F(Replay, explains_winner_promoted_and_pruned_trials) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  bool promoted = false;
  bool pruned = false;
  const json entries = board()["entries"];
  for (const json& entry : entries) {
    const std::string text = explain(entry["trial"].get<std::uint32_t>());
    EXPECT_THAT(text, StartsWith("Trial " + entry["trial"].dump() + ": "));
    EXPECT_THAT(text, HasSubstr("learning_rate="));
    EXPECT_THAT(text, HasSubstr("trains it from step 0 to 100"));
    if (entry["status"] == "pruned" && entry["steps"] == 100) {
      pruned = true;
      EXPECT_THAT(text, HasSubstr("entered rung 100 as "));
      EXPECT_THAT(text, HasSubstr("It would have taken more than accuracy "));
      EXPECT_THAT(text, ::testing::Not(HasSubstr("promoted from")));
    }
    if (entry["steps"] >= 300) {
      promoted = true;
      EXPECT_THAT(text, HasSubstr("promoted from rung 100: it was "));
    }
  }
  EXPECT_TRUE(promoted && pruned);
  const std::string best = explain(board()["entries"][0]["trial"].get<std::uint32_t>());
  EXPECT_THAT(best, HasSubstr("entered rung 900 as 1 of "));
  EXPECT_THAT(best, HasSubstr("a finalist"));
  const std::string winner = explain(board()["winner"]["trial"].get<std::uint32_t>());
  EXPECT_THAT(winner, HasSubstr("it was chosen as the winner"));
}

TEST_F(Replay, explains_top_k_by_its_own_number) {
  ASSERT_EQ(tune_with_threads(2, "run",
                              {"--set", "schedule.mode=top_k", "--set", "schedule.top_k=5", "--set",
                               "schedule.trials=8"})
                .exit_code,
            0);
  std::size_t pruned = 0;
  for (std::uint32_t trial = 0; trial < 8; ++trial) {
    const std::string text = explain(trial);
    if (text.find("which may promote its best 5") != std::string::npos) ++pruned;
  }
  EXPECT_EQ(pruned, 3U);
}

}  // namespace
}  // namespace stepladder::end_to_end
