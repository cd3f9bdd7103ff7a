#include "stepladder/training/left_out.hpp"

#include <utility>

#include "stepladder/training/recipe.hpp"

namespace stepladder::training {
namespace {

// All that a policy is made of and that has a default, whether it was named or not.
std::vector<Setting> settings_of(const LearningRatePolicy& policy) {
  std::vector<Setting> settings;
  const auto add = [&](const std::string& name, const auto& value) {
    if (!is_required(name)) settings.push_back({name, Value{value}});
  };
  std::visit([&](const auto& p) { for_each_hyperparameter(p, add); }, policy);
  return settings;
}

std::vector<Setting> settings_of(const Optimizer& optimizer) {
  std::vector<Setting> settings;
  settings.reserve(kOptimizerConstants.size() + 1);
  for (const OptimizerConstant& constant : kOptimizerConstants)
    settings.push_back({std::string(constant.name), Value{optimizer.*constant.member}});
  settings.push_back({"hypergradient", Value{std::string(name_of(optimizer.hypergradient))}});
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
