// How often a rule that decides early promotes a trial that is not among the best 1/eta in the end,
// and misses one that is. Li et al. (MLSys 2020, section 3.2) argue for O(sqrt n) wrong promotions;
// the counts below are those of an independent simulation with independent, noise-free scores.
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {
namespace {

struct Counts {
  double promoted = 0;
  double wrong = 0;
  double missed = 0;
};

struct Rules {
  Mode mode = Mode::asha;
  Promotion promotion = Promotion::eager;
};
constexpr Rules kEager{};
constexpr Rules kDelayed{.promotion = Promotion::delayed};
constexpr Rules kStopping{.mode = Mode::asha_stopping};

// One worker, one rung below the last.
Counts count_once(const Rules& rules, std::int64_t trials, Seed seed) {
  const RandomStream random(seed, Purpose::simulation);
  Hyperband scheduler({.mode = rules.mode,
                       .promotion = rules.promotion,
                       .min_steps = 1,
                       .max_steps = 3,
                       .trials = trials,
                       .finish_winner = false},
                      search::Sampler({}, seed));
  Commands commands = scheduler.handle({.what = WorkerJoined{WorkerId{0}}});
  while (!scheduler.finished()) {
    const auto& assign = std::get<Assign>(commands.back());
    const Score score{random.uniform(assign.assignment.trial.value), 1};
    commands = scheduler.handle({.what = Reported{assign.assignment.lease, score, {}}});
  }
  Counts counts;
  for (const Rung::Entry& entry : scheduler.brackets().front().rungs().front().entries()) {
    counts.promoted += entry.promoted ? 1 : 0;
    counts.wrong += entry.promoted && !entry.in_top ? 1 : 0;
    counts.missed += entry.in_top && !entry.promoted ? 1 : 0;
  }
  return counts;
}

Counts mean(const Rules& rules, std::int64_t trials, std::uint64_t repeats) {
  Counts sum;
  for (std::uint64_t seed = 0; seed < repeats; ++seed) {
    const Counts once = count_once(rules, trials, Seed{seed});
    sum.promoted += once.promoted;
    sum.wrong += once.wrong;
    sum.missed += once.missed;
  }
  const auto n = static_cast<double>(repeats);
  return {sum.promoted / n, sum.wrong / n, sum.missed / n};
}

TEST(WrongPromotions, OfTheEagerRuleAreFewAndNobodyIsMissed) {
  const auto expect_counts = [](std::int64_t trials, std::uint64_t repeats, double promoted,
                                double wrong) {
    const Counts counts = mean(kEager, trials, repeats);
    EXPECT_NEAR(counts.promoted, promoted, 0.15 * promoted) << trials;
    EXPECT_NEAR(counts.wrong, wrong, 0.15 * wrong) << trials;
    EXPECT_EQ(counts.missed, 0) << trials;
  };
  expect_counts(81, 1000, 30.4, 3.5);
  expect_counts(243, 500, 88, 7.1);
  expect_counts(729, 300, 255, 12.5);
}

// Exactly a third is promoted, so as many are missed as are wrong.
TEST(WrongPromotions, OfTheDelayedRuleAreHalfAsManyAndTakeThePlaceOfOthers) {
  const auto expect_counts = [](std::int64_t trials, std::uint64_t repeats, double wrong) {
    const Counts counts = mean(kDelayed, trials, repeats);
    EXPECT_EQ(counts.promoted, static_cast<double>(trials / 3));
    EXPECT_NEAR(counts.wrong, wrong, 0.15 * wrong) << trials;
    EXPECT_NEAR(counts.missed, counts.wrong, 1e-9) << trials;
  };
  expect_counts(81, 1000, 2.1);
  expect_counts(243, 500, 3.9);
  expect_counts(729, 300, 7.2);
}

TEST(WrongPromotions, OfTheStoppingRuleMissSomeForEver) {
  const auto expect_counts = [](std::int64_t trials, std::uint64_t repeats, double wrong,
                                double missed) {
    const Counts counts = mean(kStopping, trials, repeats);
    EXPECT_NEAR(counts.wrong, wrong, 0.15 * wrong) << trials;
    EXPECT_NEAR(counts.missed, missed, 0.15 * missed) << trials;
  };
  expect_counts(81, 1000, 2.43, 2.65);
  expect_counts(243, 500, 4.23, 4.73);
  expect_counts(729, 300, 7.37, 7.93);
}

TEST(WrongPromotions, GrowWithTheSquareRootOfTheTrials) {
  for (const Rules& rules : {kEager, kDelayed, kStopping}) {
    const double few = mean(rules, 100, 400).wrong;
    const double many = mean(rules, 1600, 100).wrong;
    EXPECT_GT(many / few, 4.0 / 1.5);
    EXPECT_LT(many / few, 4.0 * 1.5);
  }
}

}  // namespace
}  // namespace stepladder::schedule
