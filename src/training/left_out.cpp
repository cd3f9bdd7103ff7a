#include "stepladder/training/left_out.hpp"

#include <array>
#include <utility>

#include "stepladder/training/recipe.hpp"

namespace stepladder::training {
namespace {

struct Constant {
  const char* name;
  double Optimizer::*member;
};
constexpr std::array kConstants = {Constant{"momentum", &Optimizer::momentum},
                                   Constant{"rho", &Optimizer::rho},
                                   Constant{"beta1", &Optimizer::beta1},
                                   Constant{"beta2", &Optimizer::beta2},
                                   Constant{"epsilon", &Optimizer::epsilon},
                                   Constant{"l2", &Optimizer::l2},
                                   Constant{"weight_decay", &Optimizer::weight_decay},
                                   Constant{"hypergradient_rate", &Optimizer::hypergradient_rate}};

// All that a policy is made of and that has a default, whether it was named or not.
std::vector<Setting> settings_of(const LearningRatePolicy& policy) {
  std::vector<Setting> settings;
  std::visit(
      [&](const auto& p) {
        if constexpr (requires { p.staircase; })
          settings.push_back({"staircase", Value{p.staircase}});
        if constexpr (requires { p.power; }) settings.push_back({"power", Value{p.power}});
        if constexpr (requires { p.end_factor; })
          settings.push_back({"end_factor", Value{p.end_factor}});
        if constexpr (requires { p.cooldown_fraction; })
          settings.push_back({"cooldown_fraction", Value{p.cooldown_fraction}});
      },
      policy);
  return settings;
}

std::vector<Setting> settings_of(const Optimizer& optimizer) {
  std::vector<Setting> settings;
  settings.reserve(std::size(kConstants));
  for (const Constant& constant : kConstants)
    settings.push_back({constant.name, Value{optimizer.*constant.member}});
  if (adapts_rate(optimizer.kind)) {
    const bool is_additive = optimizer.hypergradient == Hypergradient::additive;
    settings.push_back(
        {"hypergradient", Value{std::string(is_additive ? "additive" : "multiplicative")}});
  }
  return settings;
}

std::vector<Value> words_of(const Hyperparameter& hyperparameter) {
  if (const auto* fixed = std::get_if<Fixed>(&hyperparameter.domain)) return {fixed->value};
  if (const auto* choices = std::get_if<Choices>(&hyperparameter.domain)) return choices->values;
  return {};
}

// Of a trial that chooses this, and names nothing else that has a default.
Recipe recipe_with(const SearchSpace& space, const char* chooser, const Value& choice) {
  Configuration configuration{{{"learning_rate", Value{1.0}},
                               {"decay_steps", Value{std::int64_t{1}}},
                               {"decay_rate", Value{1.0}},
                               {chooser, choice}}};
  // The default of hypergradient_rate depends on it; where it is searched, the first counts.
  if (const Hyperparameter* hypergradient = space.find("hypergradient"))
    configuration.settings.push_back({"hypergradient", words_of(*hypergradient).front()});
  return recipe_of(configuration);
}

}  // namespace

std::vector<LeftOut> left_out(const SearchSpace& space) {
  std::vector<LeftOut> all;
  const auto add = [&](const Value& choice, std::vector<Setting> settings) {
    LeftOut left{.choice = std::get<std::string>(choice), .defaults = {}};
    for (Setting& setting : settings)
      if (is_used_by(setting.name, left.choice) && space.find(setting.name) == nullptr)
        left.defaults.push_back(std::move(setting));
    if (!left.defaults.empty()) all.push_back(std::move(left));
  };
  if (const Hyperparameter* policy = space.find("policy"))
    for (const Value& choice : words_of(*policy))
      add(choice, settings_of(recipe_with(space, "policy", choice).policy));
  if (const Hyperparameter* optimizer = space.find("optimizer"))
    for (const Value& choice : words_of(*optimizer))
      add(choice, settings_of(recipe_with(space, "optimizer", choice).optimizer));
  return all;
}

}  // namespace stepladder::training
