#include "first_section.hpp"

#include <algorithm>

#include "space_section.hpp"

namespace stepladder::experiment {
namespace {

Configuration read_configuration(const toml::node& node) {
  if (!node.is_table())
    throw InputError(place_of(node) + ": schedule.first must be a list of tables, for example " +
                     "first = [ { learning_rate = 0.1 } ]");
  Configuration configuration;
  for (const auto& [key, value] : *node.as_table()) {
    configuration.settings.push_back(
        {std::string(key.str()), read_value(value, std::string(key.str()))});
    try {
      training::check(configuration.settings.back());
    } catch (const SpaceError& error) {
      throw InputError(place_of(value) + ": " + error.what());
    }
  }
  return configuration;
}

double number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? *real : 0;
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

// 1 and 1.0 are equal.
bool are_equal(const Value& a, const Value& b) {
  return is_number(a) && is_number(b) ? number_of(a) == number_of(b) : a == b;
}

std::string list_of(const std::vector<Value>& values) {
  std::string list;
  for (const Value& value : values) list += (list.empty() ? "" : ", ") + text(value);
  return list;
}

// What the search does not reach, in words: "the range of learning_rate, 0.001 to 1".
struct BeyondSearch {
  const std::string& name;
  const Value& value;

  std::string operator()(const Fixed& fixed) const {
    if (are_equal(fixed.value, value)) return "";
    return "the space, where " + name + " = " + text(fixed.value);
  }
  std::string operator()(const Choices& choices) const {
    const auto& all = choices.values;
    if (std::any_of(all.begin(), all.end(), [&](const Value& v) { return are_equal(v, value); }))
      return "";
    return "the choices of " + name + ", " + list_of(all);
  }
  std::string operator()(const Range& range) const {
    if (range.min <= number_of(value) && number_of(value) <= range.max) return "";
    return "the range of " + name + ", " + text(Value{range.min}) + " to " + text(Value{range.max});
  }
};

// Why a setting has no effect: its condition does not hold.
[[noreturn]] void refuse_unused(const toml::node& node, const Hyperparameter& hyperparameter,
                                const Configuration& configuration) {
  const Condition& when = *hyperparameter.when;
  throw InputError(place_of(node) + ": schedule.first sets " + hyperparameter.name +
                   ", which is used only where " + when.name + " is " + list_of(when.values) +
                   "; in this configuration it is " + text(*configuration.find(when.name)) +
                   ": set " + when.name + " too, or leave " + hyperparameter.name + " out");
}

// Of those that are equal the first one is tried.
void warn_of_repeats(const toml::array& first, const search::Sampler& sampler,
                     std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < first.size(); ++i)
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (sampler.first(earlier) != sampler.first(i)) continue;
      warnings.push_back(place_of(first[i]) + ": schedule.first lists a configuration again (" +
                         text(sampler.first(i)) + "); it is tried once");
      break;
    }
}

}  // namespace

std::vector<Configuration> read_first(const toml::array& array) {
  std::vector<Configuration> first;
  for (const toml::node& node : array) first.push_back(read_configuration(node));
  return first;
}

void check_first_is_known(const toml::array& first, const SearchSpace& space) {
  for (const toml::node& node : first)
    for (const auto& [key, value] : *node.as_table())
      if (space.find(key.str()) == nullptr)
        throw InputError(place_of(value) + ": schedule.first sets " + std::string(key.str()) +
                         ", which the search space does not have; add it to [space], or leave it "
                         "out");
}

void check_lengths_of_first(const toml::array& first, const Experiment& experiment) {
  for (const toml::node& node : first)
    for (const auto& [key, value] : *node.as_table()) {
      const std::string name(key.str());
      if (!training::takes_whole_numbers(name)) continue;
      SearchSpace space = experiment.space;
      for (Hyperparameter& hyperparameter : space.hyperparameters)
        if (hyperparameter.name == name) hyperparameter.domain = Fixed{read_value(value, name)};
      try {
        training::check_length(space, experiment.plan.max_steps);
      } catch (const SpaceError& error) {
        if (error.name == name) throw InputError(place_of(value) + ": " + error.what());
      }
    }
}

void check_first(const toml::array& first, const search::Sampler& sampler, Experiment& experiment) {
  std::vector<std::string>& warnings = experiment.warnings;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const Configuration tried = sampler.first(i);
    for (const auto& [key, node] : *first[i].as_table()) {
      const Hyperparameter& hyperparameter = *sampler.space().find(key.str());
      const Value* value = tried.find(key.str());
      if (value == nullptr) refuse_unused(node, hyperparameter, tried);
      const std::string beyond =
          std::visit(BeyondSearch{hyperparameter.name, *value}, hyperparameter.domain);
      if (!beyond.empty())
        warnings.push_back(place_of(node) + ": schedule.first sets " + hyperparameter.name + " = " +
                           text(*value) + ", outside " + beyond +
                           "; the search itself does not go there");
    }
  }
  warn_of_repeats(first, sampler, warnings);
  const std::int64_t trials = experiment.plan.trials;
  if (trials > 0 && trials < static_cast<std::int64_t>(first.size()))
    warnings.push_back(place_of(first) + ": schedule.first lists " + std::to_string(first.size()) +
                       " configurations, but only " + std::to_string(trials) +
                       (trials == 1 ? " trial is" : " trials are") + " begun; raise trials");
}

}  // namespace stepladder::experiment
