#include "stepladder/analysis/audit.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::int64_t kEta = 3;

Observation scored(std::uint32_t trial, Steps steps, double accuracy, bool audited = false) {
  return {.trial = TrialId{trial},
          .learning_rate = 0.1,
          .steps = steps,
          .score = Score{accuracy, 1 - accuracy},
          .audited = audited};
}

// Six trials at 100; the rule keeps the best two. Trial 5 is last but audited, and ends best.
TEST(PruningAudit, counts_who_would_have_been_pruned_and_ended_better) {
  std::vector<Observation> observations;
  for (std::uint32_t i = 0; i < 5; ++i) observations.push_back(scored(i, 100, 0.9 - 0.01 * i));
  observations.push_back(scored(5, 100, 0.5, true));
  observations.push_back(scored(0, 300, 0.95));
  observations.push_back(scored(1, 300, 0.94));
  observations.push_back(scored(5, 300, 0.96, true));
  const auto audit = audit_pruning(observations, kEta, by_share());
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->audited, 1U);
  EXPECT_EQ(audit->would_stay, 0U);
  EXPECT_EQ(audit->better_than_median.count, 1U);
  EXPECT_EQ(audit->better_than_best.count, 1U);
  EXPECT_EQ(audit->better_than_best.of, 1U);
  EXPECT_LT(audit->better_than_best.share.interval_95.low, 0.3);
  ASSERT_EQ(audit->rungs.size(), 1U);
  EXPECT_EQ(audit->rungs[0].steps, 100);
  EXPECT_EQ(audit->rungs[0].better_than_median.count, 1U);
}

// Trial 5 is behind the line at 100 only, trial 4 at 300 as well; at 900 trial 5 comes out best.
TEST(PruningAudit, tells_the_rungs_apart) {
  std::vector<Observation> observations;
  for (std::uint32_t i = 0; i < 4; ++i) observations.push_back(scored(i, 100, 0.9 - 0.01 * i));
  observations.push_back(scored(4, 100, 0.5, true));
  observations.push_back(scored(5, 100, 0.4, true));
  observations.push_back(scored(0, 300, 0.91));
  observations.push_back(scored(1, 300, 0.92));
  observations.push_back(scored(4, 300, 0.6, true));
  observations.push_back(scored(5, 300, 0.95, true));
  observations.push_back(scored(1, 900, 0.93));
  observations.push_back(scored(4, 900, 0.7, true));
  observations.push_back(scored(5, 900, 0.96, true));
  const auto audit = audit_pruning(observations, kEta, by_share());
  ASSERT_TRUE(audit);
  ASSERT_EQ(audit->rungs.size(), 2U);
  EXPECT_EQ(audit->rungs[0].better_than_median.count, 1U);
  EXPECT_EQ(audit->rungs[0].better_than_median.of, 2U);
  EXPECT_EQ(audit->rungs[1].better_than_median.count, 0U);
  EXPECT_EQ(audit->rungs[1].better_than_median.of, 1U);
}

TEST(PruningAudit, who_diverged_was_pruned_rightly_and_who_was_good_would_stay) {
  std::vector<Observation> observations = {scored(0, 100, 0.9),        scored(1, 100, 0.8),
                                           scored(2, 100, 0.95, true), scored(3, 100, 0.7),
                                           scored(4, 100, 0.6),        scored(5, 100, 0.5)};
  observations.push_back({.trial = TrialId{6}, .steps = 100, .diverged_at = 7, .audited = true});
  observations.push_back(scored(0, 300, 0.95));
  observations.push_back(scored(2, 300, 0.97, true));
  const auto audit = audit_pruning(observations, kEta, by_share());
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->audited, 2U);
  EXPECT_EQ(audit->would_stay, 1U);
  EXPECT_EQ(audit->better_than_median.count, 0U);
  EXPECT_EQ(audit->better_than_median.of, 1U);
}

TEST(PruningAudit, has_nothing_to_say_without_audited_trials) {
  EXPECT_FALSE(audit_pruning({scored(0, 100, 0.9), scored(0, 300, 0.9)}, kEta, by_share()));
  EXPECT_FALSE(audit_pruning({}, kEta, by_share()));
}

// 243 trials with scores at 100 that say something about those at 300. What every pruned trial
// would have come to is known here, so the true share is; the audit knows a tenth of them.
TEST(PruningAudit, its_interval_covers_the_true_share) {
  int covered = 0;
  double truths = 0;
  constexpr int kRuns = 300;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    constexpr std::uint32_t kTrials = 243;
    const RandomStream random(Seed{9}, Purpose::simulation, run);
    std::vector<double> first;
    std::vector<double> last;
    for (std::uint32_t i = 0; i < kTrials; ++i) {
      first.push_back(0.5 + 0.05 * random.normal(2 * i));
      last.push_back(0.5 + 0.7 * (first.back() - 0.5) + 0.05 * random.normal(2 * i + 1));
    }
    std::vector<double> order = first;
    std::sort(order.rbegin(), order.rend());
    const double line = order[kTrials / kEta - 1];
    std::vector<Observation> observations;
    std::vector<double> kept;
    std::vector<double> pruned;
    for (std::uint32_t i = 0; i < kTrials; ++i) {
      const bool audited = random.uniform(10'000 + i) < 0.1;
      observations.push_back(scored(i, 100, first[i], audited));
      if (audited || first[i] >= line) observations.push_back(scored(i, 300, last[i], audited));
      if (first[i] < line) pruned.push_back(last[i]);
      if (first[i] >= line && !audited) kept.push_back(last[i]);
    }
    const auto median = kept.begin() + static_cast<std::ptrdiff_t>((kept.size() - 1) / 2);
    std::nth_element(kept.begin(), median, kept.end());
    const auto better =
        std::count_if(pruned.begin(), pruned.end(), [&](double score) { return score > *median; });
    const double truth = static_cast<double>(better) / static_cast<double>(pruned.size());
    truths += truth / kRuns;
    const auto audit = audit_pruning(observations, kEta, by_share());
    ASSERT_TRUE(audit);
    covered += audit->better_than_median.share.interval_95.contains(truth);
  }
  EXPECT_GT(truths, 0.1);
  EXPECT_LT(truths, 0.4);
  EXPECT_GE(covered, 0.93 * kRuns);
}

TEST(RungAgreement, uses_audited_trials_where_there_are_four) {
  std::vector<Observation> observations;
  for (std::uint32_t i = 0; i < 10; ++i) {
    const bool audited = i % 2 == 0;
    // Audited ones keep their order, the others turn it round.
    observations.push_back(scored(i, 100, 0.5 + 0.01 * i, audited));
    observations.push_back(scored(i, 300, audited ? 0.6 + 0.01 * i : 0.6 - 0.01 * i, audited));
  }
  const auto of_audited = agreement_of_rungs(observations, by_share(), Seed{1});
  ASSERT_EQ(of_audited.size(), 1U);
  EXPECT_FALSE(of_audited[0].of_survivors);
  EXPECT_EQ(of_audited[0].trials, 5U);
  EXPECT_EQ(of_audited[0].tau_b.value, 1);
  for (Observation& observation : observations) observation.audited = false;
  const auto of_all = agreement_of_rungs(observations, by_share(), Seed{1});
  EXPECT_TRUE(of_all[0].of_survivors);
  EXPECT_LT(of_all[0].tau_b.value, 1);
}

}  // namespace
}  // namespace stepladder::analysis
