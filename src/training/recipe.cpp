#include "stepladder/training/recipe.hpp"

#include <algorithm>
#include <optional>

namespace stepladder::training {
namespace {

constexpr std::int64_t kMost = 65536;  // see DropoutMask
constexpr double kAdamWDecay = 0.01;   // PyTorch's default
// The reference code's for MNIST.
constexpr double kAdditiveRate = 1e-3;
constexpr double kAdditiveRateOfAdam = 1e-7;

std::logic_error unchecked(const std::string& name) {
  return std::logic_error("recipe_of: " + name + " was not checked");
}

std::string word(const Configuration& from, const std::string& name, const std::string& fallback) {
  const Value* value = from.find(name);
  if (value == nullptr) return fallback;
  if (const auto* found = std::get_if<std::string>(value)) return *found;
  throw unchecked(name);
}

bool truth(const Configuration& from, const std::string& name, bool fallback) {
  const Value* value = from.find(name);
  if (value == nullptr) return fallback;
  if (const auto* found = std::get_if<bool>(value)) return *found;
  throw unchecked(name);
}

double real(const Configuration& from, const std::string& name, double fallback) {
  const Value* value = from.find(name);
  if (value == nullptr) return fallback;
  if (const auto* found = std::get_if<double>(value)) return *found;
  if (const auto* found = std::get_if<std::int64_t>(value)) return static_cast<double>(*found);
  throw unchecked(name);
}

Steps steps(const Configuration& from, const std::string& name) {
  const Value* value = from.find(name);
  if (value != nullptr)
    if (const auto* found = std::get_if<std::int64_t>(value)) return *found;
  throw unchecked(name);
}

void need(const Configuration& from, const std::string& name) {
  if (from.find(name) == nullptr) throw unchecked(name);
}

LearningRatePolicy policy_of(const Configuration& from) {
  need(from, "learning_rate");
  const double rate = real(from, "learning_rate", 0);
  const std::string policy = word(from, "policy", "constant");
  if (policy == "constant") return ConstantRate{rate};
  if (policy == "linear") return LinearToZero{rate};
  if (policy == "cosine")
    return CosineDecay{rate, real(from, "end_factor", CosineDecay{}.end_factor)};
  if (policy == "one_cycle") return OneCycle{rate};
  if (policy == "wsd")
    return WarmupStableDecay{
        rate, real(from, "cooldown_fraction", WarmupStableDecay{}.cooldown_fraction)};
  if (policy == "polynomial")
    return PolynomialDecay{.rate = rate,
                           .decay_steps = steps(from, "decay_steps"),
                           .power = real(from, "power", PolynomialDecay{}.power),
                           .end_factor = real(from, "end_factor", PolynomialDecay{}.end_factor)};
  need(from, "decay_rate");
  const double decay_rate = real(from, "decay_rate", 0);
  const bool staircase = truth(from, "staircase", false);
  if (policy == "inverse_time")
    return InverseTimeDecay{rate, steps(from, "decay_steps"), decay_rate, staircase};
  if (policy == "step") return ExponentialDecay{rate, steps(from, "decay_steps"), decay_rate, true};
  if (policy == "exponential")
    return ExponentialDecay{rate, steps(from, "decay_steps"), decay_rate, staircase};
  throw unchecked("policy");
}

OptimizerKind kind_of(const std::string& name) {
  if (name == "sgd") return OptimizerKind::sgd;
  if (name == "momentum") return OptimizerKind::momentum;
  if (name == "nesterov") return OptimizerKind::nesterov;
  if (name == "rmsprop") return OptimizerKind::rmsprop;
  if (name == "adam" || name == "adamw") return OptimizerKind::adam;
  if (name == "sgd_hd") return OptimizerKind::sgd_hd;
  if (name == "nesterov_hd") return OptimizerKind::nesterov_hd;
  if (name == "adam_hd") return OptimizerKind::adam_hd;
  throw unchecked("optimizer");
}

Hypergradient hypergradient_of(const Configuration& from) {
  const std::string name = word(from, "hypergradient", "multiplicative");
  if (name == "multiplicative") return Hypergradient::multiplicative;
  if (name == "additive") return Hypergradient::additive;
  throw unchecked("hypergradient");
}

double default_hypergradient_rate(OptimizerKind kind, Hypergradient hypergradient) {
  if (hypergradient == Hypergradient::multiplicative) return Optimizer{}.hypergradient_rate;
  return kind == OptimizerKind::adam_hd ? kAdditiveRateOfAdam : kAdditiveRate;
}

std::optional<double> clip_norm_of(const Configuration& from) {
  if (from.find("clip_norm") == nullptr) return std::nullopt;
  return real(from, "clip_norm", 0);
}

Optimizer optimizer_of(const Configuration& from) {
  const Optimizer defaults;
  const std::string name = word(from, "optimizer", "sgd");
  const OptimizerKind kind = kind_of(name);
  const Hypergradient hypergradient = hypergradient_of(from);
  return {.kind = kind,
          .momentum = real(from, "momentum", defaults.momentum),
          .beta1 = real(from, "beta1", defaults.beta1),
          .beta2 = real(from, "beta2", defaults.beta2),
          .epsilon = real(from, "epsilon", defaults.epsilon),
          .rho = real(from, "rho", defaults.rho),
          .l2 = real(from, "l2", defaults.l2),
          .weight_decay =
              real(from, "weight_decay", name == "adamw" ? kAdamWDecay : defaults.weight_decay),
          .clip_norm = clip_norm_of(from),
          .hypergradient = hypergradient,
          .hypergradient_rate =
              real(from, "hypergradient_rate", default_hypergradient_rate(kind, hypergradient))};
}

void check_between_one_and_most(const std::string& key, std::int64_t value) {
  if (value < 1 || value > kMost)
    throw ModelError(key, key + " = " + std::to_string(value) + "; use a number from 1 to " +
                              std::to_string(kMost));
}

void check_word(const std::string& key, const std::string& word,
                const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  throw ModelError(key, key + " = " + text(Value{word}) + " does not exist; use " +
                            text(Value{known[0]}) + " or " + text(Value{known[1]}));
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
  check_word("engine", model.engine, {"fused", "reference"});
  check_word("precision", model.precision, {"fp32", "bf16"});
  if (model.engine == "reference" && model.precision != "fp32")
    throw ModelError("precision",
                     "precision = \"bf16\" is for the fused engine only; use engine = \"fused\" or "
                     "precision = \"fp32\"");
}

Recipe recipe_of(const Configuration& configuration, Steps horizon) {
  return Recipe{.policy = policy_of(configuration),
                .warmup_steps = configuration.find("warmup_steps") == nullptr
                                    ? 0
                                    : steps(configuration, "warmup_steps"),
                .horizon = horizon,
                .optimizer = optimizer_of(configuration)};
}

Recipe without_own_cooldown(Recipe recipe) {
  if (const auto* wsd = std::get_if<WarmupStableDecay>(&recipe.policy))
    recipe.policy = ConstantRate{wsd->rate};
  return recipe;
}

std::vector<Value> policies_that_use(HorizonUse use) {
  const auto all = [](std::initializer_list<const char*> names) {
    std::vector<Value> values;
    for (const char* name : names) values.emplace_back(std::string(name));
    return values;
  };
  switch (use) {
    case HorizonUse::none:
      return all({"constant", "exponential", "step", "inverse_time", "polynomial"});
    case HorizonUse::cooldown:
      return all({"wsd"});
    case HorizonUse::bound:
      return all({"linear", "cosine", "one_cycle"});
  }
  return {};
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
