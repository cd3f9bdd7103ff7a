// Which hyperparameters the score depends on: functional analysis of variance (Hutter, Hoos,
// Leyton-Brown: An efficient approach for assessing hyperparameter importance, ICML 2014) over a
// random forest of our own (forest.hpp). The forest predicts the score over the whole search space;
// its variance over the space, every configuration equally likely, is split into the share of each
// hyperparameter alone and of each pair beyond both.
#pragma once

#include <string>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::analysis {

struct ScoredConfiguration {
  Configuration configuration;
  double score = 0;  // finite, on a scale on which differences mean the same everywhere: the
                     // logarithm of the loss rather than the loss
};

struct Effect {  // in [0, 1] of the variance
  std::string name;
  Estimate share;
};
struct PairEffect {
  std::string first;
  std::string second;
  Estimate share;  // beyond the two alone
};
struct Importance {
  std::vector<Effect> alone;      // largest first; fixed hyperparameters are left out
  std::vector<PairEffect> pairs;  // largest first
  double beyond_pairs = 0;        // what is left
  // Share of the scores' variance that the forest predicts for configurations it has not seen
  // (out of bag). Below about 0.3 the shares say little.
  double predicted = 0;
  std::size_t configurations = 0;
};

// Shares are means over pairs of trees (variance.hpp), the intervals the middle 95 % of the pairs,
// each tree being grown on a resample of the configurations. Nothing
// to say (empty `alone`) for fewer than 10 configurations, where all scores are equal, or where a
// single hyperparameter varies: all there is would be its. A hyperparameter that a configuration
// lacks, because its condition does not hold, counts as in the middle of its domain.
[[nodiscard]] Importance importance_of(const SearchSpace& space,
                                       const std::vector<ScoredConfiguration>& scored, Seed seed);

}  // namespace stepladder::analysis
