// Both engines on rows of reals, such as a table has.
#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/data/data_set.hpp"
#include "stepladder/data/standardise.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/trainer.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::training {
namespace {

constexpr std::size_t kColumns = 50;  // more than a panel of the kernels

// Three clouds on wildly different scales, one to each class; a column that says nothing.
data::DataSet clouds(std::size_t rows) {
  const RandomStream random(Seed{3}, Purpose::simulation);
  data::DataSet set{.columns = kColumns, .classes = 3};
  for (std::size_t row = 0; row < rows; ++row) {
    set.train.labels.push_back(static_cast<std::int32_t>(row % 3));
    for (std::size_t column = 0; column < kColumns; ++column) {
      const double centre = column % 3 == row % 3 ? 2.0 : 0.0;
      const double scale = column % 2 == 0 ? 1e6 : 1e-6;
      set.train.reals.push_back(
          column == 7 ? 42.0F
                      : static_cast<float>(
                            scale * (1000 + centre + random.normal(row * kColumns + column))));
    }
  }
  return set;
}

std::vector<std::uint32_t> range(std::uint32_t begin, std::uint32_t end) {
  std::vector<std::uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), begin);
  return rows;
}

Score trained(const data::DataSet& set, const MakeEngine& make_engine) {
  const Model model{.hidden = {17}, .batch = 32, .keep_probability = 0.9};
  const Recipe recipe{.policy = ConstantRate{0.01}, .optimizer = {.kind = OptimizerKind::adam}};
  Trainer trainer(set.train_rows(), range(0, 600), model, recipe, Seed{1}, TrialId{0}, make_engine);
  static_cast<void>(trainer.train_to(100, [](Steps) { return true; }));
  return std::get<Score>(trainer.score(set.train_rows(), range(600, 900)));
}

TEST(Reals, are_learnt_by_both_engines_to_the_same_score) {
  data::DataSet set = clouds(900);
  data::standardise(set, range(0, 600));
  const Score reference = trained(set, make_reference_engine);
  const Score fused = trained(set, engine_maker({.engine = EngineKind::fused}));
  EXPECT_GT(reference[0], 0.97);
  EXPECT_NEAR(fused[0], reference[0], 0.01);
  EXPECT_NEAR(fused[1], reference[1], 1e-3);
}

TEST(Reals, give_what_bytes_give) {
  data::DataSet bytes{.columns = kColumns, .classes = 3, .shift = -127.5F, .scale = 1.0F / 64};
  data::DataSet reals{.columns = kColumns, .classes = 3};
  const RandomStream random(Seed{4}, Purpose::simulation);
  for (std::uint32_t row = 0; row < 900; ++row) {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const std::uint64_t noise = random.below(row * kColumns + column, 128);
      const auto byte = static_cast<std::uint8_t>(noise + (column % 3 == row % 3 ? 100 : 0));
      bytes.train.features.push_back(byte);
      reals.train.reals.push_back(byte);
    }
    bytes.train.labels.push_back(static_cast<std::int32_t>(row % 3));
  }
  reals.train.labels = bytes.train.labels;
  reals.shifts.assign(kColumns, bytes.shift);
  reals.scales.assign(kColumns, bytes.scale);
  for (const MakeEngine& make_engine : {engine_maker({.engine = EngineKind::reference}),
                                        engine_maker({.engine = EngineKind::fused})})
    EXPECT_EQ(trained(bytes, make_engine), trained(reals, make_engine));
}

}  // namespace
}  // namespace stepladder::training
