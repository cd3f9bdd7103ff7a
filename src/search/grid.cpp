#include "grid.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "same.hpp"
#include "stepladder/search/sampler.hpp"
#include "stepladder/trial/elementary.hpp"

namespace stepladder::search {
namespace {

struct GridOf {
  std::int64_t points;

  std::vector<Value> operator()(const Fixed& fixed) const { return {fixed.value}; }
  std::vector<Value> operator()(const Choices& choices) const {
    std::vector<Value> values;
    for (const Value& value : choices.values)
      if (std::none_of(values.begin(), values.end(),
                       [&](const Value& other) { return are_equal(other, value); }))
        values.push_back(value);
    return values;
  }
  std::vector<Value> operator()(const Range& range) const {
    std::vector<Value> values;
    for (std::int64_t i = 0; i < points; ++i) {
      const double u = points == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(points - 1);
      double value = range.scale == Scale::log
                         ? range.min * elementary::exp(u * elementary::log(range.max / range.min))
                         : range.min + u * (range.max - range.min);
      value = std::clamp(i + 1 == points && points > 1 ? range.max : value, range.min, range.max);
      Value next = value;
      if (range.integer) next = static_cast<std::int64_t>(std::round(value));
      if (values.empty() || values.back() != next) values.push_back(std::move(next));
    }
    return values;
  }
};

}  // namespace

bool holds(const Condition& condition, const SearchSpace& space, const std::vector<Value>& values) {
  const auto index =
      static_cast<std::size_t>(space.find(condition.name) - space.hyperparameters.data());
  return std::find(condition.values.begin(), condition.values.end(), values[index]) !=
         condition.values.end();
}

std::vector<Value> grid_values(const Domain& domain, std::int64_t points) {
  return std::visit(GridOf{points}, domain);
}

std::vector<Value> added_values(const Range& range, const Range& before, std::int64_t count) {
  const double below = elementary::log(before.min / range.min);
  const double above = elementary::log(range.max / before.max);
  auto lower = std::llround(static_cast<double>(count) * below / (below + above));
  if (below > 0) lower = std::max<std::int64_t>(lower, 1);
  if (above > 0) lower = std::min<std::int64_t>(lower, std::max<std::int64_t>(count - 1, 1));
  const std::int64_t upper = above > 0 ? std::max<std::int64_t>(count - lower, 1) : 0;
  const auto share = [](std::int64_t i, std::int64_t of) {
    return static_cast<double>(i) / static_cast<double>(of);
  };
  std::vector<Value> values;
  for (std::int64_t i = lower; i > 0; --i)
    values.emplace_back(i == lower ? range.min
                                   : before.min * elementary::exp(-below * share(i, lower)));
  for (std::int64_t i = 1; i <= upper; ++i)
    values.emplace_back(i == upper ? range.max
                                   : before.max * elementary::exp(above * share(i, upper)));
  return values;
}

std::uint64_t combinations(const SearchSpace& space, std::int64_t points) {
  std::uint64_t count = 1;
  for (const Hyperparameter& hyperparameter : space.hyperparameters)
    count *= grid_values(hyperparameter.domain, points).size();
  return count;
}

std::vector<std::uint64_t> distinct_combinations(const SearchSpace& space, std::int64_t points) {
  const std::vector<Hyperparameter>& all = space.hyperparameters;
  if (points > static_cast<std::int64_t>(kGridMax))
    throw SpaceError("grid_points", "grid_points = " + std::to_string(points) +
                                        " is more than a grid may have in all; use fewer");
  std::vector<std::vector<Value>> choices;
  std::uint64_t combinations = 1;
  for (const Hyperparameter& hyperparameter : all) {
    choices.push_back(grid_values(hyperparameter.domain, points));
    combinations *= choices.back().size();
    if (combinations > kGridMax)
      throw SpaceError(hyperparameter.name, "the grid has more than " + std::to_string(kGridMax) +
                                                " combinations; use fewer grid_points or choices");
  }
  std::vector<std::uint64_t> distinct;
  std::vector<Value> values(all.size());
  for (std::uint64_t number = 0; number < combinations; ++number) {
    std::vector<bool> is_first(all.size());
    std::uint64_t rest = number;
    for (std::size_t i = all.size(); i-- > 0; rest /= choices[i].size()) {
      values[i] = choices[i][rest % choices[i].size()];
      is_first[i] = rest % choices[i].size() == 0;
    }
    bool keep = true;
    for (std::size_t i = 0; i < all.size() && keep; ++i)
      keep = is_first[i] || !all[i].when || holds(*all[i].when, space, values);
    if (keep) distinct.push_back(number);
  }
  return distinct;
}

std::vector<Value> combination(const SearchSpace& space, std::int64_t points,
                               std::uint64_t number) {
  const std::vector<Hyperparameter>& all = space.hyperparameters;
  std::vector<Value> values(all.size());
  for (std::size_t i = all.size(); i-- > 0;) {
    const std::vector<Value> choices = grid_values(all[i].domain, points);
    values[i] = choices[number % choices.size()];
    number /= choices.size();
  }
  return values;
}

}  // namespace stepladder::search
