#include "stepladder/analysis/forest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

struct Split {
  std::size_t feature = 0;
  Extent below;  // of the feature only
  Extent above;
  double gain = 0;  // reduction of the sum of squares
};

class Grower {
 public:
  Grower(const std::vector<Feature>& features, const std::vector<std::vector<double>>& rows,
         const std::vector<double>& values, const ForestOptions& options,
         const RandomStream& random)
      : features_(features), rows_(rows), values_(values), options_(options), random_(random) {}

  Tree grow(const std::vector<std::size_t>& sample) {
    divide(sample, std::vector<Extent>(features_.size()));
    return std::move(tree_);
  }

 private:
  void divide(const std::vector<std::size_t>& sample, std::vector<Extent> box) {
    const std::optional<Split> split = best_split(sample, box);
    if (!split) {
      double sum = 0;
      for (const std::size_t row : sample) sum += values_[row];
      tree_.push_back({.box = std::move(box), .value = sum / static_cast<double>(sample.size())});
      return;
    }
    std::vector<std::size_t> below;
    std::vector<std::size_t> above;
    for (const std::size_t row : sample)
      (admits(features_[split->feature], split->below, rows_[row][split->feature]) ? below : above)
          .push_back(row);
    std::vector<Extent> upper = box;
    box[split->feature] = split->below;
    upper[split->feature] = split->above;
    divide(below, std::move(box));
    divide(above, std::move(upper));
  }

  std::optional<Split> best_split(const std::vector<std::size_t>& sample,
                                  const std::vector<Extent>& box) {
    if (sample.size() < 2 * options_.leaf_min) return std::nullopt;
    std::vector<std::size_t> order(features_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random_.below(drawn_++, i)]);
    const auto tried = static_cast<std::size_t>(
        std::ceil(options_.features_share * static_cast<double>(order.size())));
    std::optional<Split> best;
    for (std::size_t i = 0; i < tried; ++i) {
      const std::optional<Split> split = features_[order[i]].categories > 0
                                             ? by_category(sample, order[i], box[order[i]])
                                             : by_number(sample, order[i], box[order[i]]);
      if (split && (!best || split->gain > best->gain)) best = split;
    }
    return best && best->gain > 1e-12 ? best : std::nullopt;
  }

  std::optional<Split> by_number(std::vector<std::size_t> sample, std::size_t feature,
                                 const Extent& extent) const {
    std::sort(sample.begin(), sample.end(),
              [&](std::size_t a, std::size_t b) { return rows_[a][feature] < rows_[b][feature]; });
    double total = 0;
    for (const std::size_t row : sample) total += values_[row];
    const auto n = static_cast<double>(sample.size());
    std::optional<Split> best;
    double sum = 0;
    for (std::size_t i = 0; i + options_.leaf_min < sample.size(); ++i) {
      sum += values_[sample[i]];
      const double here = rows_[sample[i]][feature];
      const double next = rows_[sample[i + 1]][feature];
      if (i + 1 < options_.leaf_min || !(here < next)) continue;
      const auto m = static_cast<double>(i + 1);
      const double gain =
          sum * sum / m + (total - sum) * (total - sum) / (n - m) - total * total / n;
      if (best && gain <= best->gain) continue;
      const double border = here + (next - here) / 2;
      best = Split{.feature = feature, .below = extent, .above = extent, .gain = gain};
      best->below.high = border;
      best->above.low = border;
    }
    return best;
  }

  std::optional<Split> by_category(const std::vector<std::size_t>& sample, std::size_t feature,
                                   const Extent& extent) const {
    std::vector<double> sums(features_[feature].categories);
    std::vector<std::size_t> counts(sums.size());
    for (const std::size_t row : sample) {
      const auto category = static_cast<std::size_t>(rows_[row][feature]);
      sums[category] += values_[row];
      ++counts[category];
    }
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    const auto n = static_cast<double>(sample.size());
    std::optional<Split> best;
    for (std::size_t category = 0; category < sums.size(); ++category) {
      if (counts[category] < options_.leaf_min ||
          sample.size() - counts[category] < options_.leaf_min)
        continue;
      const auto m = static_cast<double>(counts[category]);
      const double rest = total - sums[category];
      const double gain =
          sums[category] * sums[category] / m + rest * rest / (n - m) - total * total / n;
      if (best && gain <= best->gain) continue;
      best = Split{.feature = feature, .below = extent, .above = extent, .gain = gain};
      best->below.categories &= std::uint64_t{1} << category;
      best->above.categories &= ~(std::uint64_t{1} << category);
    }
    return best;
  }

  const std::vector<Feature>& features_;
  const std::vector<std::vector<double>>& rows_;
  const std::vector<double>& values_;
  const ForestOptions& options_;
  RandomStream random_;
  std::uint64_t drawn_ = 0;
  Tree tree_;
};

}  // namespace

bool admits(const Feature& feature, const Extent& extent, double value) {
  if (feature.categories > 0)
    return (extent.categories >> static_cast<std::size_t>(value) & 1U) != 0;
  return extent.low <= value && (value < extent.high || extent.high >= 1);
}

double share_of(const Feature& feature, const Extent& extent) {
  if (feature.categories == 0) return std::max(extent.high - extent.low, 0.0);
  const std::uint64_t all = ~std::uint64_t{0} >> (64 - feature.categories);
  return static_cast<double>(std::popcount(extent.categories & all)) /
         static_cast<double>(feature.categories);
}

Extent common_to(const Extent& a, const Extent& b) {
  return {.low = std::max(a.low, b.low),
          .high = std::min(a.high, b.high),
          .categories = a.categories & b.categories};
}

double predict(const Tree& tree, const std::vector<Feature>& features,
               const std::vector<double>& row) {
  for (const Leaf& leaf : tree) {
    bool is_inside = true;
    for (std::size_t i = 0; i < row.size() && is_inside; ++i)
      is_inside = admits(features[i], leaf.box[i], row[i]);
    if (is_inside) return leaf.value;
  }
  return tree.back().value;
}

Forest grow_forest(std::vector<Feature> features, const std::vector<std::vector<double>>& rows,
                   const std::vector<double>& values, const ForestOptions& options) {
  Forest forest{.features = std::move(features)};
  const std::size_t n = rows.size();
  std::vector<double> sums(n);
  std::vector<double> counts(n);
  for (std::size_t i = 0; i < options.trees; ++i) {
    const RandomStream resampling(options.seed, Purpose::analysis, i, 2);
    std::vector<std::size_t> sample;
    std::vector<bool> is_seen(n);
    for (std::size_t j = 0; j < n; ++j) {
      sample.push_back(resampling.below(j, n));
      is_seen[sample.back()] = true;
    }
    const RandomStream splitting(options.seed, Purpose::analysis, i, 3);
    forest.trees.push_back(Grower(forest.features, rows, values, options, splitting).grow(sample));
    for (std::size_t j = 0; j < n; ++j) {
      if (is_seen[j]) continue;
      sums[j] += predict(forest.trees.back(), forest.features, rows[j]);
      counts[j] += 1;
    }
  }
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
  double wrong = 0;
  double all = 0;
  for (std::size_t j = 0; j < n; ++j) {
    if (counts[j] == 0) continue;
    wrong += std::pow(values[j] - sums[j] / counts[j], 2);
    all += std::pow(values[j] - mean, 2);
  }
  forest.predicted = all > 0 ? 1 - wrong / all : 0;
  return forest;
}

}  // namespace stepladder::analysis
