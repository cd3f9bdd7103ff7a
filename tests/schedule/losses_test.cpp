#include "stepladder/schedule/losses.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {
namespace {

// After how many of these deaths the trial is given up; 0: it is not.
std::size_t given_up_after(const std::vector<Steps>& deaths) {
  Losses losses;
  for (std::size_t i = 0; i < deaths.size(); ++i) {
    losses.add(deaths[i]);
    if (losses.are_too_many()) return i + 1;
  }
  return 0;
}

TEST(Losses, AreTooManyAfterThreeAtOnePlace) {
  EXPECT_EQ(given_up_after({0, 0, 0}), 3U);
  EXPECT_EQ(given_up_after({700, 700, 700}), 3U);
  EXPECT_EQ(given_up_after({700, 700 - kStepsBetweenQuestions, 700 + kStepsBetweenQuestions}), 3U);
}

TEST(Losses, BeginAnewWhereATrialGotFurther) {
  EXPECT_EQ(given_up_after({0, 0, 500, 500, 900, 900, 1500}), 0U);
  EXPECT_EQ(given_up_after({0, 0, 500, 500, 500}), 5U);
}

TEST(Losses, BeforeAPlaceATrialHasPassedAreAccidents) {
  EXPECT_EQ(given_up_after({900, 100, 500, 0, 900, 700}), 0U);
  EXPECT_EQ(given_up_after({900, 100, 900, 0, 900}), 5U);
}

TEST(Losses, AreTooManyAfterTenWhereverTheyAre) {
  EXPECT_EQ(given_up_after({9000, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), 10U);
  EXPECT_EQ(given_up_after({0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000}), 10U);
}

// A trial that kills its worker at a step of its own, heard of at the last question before; the
// first worker is not watched closely. Innocent trials lose their workers anywhere.
TEST(Losses, TellTheGuiltyFromTheInnocent) {
  constexpr Steps kLength = 3000;
  std::uint64_t innocent_given_up = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const RandomStream random(Seed{seed}, Purpose::simulation, 1);
    const auto killing = static_cast<Steps>(random.below(0, kLength));
    const Steps heard = killing / kStepsBetweenQuestions * kStepsBetweenQuestions;
    std::vector<Steps> guilty = {static_cast<Steps>(random.below(1, 1 + heard))};
    guilty.resize(5, heard);
    const std::size_t deaths = given_up_after(guilty);
    EXPECT_TRUE(deaths == 3 || deaths == 4) << deaths;

    std::vector<Steps> innocent(4);
    for (std::size_t i = 0; i < innocent.size(); ++i)
      innocent[i] = static_cast<Steps>(random.below(10 + i, kLength));
    if (given_up_after(innocent) > 0) ++innocent_given_up;
  }
  EXPECT_LT(innocent_given_up, 5U);
}

}  // namespace
}  // namespace stepladder::schedule
