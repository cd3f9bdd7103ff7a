// The journal of a real run, cut at every byte and with bits flipped: no acknowledged event is
// lost, none is invented, and damage is named by line before anything is written.
#include "stepladder/store/journal.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::vector<wire::Entry> entries_in(const fs::path& journal) {
  store::JournalReader reader(journal);
  std::vector<wire::Entry> entries;
  while (auto entry = reader.next()) entries.push_back(std::move(*entry));
  return entries;
}

class RealJournal : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    change_experiment("trials = 18", "trials = 4");  // each cut reads all that is left
    change_experiment("confirmation_seeds = 2", "confirmation_seeds = 1");
    ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
    whole_ = read_file(journal());
  }
  [[nodiscard]] fs::path journal() const { return at("run") / "journal.jsonl"; }
  [[nodiscard]] std::size_t line_of(std::size_t byte) const {
    return 1 + static_cast<std::size_t>(std::count(
                   whole_.begin(), whole_.begin() + static_cast<std::ptrdiff_t>(byte), '\n'));
  }
  [[nodiscard]] std::string with_flipped(std::size_t byte, unsigned bit) const {
    std::string damaged = whole_;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
    return damaged;
  }
  std::string whole_;
};

TEST_F(RealJournal, cut_at_any_byte_keeps_exactly_its_whole_lines) {
  const std::vector<wire::Entry> all = entries_in(journal());
  const fs::path cut = at("cut.jsonl");
  const std::size_t first_line = whole_.find('\n');  // without its newline
  for (std::size_t size = first_line; size <= whole_.size(); ++size) {
    write_file(cut, whole_.substr(0, size));
    // A line counts once its last brace is there; its newline may be missing.
    const bool is_whole = size == whole_.size() || whole_[size] == '\n';
    const std::size_t kept = line_of(size) - 1 + (is_whole && whole_[size - 1] != '\n' ? 1 : 0) - 1;
    const std::vector<wire::Entry> found = entries_in(cut);
    ASSERT_EQ(found.size(), kept) << "cut at " << size;
    ASSERT_TRUE(std::equal(found.begin(), found.end(), all.begin())) << "cut at " << size;
  }
}

TEST_F(RealJournal, cut_anywhere_goes_on_to_the_same_end) {
  const Scores scores = scores_of(at("run"));
  const RandomStream random(Seed{3}, Purpose::simulation, 1);
  const std::size_t first_line = whole_.find('\n');
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::size_t size = first_line + random.below(i, whole_.size() - first_line);
    SCOPED_TRACE("cut at " + std::to_string(size));
    write_file(journal(), whole_.substr(0, size));
    ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
    EXPECT_GE(expect_same_scores(scores, scores_of(at("run"))), 4U);
  }
}

TEST_F(RealJournal, with_a_flipped_bit_is_refused_by_line_and_nothing_is_written) {
  const RandomStream random(Seed{4}, Purpose::simulation, 1);
  const fs::path damaged = at("damaged.jsonl");
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::size_t byte = random.below(2 * i, whole_.size());
    const auto bit = static_cast<unsigned>(random.below(2 * i + 1, 8));
    write_file(damaged, with_flipped(byte, bit));
    try {
      static_cast<void>(entries_in(damaged));
      ADD_FAILURE() << "byte " << byte << ", bit " << bit << " was not seen";
    } catch (const store::StorageError& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr(damaged.string() + ':' + std::to_string(line_of(byte)) + ": "));
    }
  }
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::size_t byte = random.below(10'000 + i, whole_.size());
    write_file(journal(), with_flipped(byte, static_cast<unsigned>(i)));
    const auto before = files_under(at("run"));
    const Finished refused = tune_with_threads(2, "run");
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err,
                HasSubstr(journal().string() + ':' + std::to_string(line_of(byte)) + ": "));
    EXPECT_EQ(files_under(at("run")), before);
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
