#include "stepladder/training/recipe.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>

namespace stepladder::training {
namespace {

constexpr std::int64_t kMost = 65536;  // see DropoutMask

std::logic_error unchecked(const std::string& name) {
  return std::logic_error("recipe_of: " + name + " was not checked");
}

// Looks settings up and keeps what it found, or had to put in their place.
class Settings {
 public:
  explicit Settings(const Configuration& given) : given_(given) {}

  std::string word(const std::string& name, std::string fallback) {
    read(name, fallback);
    return fallback;
  }
  // Leaves the value as it is where the setting is not given.
  template <class T>
  void read(const std::string& name, T& value) {
    const Value* given = given_.find(name);
    if (given == nullptr && is_required(name)) throw unchecked(name);
    if (given != nullptr) value = value_of<T>(name, *given);
    kept_.settings.push_back({.name = name, .value = given != nullptr ? *given : Value{value}});
  }
  [[nodiscard]] bool has(const std::string& name) const { return given_.find(name) != nullptr; }

  [[nodiscard]] const Configuration& all() const noexcept { return kept_; }

 private:
  // A whole number will do for a real one.
  template <class T>
  static T value_of(const std::string& name, const Value& given) {
    if constexpr (std::is_same_v<T, double>)
      if (const auto* whole = std::get_if<std::int64_t>(&given)) return static_cast<double>(*whole);
    const T* found = std::get_if<T>(&given);
    if (found == nullptr) throw unchecked(name);
    return *found;
  }

  const Configuration& given_;
  Configuration kept_;
};

LearningRatePolicy policy_of(Settings& from) {
  const PolicyRow* row = policy_named(from.word("policy", std::string(kPolicyIfUnnamed)));
  if (row == nullptr) throw unchecked("policy");
  LearningRatePolicy policy = row->policy;
  const auto read = [&](const std::string& name, auto& value) {
    if (name == "learning_rate" || row->takes.holds(name)) from.read(name, value);
  };
  std::visit([&](auto& p) { for_each_hyperparameter(p, read); }, policy);
  return policy;
}

Hypergradient hypergradient_of(Settings& from) {
  const std::string word = from.word("hypergradient", std::string(kHypergradientWords.front()));
  const auto* const found = std::find(kHypergradientWords.begin(), kHypergradientWords.end(), word);
  if (found == kHypergradientWords.end()) throw unchecked("hypergradient");
  return static_cast<Hypergradient>(found - kHypergradientWords.begin());
}

Optimizer optimizer_of(Settings& from) {
  const OptimizerRow* row =
      optimizer_named(from.word("optimizer", std::string(row_of(kOptimizerIfUnnamed).word)));
  if (row == nullptr) throw unchecked("optimizer");
  Optimizer optimizer{.kind = row->kind,
                      .weight_decay = row->weight_decay,
                      .hypergradient = hypergradient_of(from)};
  if (optimizer.hypergradient == Hypergradient::additive)
    optimizer.hypergradient_rate = row->additive_rate;
  for (const OptimizerConstant& constant : kOptimizerConstants)
    from.read(std::string(constant.name), optimizer.*constant.member);
  if (from.has("clip_norm")) from.read("clip_norm", optimizer.clip_norm.emplace());
  return optimizer;
}

Recipe recipe_of(Settings& from, Steps horizon) {
  Recipe recipe{.policy = policy_of(from), .horizon = horizon, .optimizer = optimizer_of(from)};
  if (from.has("warmup_steps")) from.read("warmup_steps", recipe.warmup_steps);
  return recipe;
}

void check_between_one_and_most(const std::string& key, std::int64_t value) {
  if (value < 1 || value > kMost)
    throw ModelError(key, key + " = " + std::to_string(value) + "; use a number from 1 to " +
                              std::to_string(kMost));
}

// The place of the word among the two there are.
std::size_t place_of(const std::string& word, const std::array<std::string_view, 2>& words,
                     const std::string& key) {
  const auto* const found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  throw ModelError(key, key + " = " + text(Value{word}) + " does not exist; use " +
                            text(Value{std::string(words[0])}) + " or " +
                            text(Value{std::string(words[1])}));
}

}  // namespace

void check(const Model& model) {
  for (const std::int64_t width : model.hidden) check_between_one_and_most("hidden", width);
  check_between_one_and_most("batch", model.batch);
  if (!(model.keep_probability > 0 && model.keep_probability <= 1))
    throw ModelError("keep_probability",
                     "keep_probability = " + text(Value{model.keep_probability}) +
                         " is not the share of hidden units to keep; use a number above 0 and at "
                         "most 1 (1 switches dropout off)");
  if (model.initialisation != "truncated_normal")
    throw ModelError("initialisation", "initialisation = " + text(Value{model.initialisation}) +
                                           " does not exist; use \"truncated_normal\"");
  if (model.engine == EngineKind::reference && model.precision != Precision::fp32)
    throw ModelError("precision",
                     "precision = \"bf16\" is for the fused engine only; use engine = \"fused\" or "
                     "precision = \"fp32\"");
}

EngineKind engine_named(const std::string& word) {
  return static_cast<EngineKind>(place_of(word, kEngineWords, "engine"));
}

Precision precision_named(const std::string& word) {
  return static_cast<Precision>(place_of(word, kPrecisionWords, "precision"));
}

Recipe recipe_of(const Configuration& configuration, Steps horizon) {
  Settings settings(configuration);
  return recipe_of(settings, horizon);
}

Configuration written_out(const Configuration& configuration) {
  Settings settings(configuration);
  static_cast<void>(recipe_of(settings, 0));
  Configuration all;
  for (const std::string& name : hyperparameter_names()) {
    const Value* value = settings.all().find(name);
    if (value != nullptr && uses(settings.all(), name))
      all.settings.push_back({.name = name, .value = *value});
  }
  return all;
}

Recipe without_own_cooldown(Recipe recipe) {
  if (const auto* wsd = std::get_if<WarmupStableDecay>(&recipe.policy))
    recipe.policy = ConstantRate{wsd->rate};
  return recipe;
}

std::vector<Value> policies_that_use(HorizonUse use) {
  std::vector<Value> words;
  for (const PolicyRow& row : kPolicies)
    if (horizon_use(row.policy) == use) words.emplace_back(std::string(row.word));
  return words;
}

double rate_at(const Recipe& recipe, Steps t) {
  return warmup_factor(recipe.warmup_steps, t) * rate_at(recipe.policy, t, recipe.horizon);
}

// One by one at first, then in stretches of 1 %, each for its middle.
double effective_steps(const Recipe& recipe, Steps steps) {
  const double full = std::visit([](const auto& policy) { return policy.rate; }, recipe.policy);
  double sum = 0;
  for (Steps from = 0; from < steps;) {
    const Steps length = std::min(1 + from / 100, steps - from);
    sum += static_cast<double>(length) * rate_at(recipe, from + length / 2);
    from += length;
  }
  return sum / full;
}

}  // namespace stepladder::training
