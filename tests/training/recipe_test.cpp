#include "stepladder/training/recipe.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::training {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace std::string_literals;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Hyperparameter fixed(const std::string& name, Value value) {
  return {name, Fixed{std::move(value)}};
}
Hyperparameter range(const std::string& name, double min, double max, bool integer = false) {
  return {name, Range{.min = min, .max = max, .scale = Scale::linear, .integer = integer}};
}
Hyperparameter choices(const std::string& name, std::vector<Value> values) {
  return {name, Choices{std::move(values)}};
}
std::int64_t whole(std::int64_t value) { return value; }

// A space that passes: everything chosen, hence everything used.
std::vector<Hyperparameter> everything() {
  return {range("learning_rate", 1e-3, 1),
          choices("policy", {"constant"s, "exponential"s}),
          range("decay_steps", 100, 3000, true),
          range("decay_rate", 0.8, 1),
          choices("staircase", {true, false}),
          choices("optimizer", {"sgd"s, "momentum"s, "adam"s}),
          range("momentum", 0, 0.99),
          fixed("beta1", 0.9),
          fixed("beta2", 0.999),
          fixed("epsilon", 1e-8)};
}

// `everything()` with one hyperparameter put in another's place.
SearchSpace with(const Hyperparameter& changed) {
  SearchSpace space{everything()};
  for (Hyperparameter& hyperparameter : space.hyperparameters)
    if (hyperparameter.name == changed.name) hyperparameter = changed;
  return space;
}

std::string error_of(const SearchSpace& space, const std::string& name) {
  try {
    training::check(space);
  } catch (const SpaceError& error) {
    EXPECT_EQ(error.name, name);
    EXPECT_THAT(error.what(), HasSubstr(name));
    return error.what();
  }
  ADD_FAILURE() << "no SpaceError about " << name;
  return "";
}

TEST(HyperparameterNames, list_everything_in_the_documented_order) {
  EXPECT_EQ(hyperparameter_names(),
            (std::vector<std::string>{
                "learning_rate", "policy",    "decay_steps",   "decay_rate",
                "staircase",     "power",     "end_factor",    "cooldown_fraction",
                "warmup_steps",  "optimizer", "momentum",      "rho",
                "beta1",         "beta2",     "epsilon",       "l2",
                "weight_decay",  "clip_norm", "hypergradient", "hypergradient_rate"}));
}

TEST(HyperparameterNames, tell_which_take_whole_numbers) {
  EXPECT_TRUE(takes_whole_numbers("decay_steps"));
  EXPECT_FALSE(takes_whole_numbers("learning_rate"));
  EXPECT_FALSE(takes_whole_numbers("no such name"));
}

TEST(CheckSpace, accepts_a_learning_rate_alone_and_everything_together) {
  EXPECT_NO_THROW(training::check(SearchSpace{{range("learning_rate", 1e-4, 1)}}));
  EXPECT_NO_THROW(training::check(SearchSpace{everything()}));
}

TEST(CheckSpace, accepts_whole_numbers_for_real_ones_and_the_ends_that_are_allowed) {
  for (const Hyperparameter& good :
       {fixed("learning_rate", whole(1)), range("learning_rate", 1, 3, true),
        fixed("decay_rate", whole(1)), fixed("momentum", whole(0)), fixed("decay_steps", whole(1)),
        fixed("staircase", true)})
    EXPECT_NO_THROW(training::check(with(good))) << good.name;
}

TEST(CheckSpace, refuses_an_unknown_name_with_the_nearest_known_one) {
  SearchSpace space{everything()};
  space.hyperparameters.push_back(fixed("learning_rat", 0.1));
  EXPECT_THAT(error_of(space, "learning_rat"), HasSubstr("did you mean learning_rate?"));
  space.hyperparameters.back().name = "xyz";
  EXPECT_THAT(error_of(space, "xyz"), HasSubstr("not a hyperparameter"));
}

TEST(CheckSpace, refuses_values_of_the_wrong_type) {
  for (const Hyperparameter& bad :
       {fixed("learning_rate", "0.1"s), fixed("learning_rate", true), fixed("policy", whole(1)),
        fixed("decay_steps", 100.0), fixed("staircase", whole(1)), fixed("staircase", "true"s),
        choices("decay_steps", {whole(100), 200.0}), fixed("optimizer", false)})
    EXPECT_THAT(error_of(with(bad), bad.name), HasSubstr("use ")) << bad.name;
}

TEST(CheckSpace, refuses_values_outside_what_they_may_be) {
  for (const Hyperparameter& bad :
       {fixed("learning_rate", 0.0), fixed("learning_rate", -0.1), fixed("learning_rate", kNan),
        fixed("learning_rate", std::numeric_limits<double>::infinity()),
        fixed("policy", "cosines"s), fixed("decay_steps", whole(0)), fixed("decay_rate", 0.0),
        fixed("decay_rate", 1.01), choices("optimizer", {"sgd"s, "adams"s}), fixed("momentum", 1.0),
        fixed("momentum", -0.1), fixed("beta1", 1.0), fixed("beta2", whole(1)),
        fixed("epsilon", 0.0)})
    EXPECT_THAT(error_of(with(bad), bad.name), HasSubstr("use ")) << bad.name;
}

TEST(CheckSpace, refuses_ranges_that_reach_outside_what_may_be) {
  for (const Hyperparameter& bad :
       {range("learning_rate", 0, 1), range("decay_rate", 0.9, 1.1), range("momentum", 0.5, 1),
        range("decay_steps", 0, 100, true), range("epsilon", -1, 1)})
    EXPECT_THAT(error_of(with(bad), bad.name), HasSubstr("narrow it")) << bad.name;
}

TEST(CheckSpace, refuses_ranges_of_things_that_are_not_such_numbers) {
  EXPECT_THAT(error_of(with(range("policy", 0, 1)), "policy"), HasSubstr("choices"));
  EXPECT_THAT(error_of(with(range("staircase", 0, 1, true)), "staircase"), HasSubstr("choices"));
  EXPECT_THAT(error_of(with(range("decay_steps", 1, 100)), "decay_steps"),
              HasSubstr("range of integers"));
}

TEST(CheckSpace, refuses_what_cannot_be_sampled) {
  EXPECT_THAT(error_of(with(range("learning_rate", 1, 0.5)), "learning_rate"), HasSubstr("empty"));
}

TEST(CheckSpace, asks_for_what_is_missing) {
  EXPECT_THAT(error_of(SearchSpace{}, "learning_rate"), HasSubstr("add it"));
  const SearchSpace space{
      {fixed("learning_rate", 0.1), fixed("policy", "exponential"s), fixed("decay_rate", 0.96)}};
  EXPECT_THAT(error_of(space, "decay_steps"), HasSubstr("policy = \"exponential\""));
  const SearchSpace choice{{fixed("learning_rate", 0.1),
                            choices("policy", {"constant"s, "exponential"s}),
                            fixed("decay_steps", whole(10))}};
  EXPECT_THAT(error_of(choice, "decay_rate"), HasSubstr("needs it"));
}

TEST(CheckSpace, refuses_what_no_choice_would_use) {
  for (const Hyperparameter& idle :
       {fixed("decay_steps", whole(10)), fixed("decay_rate", 0.9), fixed("staircase", true),
        fixed("momentum", 0.9), fixed("beta1", 0.9), fixed("epsilon", 1e-8)}) {
    const SearchSpace space{{fixed("learning_rate", 0.1), fixed("policy", "constant"s), idle}};
    EXPECT_THAT(error_of(space, idle.name), AllOf(HasSubstr("add "), HasSubstr("or remove")));
  }
}

TEST(CheckSpace, knows_clipping_and_hypergradients) {
  const auto space_of = [](const std::string& optimizer, const Hyperparameter& one) {
    return SearchSpace{{fixed("learning_rate", 0.1), fixed("optimizer", optimizer), one}};
  };
  for (const char* optimizer : {"sgd", "rmsprop", "nesterov_hd"})
    EXPECT_NO_THROW(training::check(space_of(optimizer, range("clip_norm", 0.1, 10))));
  for (const double bad : {0.0, -1.0, kNan})
    EXPECT_THAT(error_of(space_of("sgd", fixed("clip_norm", bad)), "clip_norm"),
                HasSubstr("above 0"));
  EXPECT_NO_THROW(training::check(space_of("adam_hd", fixed("hypergradient_rate", whole(0)))));
  EXPECT_NO_THROW(training::check(
      space_of("sgd_hd", choices("hypergradient", {"additive"s, "multiplicative"s}))));
  EXPECT_THAT(error_of(space_of("sgd_hd", fixed("hypergradient", "added"s)), "hypergradient"),
              HasSubstr("additive"));
  EXPECT_THAT(error_of(space_of("sgd_hd", fixed("hypergradient_rate", -0.1)), "hypergradient_rate"),
              HasSubstr("from 0 up"));
  EXPECT_THAT(error_of(space_of("sgd", fixed("hypergradient_rate", 0.1)), "hypergradient_rate"),
              HasSubstr("adam_hd"));
}

TEST(CheckModel, accepts_the_default_and_logistic_regression) {
  EXPECT_NO_THROW(training::check(Model{}));
  EXPECT_NO_THROW(training::check(Model{.hidden = {}, .batch = 1, .keep_probability = 1.0}));
}

TEST(CheckModel, names_the_setting_at_fault) {
  const auto key_of_error = [](const Model& model) -> std::string {
    try {
      training::check(model);
    } catch (const ModelError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(error.key), HasSubstr("use ")));
      return error.key;
    }
    return "no error";
  };
  EXPECT_EQ(key_of_error({.hidden = {10, 0}}), "hidden");
  EXPECT_EQ(key_of_error({.hidden = {65537}}), "hidden");
  EXPECT_EQ(key_of_error({.batch = 0}), "batch");
  EXPECT_EQ(key_of_error({.batch = 65537}), "batch");
  EXPECT_EQ(key_of_error({.keep_probability = 0}), "keep_probability");
  EXPECT_EQ(key_of_error({.keep_probability = 1.1}), "keep_probability");
  EXPECT_EQ(key_of_error({.keep_probability = kNan}), "keep_probability");
  EXPECT_EQ(key_of_error({.initialisation = "zeros"}), "initialisation");
}

TEST(EffectiveSteps, are_the_sum_of_the_rates_over_the_policys_own) {
  EXPECT_DOUBLE_EQ(effective_steps({.policy = ConstantRate{0.3}}, 2700), 2700);
  // A geometric series.
  const ExponentialDecay decay{.rate = 0.3, .decay_steps = 100, .decay_rate = 0.5};
  const double each = std::pow(0.5, 0.01);
  for (const Steps steps : {1, 50, 1000, 100'000}) {
    const double sum = (1 - std::pow(each, static_cast<double>(steps))) / (1 - each);
    EXPECT_NEAR(effective_steps({.policy = decay}, steps) / sum, 1, 0.01) << steps;
  }
  // 1 + 1/2 + 1/4 ... of 100 steps each.
  EXPECT_NEAR(effective_steps({.policy = ExponentialDecay{0.3, 100, 0.5, true}}, 300), 175, 2);
  // Triangles.
  EXPECT_NEAR(effective_steps({.policy = LinearToZero{0.3}, .horizon = 2700}, 2700), 1350, 14);
  EXPECT_NEAR(effective_steps({.policy = ConstantRate{0.3}, .warmup_steps = 200}, 2700), 2600, 26);
}

TEST(RecipeOf, has_the_documented_defaults) {
  const Recipe recipe = recipe_of({{{"learning_rate", 0.3}}});
  EXPECT_EQ(recipe, (Recipe{.policy = ConstantRate{0.3}, .optimizer = Optimizer{}}));
}

TEST(RecipeOf, takes_every_setting_in_any_order) {
  const Recipe recipe = recipe_of({{{"staircase", true},
                                    {"decay_rate", whole(1)},
                                    {"decay_steps", whole(3000)},
                                    {"policy", "exponential"s},
                                    {"learning_rate", whole(2)},
                                    {"optimizer", "adam"s},
                                    {"momentum", 0.5},
                                    {"beta1", whole(0)},
                                    {"beta2", 0.99},
                                    {"epsilon", 1e-3}}});
  EXPECT_EQ(recipe, (Recipe{.policy = ExponentialDecay{2.0, 3000, 1.0, true},
                            .optimizer = {.kind = OptimizerKind::adam,
                                          .momentum = 0.5,
                                          .beta1 = 0.0,
                                          .beta2 = 0.99,
                                          .epsilon = 1e-3}}));
}

TEST(RecipeOf, knows_every_policy_and_optimizer) {
  const auto policy_of = [](const std::string& policy) {
    return recipe_of({{{"learning_rate", 0.1},
                       {"policy", policy},
                       {"decay_steps", whole(10)},
                       {"decay_rate", 0.5},
                       {"warmup_steps", whole(7)}}},
                     100);
  };
  EXPECT_EQ(policy_of("step").policy, LearningRatePolicy(ExponentialDecay{0.1, 10, 0.5, true}));
  EXPECT_EQ(policy_of("inverse_time").policy, LearningRatePolicy(InverseTimeDecay{0.1, 10, 0.5}));
  EXPECT_EQ(policy_of("polynomial").policy, LearningRatePolicy(PolynomialDecay{0.1, 10, 1, 0}));
  EXPECT_EQ(policy_of("linear").policy, LearningRatePolicy(LinearToZero{0.1}));
  EXPECT_EQ(policy_of("cosine").policy, LearningRatePolicy(CosineDecay{0.1, 0}));
  EXPECT_EQ(policy_of("one_cycle").policy, LearningRatePolicy(OneCycle{0.1}));
  EXPECT_EQ(policy_of("wsd").policy, LearningRatePolicy(WarmupStableDecay{0.1, 0.2}));
  EXPECT_EQ(policy_of("linear").horizon, 100);
  EXPECT_DOUBLE_EQ(rate_at(policy_of("linear"), 3), 0.1 * 4 / 7 * 0.97);

  const auto optimizer_of = [](const std::string& optimizer) {
    return recipe_of({{{"learning_rate", 0.1}, {"optimizer", optimizer}}}).optimizer;
  };
  EXPECT_EQ(optimizer_of("nesterov").kind, OptimizerKind::nesterov);
  EXPECT_EQ(optimizer_of("rmsprop").kind, OptimizerKind::rmsprop);
  EXPECT_EQ(optimizer_of("adam").weight_decay, 0.0);
  EXPECT_EQ(optimizer_of("adamw").kind, OptimizerKind::adamw);
  EXPECT_EQ(optimizer_of("adamw").weight_decay, 0.01);
}

TEST(RecipeOf, gives_hypergradients_the_rate_that_goes_with_their_kind) {
  const auto optimizer_of = [](const std::string& optimizer, const std::string& hypergradient) {
    return recipe_of({{{"learning_rate", 0.1},
                       {"optimizer", optimizer},
                       {"hypergradient", hypergradient},
                       {"clip_norm", whole(2)}}})
        .optimizer;
  };
  const auto expected = [](OptimizerKind kind, Hypergradient hypergradient, double rate) {
    return Optimizer{
        .kind = kind, .clip_norm = 2.0, .hypergradient = hypergradient, .hypergradient_rate = rate};
  };
  const Hypergradient additive = Hypergradient::additive;
  EXPECT_EQ(optimizer_of("sgd_hd", "additive"), expected(OptimizerKind::sgd_hd, additive, 1e-3));
  EXPECT_EQ(optimizer_of("nesterov_hd", "additive"),
            expected(OptimizerKind::nesterov_hd, additive, 1e-3));
  EXPECT_EQ(optimizer_of("adam_hd", "additive"), expected(OptimizerKind::adam_hd, additive, 1e-7));
  for (const char* name : {"sgd_hd", "nesterov_hd", "adam_hd"})
    EXPECT_EQ(optimizer_of(name, "multiplicative").hypergradient_rate, 0.02);
  const Recipe given = recipe_of(
      {{{"learning_rate", 0.1}, {"optimizer", "adam_hd"s}, {"hypergradient_rate", whole(0)}}});
  EXPECT_EQ(given.optimizer, (Optimizer{.kind = OptimizerKind::adam_hd, .hypergradient_rate = 0}));
}

TEST(WrittenOut, names_every_default_of_what_is_used_and_nothing_else) {
  const Configuration given{.settings = {{"optimizer", "adamw"s},
                                         {"learning_rate", whole(1)},
                                         {"policy", "exponential"s},
                                         {"decay_rate", 0.5},
                                         {"decay_steps", whole(7)},
                                         {"power", 3.0},       // of another policy
                                         {"momentum", 0.5}}};  // and optimizer
  EXPECT_EQ(text(written_out(given)),
            "learning_rate=1 policy=\"exponential\" decay_steps=7 decay_rate=0.5 staircase=false "
            "optimizer=\"adamw\" beta1=0.9 beta2=0.999 epsilon=1e-08 l2=0.0 weight_decay=0.01");
  EXPECT_EQ(text(written_out({.settings = {{"learning_rate", 0.1}}})),
            "learning_rate=0.1 policy=\"constant\" optimizer=\"sgd\" l2=0.0 weight_decay=0.0");
}

TEST(WrittenOut, has_the_same_recipe) {
  for (const char* policy : {"constant", "exponential", "step", "inverse_time", "polynomial",
                             "linear", "cosine", "one_cycle", "wsd"})
    for (const char* optimizer : {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw",
                                  "sgd_hd", "nesterov_hd", "adam_hd"}) {
      Configuration given{.settings = {{"learning_rate", 0.1},
                                       {"policy", std::string(policy)},
                                       {"decay_steps", whole(50)},
                                       {"decay_rate", 0.9},
                                       {"optimizer", std::string(optimizer)}}};
      if (uses(given, "hypergradient")) given.settings.push_back({"hypergradient", "additive"s});
      EXPECT_EQ(recipe_of(written_out(given), 100), recipe_of(given, 100)) << text(given);
    }
}

TEST(Conditioned, adds_what_the_choices_imply_and_nothing_else) {
  const SearchSpace space =
      conditioned({{fixed("learning_rate", 0.1), choices("policy", {"constant"s, "exponential"s}),
                    fixed("decay_steps", whole(10)), fixed("decay_rate", 0.9),
                    fixed("optimizer", "momentum"s), fixed("momentum", 0.5)}});
  EXPECT_FALSE(space.find("learning_rate")->when);
  ASSERT_TRUE(space.find("decay_steps")->when);
  EXPECT_EQ(space.find("decay_steps")->when->name, "policy");
  EXPECT_THAT(space.find("decay_steps")->when->values, testing::Contains(Value("exponential"s)));
  EXPECT_THAT(space.find("decay_steps")->when->values,
              testing::Not(testing::Contains(Value("constant"s))));
  EXPECT_FALSE(space.find("momentum")->when);  // its optimizer is fixed
}

TEST(RecipeOf, does_not_accept_what_check_would_not) {
  EXPECT_THROW(static_cast<void>(recipe_of({})), std::logic_error);
  EXPECT_THROW(static_cast<void>(recipe_of({{{"learning_rate", "high"s}}})), std::logic_error);
  EXPECT_THROW(static_cast<void>(recipe_of({{{"learning_rate", 0.1}, {"optimizer", "none"s}}})),
               std::logic_error);
  EXPECT_THROW(static_cast<void>(recipe_of({{{"learning_rate", 0.1}, {"policy", "exponential"s}}})),
               std::logic_error);
}

}  // namespace
}  // namespace stepladder::training
