// Functional analysis of variance of trees, exact (Hutter, Hoos, Leyton-Brown, ICML 2014, section
// 3): the variance over the feature space, every value of a feature equally likely and features
// independent, and the shares that features and pairs of them have in it.
#pragma once

#include <vector>

#include "stepladder/analysis/forest.hpp"

namespace stepladder::analysis {

struct VarianceShares {
  double variance = 0;                     // where it is not above zero, the shares are zero
  std::vector<double> alone;               // [features], of the variance
  std::vector<std::vector<double>> pairs;  // [i][j], i < j: beyond both alone
};

// Of one tree f: variance_shares(f, f). Of two trees f and g, covariances stand in for variances:
// for a set U of features, that of their means over all other features is
//   Σ over leaves l of f, m of g:  v_l v_m Π_{j in U} |l_j ∩ m_j| Π_{j not in U} |l_j| |m_j|
// less the product of the means. Averaged over pairs of different trees that is the decomposition
// of what the trees have in common, the mean of the forest: where one tree happened to split is
// independent of where another one did, and averages out.
[[nodiscard]] VarianceShares variance_shares(const Tree& f, const Tree& g,
                                             const std::vector<Feature>& features);

}  // namespace stepladder::analysis
