#include "stepladder/analysis/importance.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/analysis/variance.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::size_t kConfigurationsMin = 10;
constexpr std::size_t kCategoriesMax = 64;

struct Axis {  // a hyperparameter that varies, as a feature
  const Hyperparameter* hyperparameter = nullptr;
  Feature feature;

  [[nodiscard]] double place(const Configuration& configuration) const {
    const Value* value = configuration.find(hyperparameter->name);
    if (const auto* choices = std::get_if<Choices>(&hyperparameter->domain)) {
      const auto& values = choices->values;
      const auto found = value ? std::find(values.begin(), values.end(), *value) : values.end();
      return static_cast<double>(found == values.end()
                                     ? values.size() / 2
                                     : static_cast<std::size_t>(found - values.begin()));
    }
    const auto& range = std::get<Range>(hyperparameter->domain);
    if (value == nullptr) return 0.5;
    const auto* whole = std::get_if<std::int64_t>(value);
    const auto* real = std::get_if<double>(value);
    if (whole == nullptr && real == nullptr) return 0.5;
    const double number = whole ? static_cast<double>(*whole) : *real;
    const double share = range.scale == Scale::log
                             ? std::log(number / range.min) / std::log(range.max / range.min)
                             : (number - range.min) / (range.max - range.min);
    return std::clamp(share, 0.0, 1.0);
  }
};

std::vector<Axis> axes_of(const SearchSpace& space) {
  std::vector<Axis> axes;
  for (const Hyperparameter& hyperparameter : space.hyperparameters) {
    if (const auto* range = std::get_if<Range>(&hyperparameter.domain)) {
      if (range->min < range->max) axes.push_back({.hyperparameter = &hyperparameter});
    } else if (const auto* choices = std::get_if<Choices>(&hyperparameter.domain)) {
      const std::size_t count = choices->values.size();
      if (count > 1 && count <= kCategoriesMax)
        axes.push_back({.hyperparameter = &hyperparameter, .feature = {.categories = count}});
    }
  }
  return axes;
}

Estimate over_pairs_of_trees(const std::vector<double>& shares) {
  double mean = 0;
  for (const double share : shares) mean += share / static_cast<double>(shares.size());
  return {.value = mean, .interval_95 = middle_95(shares)};
}

}  // namespace

Importance importance_of(const SearchSpace& space, const std::vector<ScoredConfiguration>& scored,
                         Seed seed) {
  Importance importance{.configurations = scored.size()};
  const std::vector<Axis> axes = axes_of(space);
  if (scored.size() < kConfigurationsMin || axes.size() < 2) return importance;

  std::vector<Feature> features;
  features.reserve(axes.size());
  for (const Axis& axis : axes) features.push_back(axis.feature);
  std::vector<std::vector<double>> rows;
  std::vector<double> values;
  for (const ScoredConfiguration& one : scored) {
    std::vector<double> row;
    row.reserve(axes.size());
    for (const Axis& axis : axes) row.push_back(axis.place(one.configuration));
    rows.push_back(std::move(row));
    values.push_back(one.score);
  }
  const Forest forest = grow_forest(std::move(features), rows, values, {.seed = seed});
  importance.predicted = forest.predicted;

  std::vector<std::vector<double>> alone(axes.size());
  std::vector<std::vector<std::vector<double>>> pairs(
      axes.size(), std::vector<std::vector<double>>(axes.size()));
  const std::vector<Tree>& trees = forest.trees;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const VarianceShares shares =
        variance_shares(trees[i], trees[(i + 1) % trees.size()], forest.features);
    if (!(shares.variance > 0)) continue;
    for (std::size_t j = 0; j < axes.size(); ++j) {
      alone[j].push_back(shares.alone[j]);
      for (std::size_t k = j + 1; k < axes.size(); ++k) pairs[j][k].push_back(shares.pairs[j][k]);
    }
  }
  if (alone.front().empty()) return importance;
  importance.beyond_pairs = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    importance.alone.push_back(
        {.name = axes[i].hyperparameter->name, .share = over_pairs_of_trees(alone[i])});
    importance.beyond_pairs -= importance.alone.back().share.value;
    for (std::size_t j = i + 1; j < axes.size(); ++j) {
      importance.pairs.push_back({.first = axes[i].hyperparameter->name,
                                  .second = axes[j].hyperparameter->name,
                                  .share = over_pairs_of_trees(pairs[i][j])});
      importance.beyond_pairs -= importance.pairs.back().share.value;
    }
  }
  importance.beyond_pairs = std::max(importance.beyond_pairs, 0.0);
  const auto by_share = [](const auto& a, const auto& b) { return a.share.value > b.share.value; };
  std::stable_sort(importance.alone.begin(), importance.alone.end(), by_share);
  std::stable_sort(importance.pairs.begin(), importance.pairs.end(), by_share);
  return importance;
}

}  // namespace stepladder::analysis
