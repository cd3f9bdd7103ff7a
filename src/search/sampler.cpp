#include "stepladder/search/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "configurations.hpp"
#include "grid.hpp"
#include "same.hpp"
#include "stepladder/search/sobol.hpp"
#include "stepladder/trial/elementary.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::search {
namespace {

// u in [0, 1] picks a value of the domain.
struct Pick {
  double u;

  Value operator()(const Fixed& fixed) const { return fixed.value; }
  Value operator()(const Choices& choices) const {
    const auto index = static_cast<std::size_t>(u * static_cast<double>(choices.values.size()));
    return choices.values[std::min(index, choices.values.size() - 1)];
  }
  Value operator()(const Range& range) const {
    // An integer n stands for [n - 1/2, n + 1/2), so that both ends are as likely as their
    // neighbours.
    const double low = range.integer ? range.min - 0.5 : range.min;
    const double high = range.integer ? range.max + 0.5 : range.max;
    const double value = range.scale == Scale::log
                             ? low * elementary::exp(u * elementary::log(high / low))
                             : low + u * (high - low);
    if (!range.integer) return std::clamp(value, range.min, range.max);
    return static_cast<std::int64_t>(std::clamp(std::round(value), range.min, range.max));
  }
};

void check_first(const SearchSpace& space, const Settings& settings) {
  for (const Configuration& configuration : settings.first)
    for (const Setting& setting : configuration.settings)
      if (space.find(setting.name) == nullptr)
        throw SpaceError(setting.name,
                         "a configuration to try first names " + setting.name +
                             ", which the search space does not have; add it to the space");
}

// u in [0, 1] picks a value outside what was searched before, evenly on the logarithmic scale.
double outside(const Range& range, double low, double high, double u) {
  const double below = elementary::log(low / range.min);
  const double way = u * (below + elementary::log(range.max / high));
  const double value =
      way < below ? range.min * elementary::exp(way) : high * elementary::exp(way - below);
  return std::clamp(value, range.min, range.max);
}

}  // namespace

Sampler::Sampler(SearchSpace space, Seed seed, Settings settings)
    : space_(std::move(space)), seed_(seed), settings_(std::move(settings)) {
  check(space_);
  check_first(space_, settings_);
  if (settings_.method == Method::sobol && space_.hyperparameters.size() > kSobolDimensionsMax)
    throw SpaceError(space_.hyperparameters[kSobolDimensionsMax].name,
                     "Sobol points have at most " + std::to_string(kSobolDimensionsMax) +
                         " dimensions; use fewer hyperparameters, or search = \"random\"");
  stages_.push_back({.first = given(), .space = space_});
  if (settings_.method == Method::grid)
    stages_.front().grid = distinct_combinations(space_, settings_.grid_points);
  const std::vector<Hyperparameter>& all = space_.hyperparameters;
  is_endless_ = all.empty() || std::any_of(all.begin(), all.end(), [this](const auto& each) {
                  return !each.when && draws_real(each);
                });
  if (!is_endless_) configurations_ = count_configurations();
}

std::optional<std::uint64_t> Sampler::count_configurations() const {
  SearchSpace own = space_;
  std::optional<std::uint64_t> count;
  if (settings_.method == Method::grid) {
    count = stages_.front().grid.size();
    for (Hyperparameter& hyperparameter : own.hyperparameters)
      hyperparameter.domain = Choices{grid_values(hyperparameter.domain, settings_.grid_points)};
  } else {
    count = different_configurations(own);
  }
  std::vector<Configuration> firsts;
  for (std::size_t i = 0; i < settings_.first.size(); ++i) firsts.push_back(first(i));
  if (count) *count += different_outside(own, firsts);
  return count;
}

const Range* Sampler::extendable(const std::string& name) const {
  const Hyperparameter* found = space_.find(name);
  if (found == nullptr || found->when) return nullptr;
  for (const Hyperparameter& other : space_.hyperparameters)
    if (other.when && other.when->name == name) return nullptr;
  const auto* range = std::get_if<Range>(&found->domain);
  if (range == nullptr || range->integer || range->scale != Scale::log) return nullptr;
  return range->min < range->max ? range : nullptr;
}

// Nothing depends on `name`, so each of its values stands with each combination of the others.
std::int64_t Sampler::row_of(const std::string& name) const {
  const Stage& begin = stages_.front();
  const auto values = grid_values(begin.space.find(name)->domain, settings_.grid_points).size();
  return static_cast<std::int64_t>(begin.grid.size() / values);
}

std::int64_t Sampler::whole(const std::string& name, std::int64_t trials) const {
  if (settings_.method != Method::grid) return trials;
  const std::int64_t row = row_of(name);
  return (trials + row - 1) / row * row;
}

bool Sampler::may_extend(const Extension& extension) const {
  const auto most = static_cast<std::int64_t>(kGridMax);
  const Range* range = extendable(extension.name);
  if (range == nullptr || extension.trials < 1 || extension.trials > most) return false;
  if (!(extension.min > 0 && std::isfinite(extension.max))) return false;  // nor a NaN
  if (extension.min > range->min || extension.max < range->max) return false;
  if (extension.min == range->min && extension.max == range->max) return false;
  if (settings_.method != Method::grid) return true;
  const Stage& begin = stages_.front();
  const auto values = grid_values(begin.space.find(extension.name)->domain, settings_.grid_points);
  const std::uint64_t others =
      combinations(begin.space, settings_.grid_points) / std::max<std::size_t>(values.size(), 1);
  return others * (2 + static_cast<std::uint64_t>(extension.trials / row_of(extension.name))) <=
         kGridMax;
}

void Sampler::extend(const Extension& extension, TrialId first) {
  const Range before = *extendable(extension.name);
  const auto index =
      static_cast<std::size_t>(space_.find(extension.name) - space_.hyperparameters.data());
  Domain& domain = space_.hyperparameters[index].domain;
  Range range = before;
  range.min = extension.min;
  range.max = extension.max;
  domain = range;
  Stage stage{.first = std::max(point_of(first), given()),
              .space = space_,
              .gap = Gap{.hyperparameter = index, .low = before.min, .high = before.max}};
  if (settings_.method == Method::grid) {
    const std::int64_t row = row_of(extension.name);
    stage.space.hyperparameters[index].domain =
        Choices{added_values(range, before, (extension.trials + row - 1) / row)};
    stage.grid = distinct_combinations(stage.space, settings_.grid_points);
  }
  stages_.push_back(std::move(stage));
}

void Sampler::draw_from_all(TrialId first) {
  if (!stages_.back().gap) return;
  static_cast<void>(settle(first.value));
  Stage stage{.first = std::max(point_of(first), given()), .space = space_};
  if (settings_.method == Method::grid) {
    // The combinations of the beginning that nobody has come to.
    const auto last =
        std::find_if(stages_.rbegin(), stages_.rend(), [](const Stage& each) { return !each.gap; });
    const Point used = (last - 1)->first - last->first;
    stage.space = last->space;
    stage.grid = last->grid;
    stage.grid.erase(stage.grid.begin(),
                     stage.grid.begin() + std::min<std::ptrdiff_t>(used, std::ssize(stage.grid)));
  }
  stages_.push_back(std::move(stage));
}

// ---- which point a trial takes

std::int64_t Sampler::settle(std::int64_t trials) {
  while (std::ssize(points_) < trials && !is_new_from(behind_settled()))
    if (!settle_next()) return std::ssize(points_);
  return trials;
}

bool Sampler::settle_next() {
  const bool is_extended = stages_.size() > 1;
  if (!is_extended && configurations_ == points_.size()) return false;
  std::uint64_t point = behind_settled();
  if (is_extended) point = std::max<std::uint64_t>(point, stages_.back().first);
  for (int known = 0; known < kKnownInARowMax && is_there(point); ++known, ++point) {
    const auto here = static_cast<Point>(point);
    const Configuration configuration = configuration_at(here);
    const std::uint64_t hash = hash_of(configuration);
    if (is_tried(configuration, hash)) continue;
    if (may_come_again(here, configuration))
      tried_.emplace(hash, static_cast<std::uint32_t>(points_.size()));
    points_.push_back(here);
    return true;
  }
  return false;
}

Sampler::Point Sampler::behind_settled() const { return points_.empty() ? 0 : points_.back() + 1; }

Sampler::Point Sampler::point_of(TrialId trial) const {
  if (trial.value < points_.size()) return points_[trial.value];
  return behind_settled() + (trial.value - static_cast<Point>(points_.size()));
}

// What is to be tried first has the real numbers of the drawn point of its own number.
bool Sampler::is_new_from(Point point) const {
  return is_endless_ && (point >= 2 * given() || space_.hyperparameters.empty());
}

bool Sampler::may_come_again(Point point, const Configuration& configuration) const {
  return point < 2 * given() ||
         std::none_of(
             configuration.settings.begin(), configuration.settings.end(),
             [this](const Setting& setting) { return draws_real(*space_.find(setting.name)); });
}

bool Sampler::draws_real(const Hyperparameter& hyperparameter) const {
  const auto* range = std::get_if<Range>(&hyperparameter.domain);
  return settings_.method != Method::grid && range != nullptr && !range->integer &&
         range->min < range->max;
}

bool Sampler::is_there(std::uint64_t point) const {
  if (settings_.method != Method::grid || point < given())
    return point < std::numeric_limits<Point>::max();
  return point - stages_.back().first < stages_.back().grid.size();
}

bool Sampler::is_tried(const Configuration& configuration, std::uint64_t hash) const {
  const auto [begin, end] = tried_.equal_range(hash);
  return std::any_of(begin, end, [&](const auto& other) {
    return are_same(configuration, configuration_at(points_[other.second]));
  });
}

// ---- what a point is

Configuration Sampler::configuration_of(TrialId trial) const {
  return configuration_at(point_of(trial));
}

Configuration Sampler::first(std::size_t i) const {
  return configuration_at(static_cast<Point>(i));
}

Configuration Sampler::configuration_at(Point point) const {
  std::vector<Value> values = values_at(point);
  if (point < given())
    for (const Setting& setting : settings_.first[point].settings)
      values[static_cast<std::size_t>(space_.find(setting.name) - space_.hyperparameters.data())] =
          setting.value;
  return of_active_hyperparameters(values);
}

// One value a hyperparameter, conditional or not: its dimension is its own, whatever the others
// are.
std::vector<Value> Sampler::values_at(Point point) const {
  const auto behind =
      std::upper_bound(stages_.begin() + 1, stages_.end(), point,
                       [](Point wanted, const Stage& stage) { return wanted < stage.first; });
  const Stage& stage = *(behind - 1);
  // What is given in part is completed from the point of its own number.
  const Point index = point < given() ? point : point - given();
  if (settings_.method == Method::grid)
    return combination(stage.space, settings_.grid_points,
                       stage.grid.at(point < given() ? 0 : point - stage.first));
  const std::vector<Hyperparameter>& all = stage.space.hyperparameters;
  std::vector<Value> values(all.size());
  const RandomStream random(seed_, Purpose::configuration, index);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double u = settings_.method == Method::sobol ? sobol(index, i, seed_) : random.uniform(i);
    if (stage.gap && stage.gap->hyperparameter == i)
      values[i] = outside(std::get<Range>(all[i].domain), stage.gap->low, stage.gap->high, u);
    else
      values[i] = std::visit(Pick{u}, all[i].domain);
  }
  return values;
}

Configuration Sampler::of_active_hyperparameters(const std::vector<Value>& values) const {
  Configuration configuration;
  configuration.settings.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Hyperparameter& hyperparameter = space_.hyperparameters[i];
    if (hyperparameter.when && !holds(*hyperparameter.when, space_, values)) continue;
    configuration.settings.push_back({hyperparameter.name, values[i]});
  }
  return configuration;
}

}  // namespace stepladder::search
