#include "stepladder/analysis/optimism.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

// Teichroew 1956: expected largest order statistics of the standard normal distribution.
TEST(LargestNormal, expectations_are_those_of_the_tables) {
  EXPECT_NEAR(expected_largest_normal(1), 0, 1e-9);
  EXPECT_NEAR(expected_largest_normal(2), 0.5641895835, 1e-8);
  EXPECT_NEAR(expected_largest_normal(3), 0.8462843753, 1e-8);
  EXPECT_NEAR(expected_largest_normal(10), 1.5387527308, 1e-8);
  EXPECT_NEAR(expected_largest_normal(20), 1.8674750598, 1e-8);
}

struct Chosen {
  double seen = 0;      // mean over runs of the best score minus the same trial's true one
  double expected = 0;  // mean of what was predicted
};
Chosen choose_best(double spread, double error, std::size_t trials) {
  Chosen chosen;
  constexpr int kRuns = 2000;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const RandomStream random(Seed{3}, Purpose::simulation, run);
    std::vector<double> truth;
    std::vector<double> scores;
    for (std::uint64_t i = 0; i < trials; ++i) {
      truth.push_back(0.9 + spread * random.normal(2 * i));
      scores.push_back(truth.back() + error * random.normal(2 * i + 1));
    }
    const auto best =
        static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    chosen.seen += (scores[best] - truth[best]) / kRuns;
    chosen.expected += expected_optimism(scores, error)->expected / kRuns;
  }
  return chosen;
}

// The spread of equal trials is not exactly zero in the sample, so a little less is expected.
TEST(Optimism, of_equal_trials_is_seen_and_expected) {
  const Chosen chosen = choose_best(0, 0.003, 40);
  EXPECT_NEAR(chosen.seen, 0.003 * expected_largest_normal(40), 0.003 * 0.05);
  EXPECT_GT(chosen.expected, 0.85 * chosen.seen);
  EXPECT_LT(chosen.expected, 1.02 * chosen.seen);
}

TEST(Optimism, shrinks_where_trials_differ) {
  const Chosen chosen = choose_best(0.006, 0.003, 40);
  EXPECT_LT(chosen.seen, 0.5 * 0.003 * expected_largest_normal(40));
  EXPECT_NEAR(chosen.expected, chosen.seen, 0.1 * chosen.seen);
}

// Trainings that differ by their seeds, scored on rows. A row is right where
//   likeness · (how hard it is, the same for all) + sqrt(1 - likeness²) · (its luck in this
//   training)
// stays below a threshold that the training's seed moves.
struct Trainings {
  double accuracy = 0.9;    // of a typical training, on all rows there could be
  double seeds = 0;         // standard deviation of the threshold
  double likeness = 0.9;    // of what different trainings get wrong
  std::int64_t rows = 500;  // of the sample that one is picked on
  std::int64_t fresh_rows = 500;
  std::uint64_t count = 1;  // of equal configurations, of which the best is picked
};
constexpr std::uint64_t kSeeds = 5;

class SampleOfRows {
 public:
  SampleOfRows(const Trainings& trainings, std::int64_t rows, std::uint64_t run,
               std::uint64_t sample)
      : trainings_(trainings), random_(Seed{8}, Purpose::simulation, run, sample) {
    for (std::int64_t row = 0; row < rows; ++row) hardness_.push_back(normal());
  }
  double accuracy_of_a_training() {
    const double threshold = quantile_of_normal(trainings_.accuracy) + trainings_.seeds * normal();
    std::int64_t right = 0;
    for (const double hardness : hardness_) {
      const double luck = std::sqrt(1 - trainings_.likeness * trainings_.likeness) * normal();
      if (trainings_.likeness * hardness + luck < threshold) ++right;
    }
    return static_cast<double>(right) / static_cast<double>(hardness_.size());
  }

 private:
  static double quantile_of_normal(double probability) {
    double low = -8;
    double high = 8;
    for (int i = 0; i < 50; ++i)
      (normal_probability((low + high) / 2) < probability ? low : high) = (low + high) / 2;
    return low;
  }
  double normal() { return random_.normal(next_++); }

  Trainings trainings_;
  RandomStream random_;
  std::uint64_t next_ = 0;
  std::vector<double> hardness_;
};

double share_shown(const Trainings& trainings, std::uint64_t runs) {
  double shown = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    SampleOfRows prune(trainings, trainings.rows, run, 0);
    SampleOfRows final(trainings, trainings.fresh_rows, run, 1);
    double best = 0;
    for (std::uint64_t i = 0; i < trainings.count; ++i)
      best = std::max(best, prune.accuracy_of_a_training());
    std::vector<double> fresh;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
      fresh.push_back(final.accuracy_of_a_training());
    if (seen_optimism({.value = best, .rows = trainings.rows}, fresh, trainings.fresh_rows)
            .is_shown())
      shown += 1;
  }
  return shown / static_cast<double>(runs);
}

TEST(SeenOptimism, is_hardly_ever_shown_where_nothing_was_chosen) {
  EXPECT_LT(share_shown({}, 1500), 0.06);
  EXPECT_LT(share_shown({.seeds = 0.05}, 1500), 0.06);
  EXPECT_LT(share_shown({.seeds = 0.3}, 1500), 0.06);
  EXPECT_LT(share_shown({.seeds = 0.05, .likeness = 0}, 1500), 0.06);
  EXPECT_LT(share_shown({.accuracy = 0.99, .rows = 60, .fresh_rows = 60}, 1500), 0.06);
  // And the interval is not wide for nothing, where trainings fail at the same rows.
  EXPECT_GT(share_shown({.seeds = 0.05, .likeness = 1}, 1500), 0.03);
}

TEST(SeenOptimism, is_often_shown_of_the_best_of_many) {
  EXPECT_GT(
      share_shown({.accuracy = 0.7, .likeness = 0, .rows = 60, .fresh_rows = 2000, .count = 300},
                  100),
      0.5);
}

// By hand: s = 0.01, three seeds; 89 of 100 and 81 of 100 rows, with one of each 90/102 and 82/102.
TEST(SeenOptimism, interval_is_that_worked_out_by_hand) {
  const SeenOptimism seen = seen_optimism({.value = 0.89, .rows = 100}, {0.80, 0.81, 0.82}, 100);
  EXPECT_NEAR(seen.value, 0.08, 1e-12);
  const double of_seeds = 1e-4 * 4 / 3;
  const double of_rows = (90.0 * 12 + 82.0 * 20) / (102.0 * 102 * 102);
  // The share of the seeds is 0.0494, hence 818 degrees: the quantile is 1.9629.
  const double reach = 1.9629 * std::sqrt(of_seeds + of_rows);
  ASSERT_TRUE(seen.interval_95);
  EXPECT_NEAR(seen.interval_95->low, 8.0 / 102 - reach, 1e-4);
  EXPECT_NEAR(seen.interval_95->high, 8.0 / 102 + reach, 1e-4);
  EXPECT_FALSE(seen.is_shown());
}

TEST(SeenOptimism, has_no_interval_for_one_seed_or_without_rows) {
  EXPECT_FALSE(seen_optimism({.value = 0.92, .rows = 100}, {0.9}, 100).interval_95);
  EXPECT_FALSE(seen_optimism({.value = 0.92, .rows = 0}, {0.9, 0.8}, 0).interval_95);
}

}  // namespace
}  // namespace stepladder::analysis
