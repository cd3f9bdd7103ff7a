// Hyperparameters that are counted in steps, against the length of the run.
#include <algorithm>

#include "stepladder/training/recipe.hpp"

namespace stepladder::training {
namespace {

// A rate that falls by less does not decay.
constexpr double kDecayMin = 0.01;

double number_in(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? *real : 0;
}

// The smallest and the largest of numbers; of words all.
struct Extremes {
  std::vector<Value> operator()(const Fixed& fixed) const { return {fixed.value}; }
  std::vector<Value> operator()(const Choices& choices) const {
    const Value& first = choices.values.front();
    if (std::holds_alternative<std::string>(first) || std::holds_alternative<bool>(first))
      return choices.values;
    const auto [least, most] = std::minmax_element(
        choices.values.begin(), choices.values.end(),
        [](const Value& a, const Value& b) { return number_in(a) < number_in(b); });
    return {*least, *most};
  }
  std::vector<Value> operator()(const Range& range) const {
    if (!range.integer) return {range.min, range.max};
    return {static_cast<std::int64_t>(range.min), static_cast<std::int64_t>(range.max)};
  }
};

Steps least_of(const Hyperparameter& steps) {
  return std::get<std::int64_t>(std::visit(Extremes{}, steps.domain).front());
}
Steps most_of(const Hyperparameter& steps) {
  return std::get<std::int64_t>(std::visit(Extremes{}, steps.domain).back());
}

// "warmup_steps = 500", or "the range of warmup_steps reaches 500, which": what else is said of it
// follows.
std::string subject(const Hyperparameter& hyperparameter, const char* verb, Steps steps) {
  const std::string number = std::to_string(steps);
  if (!std::holds_alternative<Range>(hyperparameter.domain))
    return hyperparameter.name + " = " + number;
  return "the range of " + hyperparameter.name + ' ' + verb + ' ' + number + ", which";
}

// Every combination of the extremes of what matters to the decay, beside decay_steps.
std::vector<Configuration> decays_of(const SearchSpace& space) {
  std::vector<Configuration> decays = {{{{"learning_rate", Value{1.0}}}}};
  for (const char* name : {"policy", "decay_rate", "staircase", "power", "end_factor"}) {
    const Hyperparameter* hyperparameter = space.find(name);
    if (hyperparameter == nullptr) continue;
    std::vector<Configuration> combined;
    for (const Value& value : std::visit(Extremes{}, hyperparameter->domain))
      for (const Configuration& decay : decays) {
        combined.push_back(decay);
        combined.back().settings.push_back({name, value});
      }
    decays = std::move(combined);
  }
  return decays;
}

// Whether it is because of decay_steps that the rate falls before the run's last step.
bool is_decayed(Configuration decay, Steps decay_steps, Steps max_steps) {
  decay.settings.push_back({"decay_steps", Value{decay_steps}});
  const LearningRatePolicy policy = recipe_of(decay).policy;
  const bool is_counted = std::visit(
      [](const auto& p) {
        return requires { p.decay_steps; };
      },
      policy);
  return is_counted && rate_at(policy, max_steps - 1, max_steps) <=
                           (1 - kDecayMin) * rate_at(policy, 0, max_steps);
}

void check_warmup(const Hyperparameter& warmup_steps, Steps max_steps) {
  const Steps most = most_of(warmup_steps);
  if (most <= max_steps) return;
  throw SpaceError(warmup_steps.name, subject(warmup_steps, "reaches", most) +
                                          " is more than max_steps = " + std::to_string(max_steps) +
                                          ": the rate would never rise to learning_rate; lower it");
}

// A single value is somebody's wish: short runs of a long schedule are fine.
void check_decay(const SearchSpace& space, const Hyperparameter& decay_steps, Steps max_steps) {
  if (std::holds_alternative<Fixed>(decay_steps.domain)) return;
  const std::vector<Configuration> decays = decays_of(space);
  const auto is_any_decayed = [&](Steps steps) {
    return std::any_of(decays.begin(), decays.end(), [&](const Configuration& decay) {
      return is_decayed(decay, steps, max_steps);
    });
  };
  // Where no number of steps would do, it is something else that keeps the rate, as decay_rate = 1.
  const Steps least = least_of(decay_steps);
  if (is_any_decayed(least) || !is_any_decayed(1)) return;
  throw SpaceError(decay_steps.name,
                   subject(decay_steps, "begins at", least) +
                       " lowers the learning rate by less than 1 % within max_steps = " +
                       std::to_string(max_steps) + "; lower it");
}

}  // namespace

void check_length(const SearchSpace& space, Steps max_steps) {
  if (const Hyperparameter* warmup_steps = space.find("warmup_steps"))
    check_warmup(*warmup_steps, max_steps);
  if (const Hyperparameter* decay_steps = space.find("decay_steps"))
    check_decay(space, *decay_steps, max_steps);
}

}  // namespace stepladder::training
