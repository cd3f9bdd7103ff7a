// Races over made-up finalists whose true means are known: who is dropped, and what the reported
// intervals hold.
#include "stepladder/analysis/race.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

const Metric kShare{
    .name = "accuracy", .direction = Direction::maximise, .kind = MetricKind::share};

// Rows are right or wrong by the sign of a sum of normal terms: the finalist's strength, the row's
// ease for everybody, its ease for this finalist, the training's luck, and the luck of both.
struct Population {
  std::array<double, 3> strengths{};
  double row = 1;
  double row_and_finalist = 0.3;
  std::array<double, 3> training = {0.05, 0.05, 0.05};
  double luck = 0.3;
  std::int64_t rows = 500;

  [[nodiscard]] double share(std::size_t finalist) const {
    const double spread = std::sqrt(row * row + row_and_finalist * row_and_finalist +
                                    training[finalist] * training[finalist] + luck * luck);
    return normal_probability(strengths[finalist] / spread);
  }
};

constexpr std::size_t kGroups = 32;

Racer racer(const Population& population, std::size_t finalist, std::size_t seeds, Seed seed) {
  Racer racer;
  const RandomStream rows(seed, Purpose::simulation, 0);
  const RandomStream own(seed, Purpose::simulation, 1 + static_cast<std::uint32_t>(finalist));
  for (std::size_t s = 0; s < seeds; ++s) {
    const RandomStream training(seed, Purpose::simulation,
                                static_cast<std::uint32_t>(100 + 10 * s + finalist));
    const double of_training = population.training[finalist] * training.normal(1U << 20U);
    std::vector<double> right(kGroups);
    std::vector<double> of(kGroups);
    double all = 0;
    for (std::uint64_t row = 0; row < static_cast<std::uint64_t>(population.rows); ++row) {
      const double sum = population.strengths[finalist] + population.row * rows.normal(row) +
                         population.row_and_finalist * own.normal(row) + of_training +
                         population.luck * training.normal(row);
      right[row % kGroups] += sum > 0 ? 1 : 0;
      of[row % kGroups] += 1;
      all += sum > 0 ? 1 : 0;
    }
    for (std::size_t group = 0; group < kGroups; ++group) right[group] /= of[group];
    racer.scores.emplace_back(all / static_cast<double>(population.rows));
    racer.by_group.push_back(std::move(right));
  }
  return racer;
}

Racer first_seeds(const Racer& racer, std::size_t count) {
  Racer part = racer;
  part.scores.resize(count);
  if (part.by_group.size() > count) part.by_group.resize(count);
  return part;
}

struct Counts {
  int races = 0;
  int best_dropped = 0;
  int dropped = 0;
  int leads = 0;
  int leads_held = 0;
  int means = 0;
  int means_held = 0;
};

double mean_of(const Racer& racer) {
  double sum = 0;
  for (const auto& score : racer.scores) sum += *score;
  return sum / static_cast<double>(racer.scores.size());
}

// One race of three finalists and five seeds, as the scheduler runs it.
void run(const Population& population, bool has_groups, Seed seed, Counts& counts) {
  const Race race{.finalists = 3, .rounds_min = 3, .rounds_max = 5, .rows = population.rows};
  std::vector<Racer> all;
  std::vector<std::size_t> seeds(3, 5);
  for (std::size_t i = 0; i < 3; ++i) {
    all.push_back(racer(population, i, 5, seed));
    if (!has_groups) all.back().by_group.clear();
  }
  std::vector<std::size_t> left = {0, 1, 2};
  for (std::size_t round = 3; round < 5 && left.size() > 1; ++round) {
    std::vector<Racer> now;
    for (const std::size_t i : left) now.push_back(first_seeds(all[i], round));
    const std::vector<std::size_t> behind = behind_for_sure(now, kShare, race);
    for (auto place = behind.rbegin(); place != behind.rend(); ++place) {
      seeds[left[*place]] = round;
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(*place));
    }
    if (left.size() == 1) seeds[left.front()] = round;
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < 3; ++i)
    if (population.share(i) > population.share(best)) best = i;
  std::size_t chosen = left.front();
  for (const std::size_t i : left)
    if (mean_of(first_seeds(all[i], seeds[i])) > mean_of(first_seeds(all[chosen], seeds[chosen])))
      chosen = i;
  ++counts.races;
  counts.dropped += static_cast<int>(3 - left.size());
  if (std::find(left.begin(), left.end(), best) == left.end()) ++counts.best_dropped;
  for (std::size_t i = 0; i < 3; ++i) {
    const Racer own = first_seeds(all[i], seeds[i]);
    std::vector<double> shares;
    for (const auto& score : own.scores) shares.push_back(*score);
    ++counts.means;
    if (share_over_seeds(shares, population.rows, interval_error(race, seeds[i]))
            ->interval_95->contains(population.share(i)))
      ++counts.means_held;
    for (std::size_t other = i + 1; other < 3; ++other) {
      const std::size_t common = std::min(seeds[i], seeds[other]);
      const auto found = lead(first_seeds(all[i], common), first_seeds(all[other], common), kShare,
                              population.rows, interval_error(race, common));
      ++counts.leads;
      if (found->interval_95->contains(population.share(i) - population.share(other)))
        ++counts.leads_held;
    }
  }
}

// From finalists that are alike to ones that are far apart, from few rows to many, with much and
// little luck of the seeds, the same for all or not.
std::vector<Population> populations() {
  std::vector<Population> all;
  for (const double gap : {0.0, 0.02, 0.06, 0.15, 0.4})
    for (const std::int64_t rows : {200, 1000})
      for (const std::array<double, 3>& training :
           {std::array{0.0, 0.0, 0.0}, std::array{0.05, 0.05, 0.05}, std::array{0.2, 0.2, 0.2},
            std::array{0.2, 0.02, 0.02}, std::array{0.02, 0.2, 0.2}})
        all.push_back(
            {.strengths = {1.2, 1.2 - gap, 1.2 - 2 * gap}, .training = training, .rows = rows});
  return all;
}

TEST(Race, KeepsTheTrulyBestAndItsIntervals) {
  constexpr int kRaces = 20;  // of each
  for (const bool has_groups : {true, false}) {
    Counts counts;
    std::uint64_t seed = 1;
    for (const Population& population : populations())
      for (int i = 0; i < kRaces; ++i) run(population, has_groups, Seed{seed++}, counts);
    const auto share = [](int part, int of) {
      return static_cast<double>(part) / static_cast<double>(of);
    };
    RecordProperty(has_groups ? "dropped_with_groups" : "dropped_without", counts.dropped);
    EXPECT_LE(share(counts.best_dropped, counts.races), 0.01);
    EXPECT_GE(share(counts.leads_held, counts.leads), 0.95);
    EXPECT_GE(share(counts.means_held, counts.means), 0.95);
    EXPECT_GT(counts.dropped, counts.races / 5) << "hardly anybody is dropped";
  }
}

Racer racer(const std::vector<double>& scores) {
  Racer racer;
  for (const double score : scores) racer.scores.emplace_back(score);
  return racer;
}

TEST(Race, DropsWhoIsFarBehindAndNobodyElse) {
  const Race race{.finalists = 3, .rounds_min = 3, .rounds_max = 5, .rows = 5000};
  const std::vector<Racer> finalists = {racer({0.88, 0.881, 0.879}), racer({0.70, 0.701, 0.699}),
                                        racer({0.878, 0.882, 0.88})};
  EXPECT_EQ(behind_for_sure(finalists, kShare, race), (std::vector<std::size_t>{1}));
}

TEST(Race, DropsNobodyBeforeThreeSeedsNorWhereTheRowsAreNotKnown) {
  const Race race{.finalists = 2, .rounds_min = 3, .rounds_max = 5, .rows = 5000};
  EXPECT_TRUE(behind_for_sure({racer({0.9, 0.9}), racer({0.1, 0.1})}, kShare, race).empty());
  const Metric loss{.name = "loss", .direction = Direction::minimise, .kind = MetricKind::log_loss};
  const std::vector<Racer> finalists = {racer({0.3, 0.301, 0.299}), racer({2.3, 2.301, 2.299})};
  EXPECT_TRUE(behind_for_sure(finalists, loss, race).empty());
  std::vector<Racer> told = finalists;
  for (Racer& one : told)
    for (const auto& score : one.scores) {
      auto& groups = one.by_group.emplace_back();
      for (int i = 0; i < 8; ++i) groups.push_back(*score + 0.01 * (i - 3.5));
    }
  EXPECT_EQ(behind_for_sure(told, loss, race), (std::vector<std::size_t>{1}));
}

TEST(Race, TakesTheOneWithTheFewestFailuresForTheLeader) {
  const Race race{.finalists = 2, .rounds_min = 3, .rounds_max = 5, .rows = 0};
  Racer failed = racer({0.9, 0.901, 0.899, 0.9});
  failed.scores[1].reset();
  EXPECT_TRUE(behind_for_sure({failed, racer({0.5, 0.501, 0.499, 0.5})}, kShare, race).empty());
}

// Student's t by hand: differences 0.1, 0.2, 0.3; mean 0.2, s = 0.1, t(0.975; 2) = 4.302653.
TEST(Lead, IsAtIntervalWhereThereAreNoRows) {
  const auto found = lead(racer({0.5, 0.6, 0.7}), racer({0.4, 0.4, 0.4}), kShare, 0, 0.05);
  ASSERT_TRUE(found && found->interval_95);
  EXPECT_NEAR(found->mean, 0.2, 1e-12);
  EXPECT_NEAR(found->interval_95->high - found->mean, 4.302653 * 0.1 / std::sqrt(3.0), 1e-6);
}

TEST(Race, SharesItsErrorOut) {
  const Race race{.finalists = 3, .rounds_min = 3, .rounds_max = 5};
  EXPECT_EQ(race.looks(), 2U);
  EXPECT_DOUBLE_EQ(interval_error(race, 3), 0.005);
  EXPECT_DOUBLE_EQ(interval_error(race, 5), 0.04);
  EXPECT_DOUBLE_EQ(interval_error({.finalists = 1, .rounds_min = 3, .rounds_max = 5}, 5), 0.05);
  EXPECT_DOUBLE_EQ(interval_error({.finalists = 3, .rounds_min = 3, .rounds_max = 2}, 2), 0.05);
}

}  // namespace
}  // namespace stepladder::analysis
