#include "stepladder/search/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "grid.hpp"
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
  stages_.push_back({.space = space_});
  if (settings_.method == Method::grid)
    stages_.front().grid = distinct_combinations(space_, settings_.grid_points);
}

std::optional<std::uint64_t> Sampler::configurations() const noexcept {
  if (settings_.method != Method::grid) return std::nullopt;
  return stages_.front().grid.size() + settings_.first.size();
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
  Stage stage{.first = first.value,
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
  if (!stages_.back().gap || stages_.back().first == first.value) return;
  stages_.push_back({.first = first.value, .space = space_});
}

Configuration Sampler::configuration_of(TrialId trial) const {
  const auto behind =
      std::upper_bound(stages_.begin(), stages_.end(), trial.value,
                       [](std::uint32_t value, const Stage& stage) { return value < stage.first; });
  const Stage& stage = *(behind - 1);
  std::vector<Value> values = point(stage, trial);
  if (!stage.gap && trial.value < settings_.first.size())
    for (const Setting& setting : settings_.first[trial.value].settings)
      values[static_cast<std::size_t>(space_.find(setting.name) - space_.hyperparameters.data())] =
          setting.value;
  return of_active_hyperparameters(values);
}

// One value a hyperparameter, conditional or not: its dimension is its own, whatever the others
// are.
std::vector<Value> Sampler::point(const Stage& stage, TrialId trial) const {
  const auto given = static_cast<std::uint32_t>(settings_.first.size());
  if (settings_.method == Method::grid) {
    const std::uint32_t begin = stage.gap ? stage.first : given;
    return combination(stage.space, settings_.grid_points,
                       stage.grid.at(trial.value < begin ? 0 : trial.value - begin));
  }
  const std::vector<Hyperparameter>& all = stage.space.hyperparameters;
  std::vector<Value> values(all.size());
  // What is given in part is completed from the point of its own number.
  const std::uint32_t index = trial.value < given ? trial.value : trial.value - given;
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
