#include "configurations.hpp"

#include <algorithm>
#include <cmath>

#include "grid.hpp"
#include "same.hpp"

namespace stepladder::search {
namespace {

using Count = std::optional<std::uint64_t>;  // nothing: no end

Count times(Count a, Count b) {
  std::uint64_t product = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &product)) return std::nullopt;
  return product;
}

Count plus(Count a, Count b) {
  std::uint64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

struct CountOf {
  Count operator()(const Fixed&) const { return 1; }
  Count operator()(const Choices& choices) const {
    return grid_values(choices, 1).size();  // without those listed twice
  }
  Count operator()(const Range& range) const {
    if (range.min == range.max) return 1;
    if (!range.integer) return std::nullopt;
    return static_cast<std::uint64_t>(range.max - range.min) + 1;
  }
};

struct Holds {  // whether a domain has the value
  const Value& value;

  bool operator()(const Fixed& fixed) const { return are_equal(fixed.value, value); }
  bool operator()(const Choices& choices) const {
    return std::any_of(choices.values.begin(), choices.values.end(),
                       [this](const Value& choice) { return are_equal(choice, value); });
  }
  bool operator()(const Range& range) const {
    const auto within = [&](double x) { return range.min <= x && x <= range.max; };
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      return within(static_cast<double>(*whole));
    const auto* real = std::get_if<double>(&value);
    return real != nullptr && within(*real) && (!range.integer || std::trunc(*real) == *real);
  }
};

// Of an unconditional hyperparameter together with those that depend on it: for each of its values
// the product over those whose condition holds there. Values that no condition names differ in
// nothing.
Count count_with_dependents(const Hyperparameter& hyperparameter, const SearchSpace& space) {
  std::vector<const Hyperparameter*> dependents;
  std::vector<Value> named;
  for (const Hyperparameter& other : space.hyperparameters) {
    if (!other.when || other.when->name != hyperparameter.name) continue;
    dependents.push_back(&other);
    for (const Value& value : other.when->values)
      if (std::visit(Holds{value}, hyperparameter.domain) &&
          std::find(named.begin(), named.end(), value) == named.end())
        named.push_back(value);
  }
  const Count all = std::visit(CountOf{}, hyperparameter.domain);
  if (!all) return std::nullopt;
  Count count = *all - named.size();
  for (const Value& value : named) {
    Count below = 1;
    for (const Hyperparameter* other : dependents)
      if (Holds{value}(Choices{other->when->values}))
        below = times(below, std::visit(CountOf{}, other->domain));
    count = plus(count, below);
  }
  return count;
}

bool has(const SearchSpace& space, const Configuration& configuration) {
  return std::all_of(configuration.settings.begin(), configuration.settings.end(),
                     [&](const Setting& setting) {
                       return std::visit(Holds{setting.value}, space.find(setting.name)->domain);
                     });
}

}  // namespace

std::optional<std::uint64_t> different_configurations(const SearchSpace& space) {
  Count count = 1;
  for (const Hyperparameter& hyperparameter : space.hyperparameters)
    if (!hyperparameter.when) count = times(count, count_with_dependents(hyperparameter, space));
  return count;
}

std::uint64_t different_outside(const SearchSpace& space,
                                const std::vector<Configuration>& configurations) {
  std::vector<const Configuration*> outside;
  for (const Configuration& configuration : configurations) {
    const auto is_this = [&](const Configuration* other) {
      return are_same(*other, configuration);
    };
    if (!has(space, configuration) && std::none_of(outside.begin(), outside.end(), is_this))
      outside.push_back(&configuration);
  }
  return outside.size();
}

}  // namespace stepladder::search
