#include "stepladder/schedule/rung.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

// The rule as Li et al. (MLSys 2020, algorithm 2, get_job) print it: sort, take the best
// floor(n / eta), of these the best one not promoted yet.
class PrintedRule {
 public:
  explicit PrintedRule(std::size_t eta) : eta_(eta) {}

  void add(const Standing& standing) { entries_.push_back({standing, false}); }
  void promote(TrialId trial) {
    for (Entry& entry : entries_)
      if (entry.standing.trial == trial) entry.promoted = true;
  }
  [[nodiscard]] std::vector<TrialId> top() const {
    std::vector<Entry> sorted = entries_;
    std::sort(sorted.begin(), sorted.end(),
              [](const Entry& a, const Entry& b) { return a.standing < b.standing; });
    std::vector<TrialId> result;
    for (std::size_t i = 0; i < entries_.size() / eta_; ++i)
      result.push_back(sorted[i].standing.trial);
    return result;
  }
  [[nodiscard]] std::optional<TrialId> promotable() const {
    for (const TrialId trial : top()) {
      const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                      [&](const Entry& e) { return e.standing.trial == trial; });
      if (!entry->promoted && !entry->standing.failed) return trial;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    Standing standing;
    bool promoted;
  };
  std::size_t eta_;
  std::vector<Entry> entries_;
};

Standing scored(std::uint32_t trial, double accuracy, double loss = 1) {
  return standing_of(Score{accuracy, loss}, TrialId{trial}, by_share());
}
Standing failed(std::uint32_t trial) { return standing_of(Diverged{}, TrialId{trial}, by_share()); }

// Coarse scores, so that ties are many; a tenth diverged, a twentieth NaN.
Standing any_standing(const RandomStream& random, std::uint64_t index, TrialId trial) {
  const double what = random.uniform(4 * index);
  if (what < 0.1) return standing_of(Diverged{3}, trial, by_share());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (what < 0.15) return standing_of(Score{nan, 1}, trial, by_share());
  return standing_of(Score{static_cast<double>(random.below(4 * index + 1, 6)) / 6,
                           static_cast<double>(random.below(4 * index + 2, 3))},
                     trial, by_share());
}

TEST(Rung, DoesWhatTheSortedListOfThePaperDoes) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const RandomStream random(Seed{seed}, Purpose::simulation);
    const std::int64_t eta = 2 + static_cast<std::int64_t>(random.below(1'000'000, 4));
    const std::size_t size = 1 + random.below(1'000'001, 60);
    const Permutation order(random, size);  // trials do not complete in the order of their ids
    const double eagerness = random.uniform(1'000'002);
    Rung rung(10, eta);
    PrintedRule rule(static_cast<std::size_t>(eta));
    for (std::size_t i = 0; i < size; ++i) {
      const TrialId trial{static_cast<std::uint32_t>(order(i))};
      const Standing standing = any_standing(random, i, trial);
      rung.add(standing);
      rule.add(standing);
      ASSERT_EQ(rung.promotable(), rule.promotable()) << "seed " << seed << ", entry " << i;
      while (rung.promotable() &&
             random.uniform(4 * i + 3 + 1'000'000 * rung.promoted()) < eagerness) {
        const TrialId best = *rung.promotable();
        rung.promote(best);
        rule.promote(best);
        ASSERT_EQ(rung.promotable(), rule.promotable()) << "seed " << seed << ", entry " << i;
      }
      const std::vector<TrialId> top = rule.top();
      for (const Rung::Entry& entry : rung.entries())
        ASSERT_EQ(entry.in_top,
                  std::find(top.begin(), top.end(), entry.standing.trial) != top.end())
            << "seed " << seed << ", entry " << i;
    }
  }
}

TEST(Rung, PromotesTheBestOfEta) {
  Rung rung(1, 3);
  rung.add(scored(0, 0.1));
  rung.add(scored(1, 0.3));
  EXPECT_FALSE(rung.promotable());
  rung.add(scored(2, 0.2));
  EXPECT_EQ(rung.promotable(), TrialId{1});
  rung.promote(TrialId{1});
  EXPECT_FALSE(rung.promotable());
  EXPECT_EQ(rung.promoted(), 1U);
}

TEST(Rung, CountsPromotedEntriesAgainstTheQuota) {
  // After a wrong promotion the next better entry is promoted as well; the quota is not.
  Rung rung(1, 2);
  rung.add(scored(0, 0.1));
  rung.add(scored(1, 0.2));
  rung.promote(TrialId{1});
  rung.add(scored(2, 0.9));
  EXPECT_EQ(rung.promotable(), TrialId{2});  // the top is {2} now
  rung.promote(TrialId{2});
  rung.add(scored(3, 0.05));
  EXPECT_FALSE(rung.promotable());  // the top is {2, 1}, both promoted
}

TEST(Rung, BreaksTiesByLossThenByTrial) {
  Rung rung(1, 4);
  rung.add(scored(7, 0.5, 0.3));
  rung.add(scored(3, 0.5, 0.2));
  rung.add(scored(2, 0.5, 0.2));
  rung.add(scored(1, 0.5, 0.4));
  EXPECT_EQ(rung.promotable(), TrialId{2});
}

TEST(Rung, NeverPromotesAFailedTrialButCountsIt) {
  Rung rung(1, 2);
  for (std::uint32_t i = 0; i < 6; ++i) rung.add(failed(i));
  EXPECT_FALSE(rung.promotable());
  rung.add(scored(6, 0.0));
  EXPECT_EQ(rung.promotable(), TrialId{6});
}

TEST(Rung, TakesNaNForAFailure) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Metrics& metrics : {by_share(), by_loss()})
    for (const Score score : {Score{nan, 1}, Score{0.5, nan}, Score{0.5, infinity}}) {
      Rung rung(1, 2);
      rung.add(standing_of(score, TrialId{0}, metrics));
      rung.add(standing_of(score, TrialId{1}, metrics));
      EXPECT_FALSE(rung.promotable());
    }
}

TEST(Rung, KeepsEntriesInOrderOfCompletion) {
  Rung rung(5, 2);
  for (const std::uint32_t trial : {4U, 1U, 3U}) rung.add(scored(trial, 0.1 * trial));
  ASSERT_EQ(rung.entries().size(), 3U);
  EXPECT_EQ(rung.entries()[0].standing.trial, TrialId{4});
  EXPECT_EQ(rung.entries()[1].standing.trial, TrialId{1});
  EXPECT_EQ(rung.entries()[2].standing.trial, TrialId{3});
  EXPECT_EQ(rung.level(), 5);
}

TEST(Rung, PromotesAnyEntryOnRequestAndNeverTwice) {
  Rung rung(1, 3);
  rung.add(scored(0, 0.1));
  rung.add(scored(1, 0.3));
  rung.promote(TrialId{0});  // the finishing promotion asks for entries outside the top
  EXPECT_THROW(rung.promote(TrialId{0}), std::logic_error);
  EXPECT_THROW(rung.promote(TrialId{9}), std::logic_error);
  rung.add(scored(2, 0.05));
  EXPECT_EQ(rung.promotable(), TrialId{1});
}

}  // namespace
}  // namespace stepladder::schedule
