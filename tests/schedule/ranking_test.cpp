// PASHA's question on rungs made by hand (Bohdal et al., ICLR 2023, section 4).
#include "stepladder/schedule/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

using Level = std::vector<Standing>;  // in order of completion

// The losses of trials 0, 1, 2, ..., lowest rung first; the higher ones may be shorter.
std::vector<Level> rungs_of(const std::vector<std::vector<double>>& losses) {
  std::vector<Level> rungs;
  for (const std::vector<double>& scores : losses) {
    Level& level = rungs.emplace_back();
    for (std::uint32_t i = 0; i < scores.size(); ++i)
      level.push_back(standing_of(Score{0, scores[i]}, TrialId{i}, by_loss()));
  }
  return rungs;
}

// All of a rung complete before anybody completes the next.
Ranking ranking_of(const std::vector<Level>& rungs, std::size_t top) {
  Ranking ranking;
  for (std::size_t rung = 0; rung <= top; ++rung) {
    if (rung > 1) ranking.open_next();
    for (const Standing& standing : rungs[rung]) ranking.add(rung, standing);
  }
  return ranking;
}
bool ranking_is_stable(const std::vector<Level>& rungs, std::size_t top) {
  return ranking_of(rungs, top).is_stable();
}
double ranking_noise(const std::vector<Level>& rungs, std::size_t top) {
  return ranking_of(rungs, top).epsilon();
}

TEST(Ranking, OfNobodyOrOneIsStable) {
  EXPECT_TRUE(ranking_is_stable(rungs_of({{3, 1, 2}, {}}), 1));
  EXPECT_TRUE(ranking_is_stable(rungs_of({{3, 1, 2}, {1}}), 1));
}

TEST(Ranking, ThatDoesNotChangeIsStable) {
  EXPECT_TRUE(ranking_is_stable(rungs_of({{1, 2, 3}, {0.1, 0.2, 0.3}}), 1));
  EXPECT_EQ(ranking_noise(rungs_of({{1, 2, 3}, {0.1, 0.2, 0.3}}), 1), 0);
}

TEST(Ranking, ThatChangesIsNotStableWithoutNoise) {
  EXPECT_FALSE(ranking_is_stable(rungs_of({{1, 2, 3}, {0.1, 0.3, 0.2}}), 1));
  EXPECT_FALSE(ranking_is_stable(rungs_of({{1, 1.001}, {0.2, 0.1}}), 1));
}

TEST(Ranking, LooksOnlyAtTrialsThatAreInTheUpperRung) {
  // Trials 2 and 3 are best below but are not above yet.
  EXPECT_TRUE(ranking_is_stable(rungs_of({{3, 4, 1, 2}, {0.3, 0.4}}), 1));
}

TEST(Ranking, OfEqualScoresGoesByTrialEverywhere) {
  EXPECT_TRUE(ranking_is_stable(rungs_of({{1, 1, 1}, {2, 2, 2}}), 1));
  // Below equal, above not: the one that stood there had the same score.
  EXPECT_TRUE(ranking_is_stable(rungs_of({{1, 1, 1}, {3, 1, 2}}), 1));
}

// Trials 0 and 1 cross twice and differ by 0.2 at the top: so much is noise.
TEST(Ranking, NoiseIsTheDifferenceOfPairsThatCrossAndCrossBack) {
  EXPECT_DOUBLE_EQ(ranking_noise(rungs_of({{1, 2}, {2, 1}, {1.0, 1.2}}), 2), 0.2);
  EXPECT_EQ(ranking_noise(rungs_of({{1, 2}, {2, 1}, {2, 1}}), 2), 0);  // crossed once
  EXPECT_EQ(ranking_noise(rungs_of({{1, 2}, {1, 2}, {2, 1}}), 2), 0);
}

TEST(Ranking, NoiseIsThe90thPercentile) {
  // Pairs (0,1), (2,3), ... cross and cross back, with differences 0.01, 0.02, ... 0.11 at the top,
  // and the pairs are far from each other: index floor(0.9 * 10) = 9 of the sorted eleven.
  std::vector<double> low;
  std::vector<double> middle;
  std::vector<double> top;
  for (int pair = 0; pair < 11; ++pair) {
    low.insert(low.end(), {10.0 * pair, 10.0 * pair + 1});
    middle.insert(middle.end(), {10.0 * pair + 1, 10.0 * pair});
    top.insert(top.end(), {10.0 * pair, 10.0 * pair + 0.01 * (pair + 1)});
  }
  EXPECT_NEAR(ranking_noise(rungs_of({low, middle, top}), 2), 0.10, 1e-9);
}

TEST(Ranking, ForgivesChangesWithinTheNoise) {
  // Trials 0 and 1 show a noise of 0.5. Trials 2 and 3 change places between the top two rungs.
  EXPECT_TRUE(ranking_is_stable(rungs_of({{1, 2, 9, 8}, {2, 1, 8, 8.4}, {1, 1.5, 8.3, 8.2}}), 2) ==
              false);  // 0 and 1 differ by 1 below, more than the noise
  EXPECT_TRUE(
      ranking_is_stable(rungs_of({{1, 2, 8, 9}, {1.3, 1.0, 8, 8.4}, {1, 1.5, 8.3, 8.2}}), 2));
  EXPECT_FALSE(
      ranking_is_stable(rungs_of({{1, 2, 8, 9}, {1.3, 1.0, 8, 8.6}, {1, 1.5, 8.3, 8.2}}), 2));
}

TEST(Ranking, LeavesOutWhoFailedAbove) {
  std::vector<Level> rungs = rungs_of({{1, 2, 3}, {0.1, 0.2}});
  rungs[1].push_back(standing_of(Diverged{2}, TrialId{2}, by_loss()));
  EXPECT_TRUE(ranking_is_stable(rungs, 1));
}

// Accuracies are compared as they are, whatever their sign in a standing.
TEST(Ranking, ComparesAccuraciesToo) {
  std::vector<Level> rungs;
  for (const std::vector<double>& accuracies :
       {std::vector{0.9, 0.8}, std::vector{0.8, 0.9}, std::vector{0.95, 0.9}}) {
    Level& level = rungs.emplace_back();
    for (std::uint32_t i = 0; i < 2; ++i)
      level.push_back(standing_of(Score{accuracies[i], 1}, TrialId{i}, by_share()));
  }
  EXPECT_NEAR(ranking_noise(rungs, 2), 0.05, 1e-12);
  EXPECT_FALSE(ranking_is_stable(rungs, 2));
  EXPECT_FALSE(ranking_is_stable(rungs, 1));
}

TEST(Ranking, NoiseIsLearntFromTheBest100) {
  // 150 trials; only those behind the hundredth cross and cross back.
  std::vector<double> low;
  std::vector<double> middle;
  std::vector<double> top;
  for (int i = 0; i < 150; ++i) {
    low.push_back(i);
    middle.push_back(i < 100 ? i : 250 - i);
    top.push_back(i);
  }
  EXPECT_EQ(ranking_noise(rungs_of({low, middle, top}), 2), 0);
}

// The definition, with everything sorted and paired anew.
struct Defined {
  double epsilon = 0;
  bool is_stable = true;
};
Defined defined(const std::vector<Level>& rungs, std::size_t top) {
  const auto of = [&](std::size_t rung, TrialId trial) {
    return *std::find_if(rungs[rung].begin(), rungs[rung].end(),
                         [&](const Standing& standing) { return standing.trial == trial; });
  };
  Level above = rungs[top];
  std::erase_if(above, [](const Standing& standing) { return standing.failed; });
  std::sort(above.begin(), above.end());

  std::vector<double> noise;
  for (std::size_t a = 0; a < std::min<std::size_t>(above.size(), 100); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      std::vector<bool> order;
      for (std::size_t rung = 0; rung <= top; ++rung)
        order.push_back(of(rung, above[a].trial) < of(rung, above[b].trial));
      order.erase(std::unique(order.begin(), order.end()), order.end());
      if (order.size() > 2) noise.push_back(std::abs(above[a].keys[0] - above[b].keys[0]));
    }
  std::sort(noise.begin(), noise.end());
  Defined result;
  if (!noise.empty())
    result.epsilon = noise[static_cast<std::size_t>(0.9 * static_cast<double>(noise.size() - 1))];

  Level below;
  for (const Standing& standing : above) below.push_back(of(top - 1, standing.trial));
  const Level in_order = below;
  std::sort(below.begin(), below.end());
  for (std::size_t place = 0; place < above.size(); ++place)
    if (std::abs(in_order[place].keys[0] - below[place].keys[0]) > result.epsilon)
      result.is_stable = false;
  return result;
}

// Rungs that fill at the same time, with scores that grow alike and cross, or tie, or fail. A rung
// opens when the order is not stable, or (so that both answers stay reachable) by chance.
void compare_with_definition(std::uint64_t seed, std::size_t trials, int& stable, int& unstable) {
  const RandomStream random(Seed{seed}, Purpose::simulation, 5);
  const double noise = std::pow(10.0, -3 * random.uniform(0));
  const std::uint64_t grid = random.uniform(1) < 0.5 ? 8 : 1'000'000'000;
  const Metrics& metrics = random.uniform(2) < 0.5 ? by_share() : by_loss();
  const bool opens_at_once = random.uniform(3) < 0.5;
  Ranking ranking;
  std::vector<Level> rungs(6);
  std::size_t top = 1;
  for (std::uint64_t event = 0, next = 0; next < trials; ++event) {
    const RandomStream draw(Seed{seed}, Purpose::simulation, 6, event);
    // Someone of the lowest rungs goes on, or somebody begins.
    std::vector<std::pair<std::size_t, TrialId>> ready;
    for (std::size_t rung = 0; rung < top; ++rung)
      for (const Standing& standing : rungs[rung])
        if (!standing.failed &&
            std::none_of(rungs[rung + 1].begin(), rungs[rung + 1].end(),
                         [&](const Standing& s) { return s.trial == standing.trial; }))
          ready.emplace_back(rung + 1, standing.trial);
    const bool begins = ready.empty() || draw.uniform(0) < 0.4;
    const auto [rung, trial] =
        begins ? std::pair(std::size_t{0}, TrialId{static_cast<std::uint32_t>(next++)})
               : ready[draw.below(1, ready.size())];
    const RandomStream quality(Seed{seed}, Purpose::simulation, 7, trial.value);
    double score = quality.uniform(0) + noise * draw.uniform(2);
    score = std::round(score * static_cast<double>(grid)) / static_cast<double>(grid);
    Outcome outcome = Score{score, draw.uniform(3) < 0.5 ? 1.0 : 2.0};
    if (metrics == by_loss()) outcome = Score{0, score};
    if (draw.uniform(4) < 0.03) outcome = Diverged{1};
    if (draw.uniform(4) > 0.97) outcome = Score{score, std::numeric_limits<double>::quiet_NaN()};
    const Standing standing = standing_of(outcome, trial, metrics);
    rungs[rung].push_back(standing);
    ranking.add(rung, standing);
    const Defined expected = defined(rungs, top);
    ASSERT_EQ(ranking.is_stable(), expected.is_stable) << "event " << event;
    ASSERT_EQ(ranking.epsilon(), expected.epsilon) << "event " << event;
    ++(expected.is_stable ? stable : unstable);
    const bool opens = (opens_at_once && !expected.is_stable) || draw.uniform(5) < 0.02;
    if (!opens || top + 1 == rungs.size()) continue;
    ++top;
    ranking.open_next();
  }
}

TEST(Ranking, IsWhatTheDefinitionSaysAfterEveryEvent) {
  int stable = 0;
  int unstable = 0;
  for (std::uint64_t seed = 0; seed < 300 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    compare_with_definition(seed, 40, stable, unstable);
  }
  EXPECT_GT(stable, 1000);
  EXPECT_GT(unstable, 1000);
}

// Trials beyond the best 100 push others out of what the noise is learnt from.
TEST(Ranking, IsWhatTheDefinitionSaysOfManyTrials) {
  int stable = 0;
  int unstable = 0;
  for (std::uint64_t seed = 100; seed < 103 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    compare_with_definition(seed, 250, stable, unstable);
  }
}

}  // namespace
}  // namespace stepladder::schedule
