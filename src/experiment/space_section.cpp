#include "space_section.hpp"

#include <algorithm>
#include <utility>

namespace stepladder::experiment {

Value read_value(const toml::node& node, const std::string& name) {
  if (node.is_boolean()) return node.as_boolean()->get();
  if (node.is_integer()) return node.as_integer()->get();
  if (node.is_floating_point()) return node.as_floating_point()->get();
  if (node.is_string()) return node.as_string()->get();
  throw InputError(place_of(node) + ": a value of " + name +
                   " must be a number, a text, true or false");
}

namespace {

std::vector<Value> read_values(const toml::array& array, const std::string& name) {
  std::vector<Value> values;
  for (const toml::node& value : array) values.push_back(read_value(value, name));
  return values;
}

// when = { policy = "exponential" }, or a list of values.
std::optional<Condition> read_condition(TomlSection& section, const std::string& name) {
  const toml::table* table = section.table("when");
  if (table == nullptr) return std::nullopt;
  if (table->size() != 1)
    throw InputError(
        place_of(*table) +
        ": when takes one hyperparameter and its value or values, for example when = " +
        "{ policy = \"exponential\" }");
  const auto only = table->begin();
  const std::string other(only->first.str());
  const toml::node& node = only->second;
  if (const toml::array* values = node.as_array())
    return Condition{other, read_values(*values, other)};
  return Condition{other, {read_value(node, name)}};
}

Range read_range(const toml::table& table, TomlSection& section, const std::string& name) {
  const auto min = section.real("min");
  const auto max = section.real("max");
  const auto scale = section.choice("scale", kScaleWords);
  section.refuse_unknown_keys();
  if (!min || !max)
    throw InputError(place_of(table) + ": " + name +
                     " needs min and max, or choices, for example " + name +
                     " = { min = 0.001, max = 1.0, scale = \"log\" }");
  return {.min = *min,
          .max = *max,
          .scale = scale == std::size_t{1} ? Scale::log : Scale::linear,
          .integer = training::takes_whole_numbers(name) && table.get("min")->is_integer() &&
                     table.get("max")->is_integer()};
}

Hyperparameter read_hyperparameter(const toml::node& node, const std::string& name) {
  if (!node.is_table()) return {name, Fixed{read_value(node, name)}};
  const toml::table& table = *node.as_table();
  TomlSection section(table, "space." + name);
  std::optional<Condition> when = read_condition(section, name);
  if (const toml::array* values = section.array("choices")) {
    section.refuse_unknown_keys();
    return {name, Choices{read_values(*values, name)}, std::move(when)};
  }
  if (const toml::node* value = section.any("value")) {
    section.refuse_unknown_keys();
    return {name, Fixed{read_value(*value, name)}, std::move(when)};
  }
  return {name, read_range(table, section, name), std::move(when)};
}

}  // namespace

SearchSpace read_space(const toml::table& table, const std::vector<std::string>& names,
                       Needs needs) {
  SearchSpace space;
  for (const std::string& name : names)
    space.hyperparameters.push_back(read_hyperparameter(*table.get(name), name));
  if (trains(needs)) space = training::completed(std::move(space));
  if (space.hyperparameters.empty()) return space;
  try {
    training::check(space);
  } catch (const SpaceError& error) {
    TomlSection(table, "space").fail(error.name, error.what());
  }
  return training::conditioned(std::move(space));
}

void check_lengths(const Experiment& experiment, const toml::table& space) {
  try {
    training::check_length(experiment.space, experiment.plan.max_steps);
  } catch (const SpaceError& error) {
    TomlSection(space, "space").fail(error.name, error.what());
  }
}

void warn_of_scales(const toml::table& space, Experiment& experiment) {
  constexpr double kDecades = 100;
  for (const Hyperparameter& hyperparameter : experiment.space.hyperparameters) {
    const auto* range = std::get_if<Range>(&hyperparameter.domain);
    if (range == nullptr || range->scale == Scale::log || !(range->min > 0) ||
        range->max < kDecades * range->min)
      continue;
    const std::string& name = hyperparameter.name;
    experiment.warnings.push_back(place_of(*space.get(name)) + ": " + name + " goes from " +
                                  text(Value{range->min}) + " to " + text(Value{range->max}) +
                                  " on a linear scale, so that 9 of 10 values lie above " +
                                  text(Value{range->max / 10}) + "; add scale = \"log\"");
  }
}

}  // namespace stepladder::experiment
