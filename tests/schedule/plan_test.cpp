#include "stepladder/schedule/plan.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::schedule {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Steps kHuge = std::numeric_limits<Steps>::max();

TEST(RungLevels, AreTheOnesOfThePapersExample) {
  // Li et al., JMLR 2018, table 1: R = 81, eta = 3.
  EXPECT_THAT(rung_levels(1, 81, 3), ElementsAre(1, 3, 9, 27, 81));
}

TEST(RungLevels, LoseNothingWhereALogarithmRoundsDown) {
  // log(243) / log(3) is 4.999... in double precision, log(1000) / log(10) is 2.999...
  EXPECT_THAT(rung_levels(1, 243, 3), ElementsAre(1, 3, 9, 27, 81, 243));
  EXPECT_THAT(rung_levels(1, 1000, 10), ElementsAre(1, 10, 100, 1000));
}

TEST(RungLevels, FollowEta) {
  EXPECT_THAT(rung_levels(1, 64, 4), ElementsAre(1, 4, 16, 64));
  EXPECT_THAT(rung_levels(1, 64, 2), ElementsAre(1, 2, 4, 8, 16, 32, 64));
}

TEST(RungLevels, NeedNotStartAtOne) {
  EXPECT_THAT(rung_levels(100, 2700, 3), ElementsAre(100, 300, 900, 2700));
}

TEST(RungLevels, EndAtMaxStepsWhereItIsNoMultiple) {
  EXPECT_THAT(rung_levels(4, 100, 3), ElementsAre(4, 12, 36, 100));
  EXPECT_THAT(rung_levels(4, 100, 5), ElementsAre(4, 20, 100));
  EXPECT_THAT(rung_levels(10, 11, 3), ElementsAre(10, 11));
}

TEST(RungLevels, AreOneWhereMinStepsIsMaxSteps) {
  EXPECT_THAT(rung_levels(7, 7, 3), ElementsAre(7));
  EXPECT_THAT(rung_levels(kHuge, kHuge, 2), ElementsAre(kHuge));
}

TEST(RungLevels, DoNotOverflow) {
  const std::vector<Steps> levels = rung_levels(1, kHuge, 2);
  ASSERT_EQ(levels.size(), 64U);
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) EXPECT_EQ(levels[i], Steps{1} << i);
  EXPECT_EQ(levels.back(), kHuge);
  EXPECT_THAT(rung_levels(kHuge - 1, kHuge, 3), ElementsAre(kHuge - 1, kHuge));
  EXPECT_THAT(rung_levels(2, kHuge, kHuge), ElementsAre(2, kHuge));
  EXPECT_THAT(rung_levels(1, kHuge, kHuge - 1), ElementsAre(1, kHuge - 1, kHuge));
}

TEST(RungLevels, RiseByAtMostEtaForEveryPlan) {
  for (std::int64_t eta = 2; eta <= 5; ++eta)
    for (Steps max = 1; max <= 130; ++max)
      for (Steps min = 1; min <= max; ++min) {
        const std::vector<Steps> levels = rung_levels(min, max, eta);
        ASSERT_EQ(levels.front(), min);
        ASSERT_EQ(levels.back(), max);
        for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
          ASSERT_LT(levels[i], levels[i + 1]);
          ASSERT_LE(levels[i + 1], levels[i] * eta);
          if (i + 2 < levels.size()) {
            ASSERT_EQ(levels[i + 1], levels[i] * eta);
          }
        }
      }
}

TEST(RungLevels, AreOnlyMaxStepsInRandomMode) {
  EXPECT_THAT(
      bracket_plans(Plan{.mode = Mode::random, .min_steps = 1, .max_steps = 81}).front().levels,
      ElementsAre(81));
  EXPECT_THAT(bracket_plans(Plan{.eta = 9, .min_steps = 1, .max_steps = 81}).front().levels,
              ElementsAre(1, 9, 81));
}

TEST(ExpectedSteps, AddUpWhatEachRungKeeps) {
  EXPECT_EQ(expected_steps(Plan{}), 40 * 100 + 13 * 200 + 4 * 600 + 1 * 1800);
  EXPECT_EQ(expected_steps(Plan{.mode = Mode::random, .trials = 4}), 4 * 2700);
  EXPECT_EQ(expected_steps(Plan{.trials = 4}), 4 * 100 + 1 * 200 + 1 * 600 + 1 * 1800);
  EXPECT_EQ(expected_steps(Plan{.total_steps = 5000}), 5000);
}

TEST(Plan, DefaultsCanBeCarriedOut) { EXPECT_NO_THROW(check(Plan{})); }

TEST(Plan, SmallestAndLargestCanBeCarriedOut) {
  EXPECT_NO_THROW(check(Plan{.eta = 2, .min_steps = 1, .max_steps = 1, .trials = 1}));
  EXPECT_NO_THROW(check(Plan{.eta = kHuge,
                             .min_steps = 1,
                             .max_steps = kHuge,
                             .trials = std::numeric_limits<std::int32_t>::max()}));
}

void expect_refused(const Plan& plan, const std::string& key) {
  try {
    check(plan);
    ADD_FAILURE() << "a plan with a bad " << key << " was accepted";
  } catch (const PlanError& error) {
    EXPECT_EQ(error.key, key);
    EXPECT_THAT(error.what(), HasSubstr(key));
  }
}

TEST(Plan, ErrorsNameTheSetting) {
  for (const std::int64_t eta : {std::int64_t{1}, std::int64_t{0}, std::int64_t{-3}})
    expect_refused({.eta = eta}, "eta");
  expect_refused({.min_steps = 0}, "min_steps");
  expect_refused({.min_steps = -5}, "min_steps");
  expect_refused({.min_steps = 101, .max_steps = 100}, "min_steps");
  expect_refused({.audit_fraction = -0.01}, "audit_fraction");
  expect_refused({.audit_fraction = 1.01}, "audit_fraction");
  expect_refused({.audit_fraction = std::numeric_limits<double>::quiet_NaN()}, "audit_fraction");
  expect_refused({.finalists = 0}, "finalists");
  expect_refused({.finalists = kReplicatesMax + 1}, "finalists");
  expect_refused({.confirmation_seeds = -1}, "confirmation_seeds");
  expect_refused({.finalists = 4, .confirmation_seeds = kReplicatesMax / 4 + 1},
                 "confirmation_seeds");
  expect_refused({.max_steps = kHuge, .confirmation_seeds = 1}, "max_steps");
  expect_refused({.trials = 0}, "trials");
  expect_refused({.trials = -1}, "trials");
  expect_refused({.trials = std::int64_t{1} << 32}, "trials");
}

}  // namespace
}  // namespace stepladder::schedule
