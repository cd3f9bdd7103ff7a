// The tables of optimizers and learning-rate policies.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/training/left_out.hpp"
#include "stepladder/training/recipe.hpp"
#include "trial/enumerators.hpp"

namespace stepladder::training {
namespace {

using ::testing::Contains;

template <class Table>
void expect_different_words_and_names(const Table& table) {
  std::set<std::string_view> words;
  std::set<std::string_view> names;
  for (const auto& row : table) {
    EXPECT_FALSE(row.word.empty());
    EXPECT_FALSE(row.name.empty()) << row.word;
    words.insert(row.word);
    names.insert(row.name);
  }
  EXPECT_EQ(words.size(), table.size());
  EXPECT_EQ(names.size(), table.size());
}

// What a row takes, and what only other rows take, are what the hyperparameters are checked by.
template <class Table>
void expect_known_hyperparameters(const Table& table) {
  std::set<std::string> names;
  for (const auto& row : table)
    for (const std::string_view name : row.takes.names)
      if (!name.empty()) names.emplace(name);
  for (const std::string& name : names) {
    EXPECT_THAT(hyperparameter_names(), Contains(name));
    for (const auto& row : table)
      EXPECT_EQ(is_used_by(name, std::string(row.word)), row.takes.holds(name))
          << row.word << ' ' << name;
  }
}

TEST(OptimizerRows, HoldOneForEachKind) {
  ASSERT_EQ(kOptimizers.size(), enumerators<OptimizerKind>());
  expect_different_words_and_names(kOptimizers);
  for (const OptimizerRow& row : kOptimizers) {
    EXPECT_EQ(&row_of(row.kind), &row);
    EXPECT_EQ(optimizer_named(row.word), &row);
    EXPECT_EQ(
        recipe_of({{{"learning_rate", 0.1}, {"optimizer", std::string(row.word)}}}).optimizer.kind,
        row.kind);
  }
  EXPECT_EQ(optimizer_named("none"), nullptr);
  EXPECT_EQ(row_of(kOptimizerIfUnnamed).word, "sgd");
}

TEST(OptimizerRows, TakeHyperparametersThatExist) { expect_known_hyperparameters(kOptimizers); }

TEST(OptimizerRows, WaitForTheWholeGradientToAdaptTheRate) {
  for (const OptimizerRow& row : kOptimizers) {
    EXPECT_EQ(row.takes.holds("hypergradient"), row.takes.holds("hypergradient_rate")) << row.word;
    EXPECT_TRUE(row.needs_whole_gradient || !adapts_rate(row.kind)) << row.word;
  }
}

TEST(PolicyRows, HoldEveryPolicy) {
  std::vector<bool> has_row(std::variant_size_v<LearningRatePolicy>);
  for (const PolicyRow& row : kPolicies) {
    has_row.at(row.policy.index()) = true;
    EXPECT_EQ(policy_named(row.word), &row);
  }
  EXPECT_THAT(has_row, testing::Each(true));
  expect_different_words_and_names(kPolicies);
  EXPECT_EQ(policy_named("none"), nullptr);
  EXPECT_NE(policy_named(kPolicyIfUnnamed), nullptr);
}

TEST(PolicyRows, TakeHyperparametersThatThePolicyIsMadeOf) {
  expect_known_hyperparameters(kPolicies);
  for (const PolicyRow& row : kPolicies) {
    std::vector<std::string_view> parts;
    std::visit(
        [&](const auto& policy) {
          for_each_hyperparameter(policy, [&](const char* name, auto) { parts.push_back(name); });
        },
        row.policy);
    EXPECT_THAT(parts, Contains("learning_rate"));
    for (const std::string_view name : row.takes.names)
      EXPECT_TRUE(name.empty() || std::count(parts.begin(), parts.end(), name) == 1) << row.word;
  }
}

TEST(PolicyRows, TellWhichLookAtTheHorizon) {
  using Words = std::vector<Value>;
  EXPECT_EQ(policies_that_use(HorizonUse::bound),
            (Words{std::string("linear"), std::string("cosine"), std::string("one_cycle")}));
  EXPECT_EQ(policies_that_use(HorizonUse::cooldown), Words{std::string("wsd")});
  EXPECT_EQ(policies_that_use(HorizonUse::none).size() + 4, kPolicies.size());
}

TEST(HypergradientWords, AreOneForEachEnumerator) {
  EXPECT_EQ(kHypergradientWords.size(), enumerators<Hypergradient>());
}

}  // namespace
}  // namespace stepladder::training
