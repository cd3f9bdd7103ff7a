#include "stepladder/search/sampler.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "search/points.hpp"

namespace stepladder::search {
namespace {

using namespace std::string_literals;

constexpr std::uint32_t kTrials = 100000;

double real(const Value& value) { return std::get<double>(value); }

// The values of a space of one hyperparameter at the first kTrials points.
std::vector<Value> draws(const Domain& domain) {
  std::vector<Value> values;
  for (const Configuration& point : points_of({{{"x", domain}}}, {}, Seed{1}, kTrials))
    values.push_back(point.settings.front().value);
  return values;
}

// Every value of 0 .. cells-1 comes up equally often, to four deviations of chi-square.
void expect_even(const std::map<std::int64_t, double>& counts, std::int64_t cells) {
  double chi_square = 0;
  const double expected = static_cast<double>(kTrials) / static_cast<double>(cells);
  for (const auto& [cell, count] : counts) {
    EXPECT_GE(cell, 0);
    EXPECT_LT(cell, cells);
  }
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const auto found = counts.find(cell);
    const double count = found == counts.end() ? 0 : found->second;
    chi_square += (count - expected) * (count - expected) / expected;
  }
  const auto freedom = static_cast<double>(cells - 1);
  EXPECT_LT(chi_square, freedom + 4 * std::sqrt(2 * freedom));
}

TEST(Sampler, fills_a_linear_range_evenly) {
  std::map<std::int64_t, double> counts;
  for (const Value& value : draws(Range{.min = -2, .max = 3})) {
    ASSERT_GE(real(value), -2.0);
    ASSERT_LE(real(value), 3.0);
    counts[static_cast<std::int64_t>((real(value) + 2) * 10)] += 1;
  }
  expect_even(counts, 50);
}

TEST(Sampler, fills_a_log_range_evenly_in_the_logarithm) {
  std::map<std::int64_t, double> counts;
  for (const Value& value : draws(Range{.min = 1e-4, .max = 1, .scale = Scale::log})) {
    ASSERT_GE(real(value), 1e-4);
    ASSERT_LE(real(value), 1.0);
    counts[static_cast<std::int64_t>((std::log10(real(value)) + 4) * 10)] += 1;
  }
  expect_even(counts, 40);
}

TEST(Sampler, draws_both_ends_of_an_integer_range_as_often_as_the_rest) {
  std::map<std::int64_t, double> counts;
  for (const Value& value : draws(Range{.min = -3, .max = 6, .integer = true}))
    counts[std::get<std::int64_t>(value) + 3] += 1;
  expect_even(counts, 10);
}

TEST(Sampler, draws_integers_on_a_log_scale_by_the_logarithm_of_their_cells) {
  std::vector<double> counts(5);
  for (const Value& value : draws(Range{.min = 1, .max = 4, .scale = Scale::log, .integer = true}))
    counts.at(static_cast<std::size_t>(std::get<std::int64_t>(value))) += 1;
  EXPECT_EQ(counts[0], 0);
  for (std::size_t n = 1; n <= 4; ++n) {
    const auto number = static_cast<double>(n);
    const double share = std::log((number + 0.5) / (number - 0.5)) / std::log(4.5 / 0.5);
    EXPECT_NEAR(counts[n] / kTrials, share, 4 * std::sqrt(share * (1 - share) / kTrials)) << n;
  }
}

TEST(Sampler, draws_each_choice_equally_often) {
  std::map<std::int64_t, double> counts;
  const std::vector<Value> values = {"sgd"s, true, std::int64_t{5}};
  for (const Value& value : draws(Choices{values}))
    for (std::size_t i = 0; i < values.size(); ++i)
      if (value == values[i]) counts[static_cast<std::int64_t>(i)] += 1;
  expect_even(counts, 3);
}

TEST(Sampler, keeps_fixed_values_and_ranges_of_one_value) {
  for (const Value& value : draws(Fixed{"adam"s})) ASSERT_EQ(value, Value{"adam"s});
  for (const Value& value : draws(Range{.min = 0.3, .max = 0.3})) ASSERT_EQ(value, Value{0.3});
  for (const Value& value : draws(Range{.min = 7, .max = 7, .integer = true}))
    ASSERT_EQ(value, Value{std::int64_t{7}});
}

const SearchSpace kSpace{{{"a", Range{.min = 0, .max = 1}},
                          {"b", Range{.min = 0, .max = 1}},
                          {"c", Choices{{true, false}}}}};

TEST(Sampler, gives_a_trial_the_same_configuration_in_any_order_and_on_any_instance) {
  const Sampler sampler(kSpace, Seed{1});
  std::vector<Configuration> ascending;
  for (std::uint32_t trial = 0; trial < 100; ++trial)
    ascending.push_back(sampler.configuration_of(TrialId{trial}));
  const Sampler other(kSpace, Seed{1});
  for (std::uint32_t trial = 100; trial-- > 0;)
    EXPECT_EQ(other.configuration_of(TrialId{trial}), ascending[trial]);
}

TEST(Sampler, names_settings_in_the_order_of_the_space) {
  const Configuration configuration = Sampler(kSpace, Seed{1}).configuration_of(TrialId{0});
  ASSERT_EQ(configuration.settings.size(), 3U);
  EXPECT_EQ(configuration.settings[0].name, "a");
  EXPECT_EQ(configuration.settings[1].name, "b");
  EXPECT_EQ(configuration.settings[2].name, "c");
}

TEST(Sampler, draws_hyperparameters_and_trials_independently) {
  const Sampler sampler(kSpace, Seed{1}, {.method = Method::random});
  double between_hyperparameters = 0;
  double between_trials = 0;
  double before = 0.5;
  for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
    const Configuration configuration = sampler.configuration_of(TrialId{trial});
    const double a = real(configuration.settings[0].value);
    const double b = real(configuration.settings[1].value);
    between_hyperparameters += (a - 0.5) * (b - 0.5);
    between_trials += (a - 0.5) * (before - 0.5);
    before = a;
  }
  EXPECT_LT(std::abs(between_hyperparameters) * 12 / std::sqrt(1.0 * kTrials), 4);
  EXPECT_LT(std::abs(between_trials) * 12 / std::sqrt(1.0 * kTrials), 4);
}

TEST(Sampler, differs_between_seeds) {
  EXPECT_NE(Sampler(kSpace, Seed{1}).configuration_of(TrialId{0}),
            Sampler(kSpace, Seed{2}).configuration_of(TrialId{0}));
}

TEST(Sampler, refuses_a_space_that_cannot_be_sampled) {
  EXPECT_THROW(Sampler(SearchSpace{{{"x", Choices{}}}}, Seed{1}), SpaceError);
}

}  // namespace
}  // namespace stepladder::search
