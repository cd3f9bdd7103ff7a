#include "rung_score_section.hpp"

#include <algorithm>

namespace stepladder::experiment {

namespace {

constexpr schedule::RungScore kRungScoreByDefault = schedule::RungScore::as_is;

// Whether a configuration of the space, or one to try first, may have one of these policies.
bool may_choose(const Experiment& experiment, const std::vector<Value>& policies) {
  const auto is_one = [&](const Value& value) {
    return std::find(policies.begin(), policies.end(), value) != policies.end();
  };
  if (const Hyperparameter* policy = experiment.space.find("policy")) {
    if (const auto* fixed = std::get_if<Fixed>(&policy->domain))
      if (is_one(fixed->value)) return true;
    if (const auto* choices = std::get_if<Choices>(&policy->domain))
      if (std::any_of(choices->values.begin(), choices->values.end(), is_one)) return true;
  }
  return std::any_of(experiment.search.first.begin(), experiment.search.first.end(),
                     [&](const Configuration& first) {
                       const Value* value = first.find("policy");
                       return value != nullptr && is_one(*value);
                     });
}

}  // namespace

void read_rung_score(TomlSection& section, Experiment& experiment, Needs needs) {
  const std::vector<Value> bound = training::policies_that_use(training::HorizonUse::bound);
  std::vector<Value> dependent = training::policies_that_use(training::HorizonUse::cooldown);
  dependent.insert(dependent.end(), bound.begin(), bound.end());
  schedule::Plan& plan = experiment.plan;
  if (may_choose(experiment, dependent))
    plan.horizon_bound = Condition{.name = "policy", .values = dependent};
  plan.rung_score =
      may_choose(experiment, bound) ? schedule::RungScore::restart : kRungScoreByDefault;
  if (needs == Needs::table) plan.rung_score = schedule::RungScore::as_is;
  if (const auto meaning = section.choice("rung_score", schedule::kRungScoreWords))
    plan.rung_score = static_cast<schedule::RungScore>(*meaning);
  plan.cooldown_fraction = section.real("cooldown_fraction").value_or(plan.cooldown_fraction);
  if (needs == Needs::table && plan.rung_score != schedule::RungScore::as_is)
    section.fail("rung_score",
                 "a table of learning curves holds scores as they are; use \"as_is\", or leave "
                 "rung_score out");
  if (plan.rung_score == schedule::RungScore::cooldown &&
      experiment.space.find("cooldown_fraction") != nullptr)
    section.fail("rung_score",
                 "with a cooldown at every rung policy \"wsd\" has none of its own; give "
                 "schedule.cooldown_fraction and remove space.cooldown_fraction, or use another "
                 "rung_score");
}

}  // namespace stepladder::experiment
