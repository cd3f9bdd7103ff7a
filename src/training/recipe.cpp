#include "stepladder/training/recipe.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

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

// Looks settings up and keeps what it found, or had to put in their place.
class Settings {
 public:
  explicit Settings(const Configuration& given) : given_(given) {}

  std::string word(const std::string& name, const std::string& fallback) {
    return kept<std::string>(name, fallback);
  }
  bool truth(const std::string& name, bool fallback) { return kept<bool>(name, fallback); }
  double real(const std::string& name, double fallback) {
    const Value* value = given_.find(name);
    if (value != nullptr)
      if (const auto* whole = std::get_if<std::int64_t>(value)) {
        keep(name, *value);
        return static_cast<double>(*whole);
      }
    return kept<double>(name, fallback);
  }
  double real(const std::string& name) {
    need(name);
    return real(name, 0);
  }
  Steps steps(const std::string& name) {
    need(name);
    return kept<std::int64_t>(name, 0);
  }
  [[nodiscard]] bool has(const std::string& name) const { return given_.find(name) != nullptr; }

  [[nodiscard]] const Configuration& all() const noexcept { return kept_; }

 private:
  template <class T>
  T kept(const std::string& name, const T& fallback) {
    const Value* value = given_.find(name);
    const T* found = value == nullptr ? &fallback : std::get_if<T>(value);
    if (found == nullptr) throw unchecked(name);
    keep(name, *found);
    return *found;
  }
  void keep(const std::string& name, Value value) {
    kept_.settings.push_back({.name = name, .value = std::move(value)});
  }
  void need(const std::string& name) const {
    if (!has(name)) throw unchecked(name);
  }

  const Configuration& given_;
  Configuration kept_;
};

LearningRatePolicy policy_of(Settings& from) {
  const double rate = from.real("learning_rate");
  const std::string policy = from.word("policy", "constant");
  if (policy == "constant") return ConstantRate{rate};
  if (policy == "linear") return LinearToZero{rate};
  if (policy == "cosine")
    return CosineDecay{rate, from.real("end_factor", CosineDecay{}.end_factor)};
  if (policy == "one_cycle") return OneCycle{rate};
  if (policy == "wsd")
    return WarmupStableDecay{rate,
                             from.real("cooldown_fraction", WarmupStableDecay{}.cooldown_fraction)};
  const Steps decay_steps = from.steps("decay_steps");
  if (policy == "polynomial")
    return PolynomialDecay{.rate = rate,
                           .decay_steps = decay_steps,
                           .power = from.real("power", PolynomialDecay{}.power),
                           .end_factor = from.real("end_factor", PolynomialDecay{}.end_factor)};
  const double decay_rate = from.real("decay_rate");
  if (policy == "step") return ExponentialDecay{rate, decay_steps, decay_rate, true};
  const bool staircase = from.truth("staircase", false);
  if (policy == "inverse_time") return InverseTimeDecay{rate, decay_steps, decay_rate, staircase};
  if (policy == "exponential") return ExponentialDecay{rate, decay_steps, decay_rate, staircase};
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

Hypergradient hypergradient_of(Settings& from) {
  const std::string name = from.word("hypergradient", "multiplicative");
  if (name == "multiplicative") return Hypergradient::multiplicative;
  if (name == "additive") return Hypergradient::additive;
  throw unchecked("hypergradient");
}

double default_hypergradient_rate(OptimizerKind kind, Hypergradient hypergradient) {
  if (hypergradient == Hypergradient::multiplicative) return Optimizer{}.hypergradient_rate;
  return kind == OptimizerKind::adam_hd ? kAdditiveRateOfAdam : kAdditiveRate;
}

std::optional<double> clip_norm_of(Settings& from) {
  if (!from.has("clip_norm")) return std::nullopt;
  return from.real("clip_norm");
}

Optimizer optimizer_of(Settings& from) {
  const Optimizer defaults;
  const std::string name = from.word("optimizer", "sgd");
  const OptimizerKind kind = kind_of(name);
  const Hypergradient hypergradient = hypergradient_of(from);
  return {.kind = kind,
          .momentum = from.real("momentum", defaults.momentum),
          .beta1 = from.real("beta1", defaults.beta1),
          .beta2 = from.real("beta2", defaults.beta2),
          .epsilon = from.real("epsilon", defaults.epsilon),
          .rho = from.real("rho", defaults.rho),
          .l2 = from.real("l2", defaults.l2),
          .weight_decay =
              from.real("weight_decay", name == "adamw" ? kAdamWDecay : defaults.weight_decay),
          .clip_norm = clip_norm_of(from),
          .hypergradient = hypergradient,
          .hypergradient_rate =
              from.real("hypergradient_rate", default_hypergradient_rate(kind, hypergradient))};
}

Recipe recipe_of(Settings& from, Steps horizon) {
  return Recipe{.policy = policy_of(from),
                .warmup_steps = from.has("warmup_steps") ? from.steps("warmup_steps") : 0,
                .horizon = horizon,
                .optimizer = optimizer_of(from)};
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
