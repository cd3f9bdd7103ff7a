// A random forest for regression (Breiman 2001), grown so that functional analysis of variance can
// be exact: a tree is nothing but its leaves, each a box of the feature space with a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

struct Feature {
  std::size_t categories = 0;  // 0: a number in [0, 1]; else a category below this, at most 64
};

// What a leaf admits of one feature.
struct Extent {
  double low = 0;  // of a number: [low, high), and 1 belongs to the last
  double high = 1;
  std::uint64_t categories = ~std::uint64_t{0};  // of a category: a bit each
};
[[nodiscard]] bool admits(const Feature& feature, const Extent& extent, double value);
// The share of the feature's domain, every value equally likely.
[[nodiscard]] double share_of(const Feature& feature, const Extent& extent);
[[nodiscard]] Extent common_to(const Extent& a, const Extent& b);

struct Leaf {
  std::vector<Extent> box;  // [features]
  double value = 0;
};
using Tree = std::vector<Leaf>;  // the boxes are disjoint and cover the space
[[nodiscard]] double predict(const Tree& tree, const std::vector<Feature>& features,
                             const std::vector<double>& row);

struct Forest {
  std::vector<Feature> features;
  std::vector<Tree> trees;
  // Share of the values' variance predicted for rows by the trees that did not see them; may be
  // negative.
  double predicted = 0;
};

struct ForestOptions {
  std::size_t trees = 64;
  std::size_t leaf_min = 3;       // rows in a leaf
  double features_share = 0.834;  // of the features, tried at each split
  Seed seed;
};

// rows: [n][features], values: [n], n >= 2 * leaf_min. Each tree is grown on a resample of the
// rows.
[[nodiscard]] Forest grow_forest(std::vector<Feature> features,
                                 const std::vector<std::vector<double>>& rows,
                                 const std::vector<double>& values, const ForestOptions& options);

}  // namespace stepladder::analysis
