#include "stepladder/analysis/variance.hpp"

#include <cstddef>

namespace stepladder::analysis {
namespace {

// What a pair of leaves has of a feature, or of all.
struct Overlap {
  double apart = 1;   // |l_j| |m_j|
  double common = 1;  // |l_j ∩ m_j|
};

struct Sized {  // a tree with the widths of its leaves
  const Tree& tree;
  std::vector<std::vector<double>> widths;  // [leaf][feature]
  double mean = 0;

  Sized(const Tree& of, const std::vector<Feature>& features) : tree(of) {
    for (const Leaf& leaf : tree) {
      double volume = 1;
      widths.emplace_back();
      for (std::size_t j = 0; j < features.size(); ++j) {
        widths.back().push_back(share_of(features[j], leaf.box[j]));
        volume *= widths.back().back();
      }
      mean += volume * leaf.value;
    }
  }
};

}  // namespace

VarianceShares variance_shares(const Tree& f, const Tree& g, const std::vector<Feature>& features) {
  const std::size_t size = features.size();
  const Sized first(f, features);
  const Sized second(g, features);
  VarianceShares shares{.alone = std::vector<double>(size),
                        .pairs = std::vector<std::vector<double>>(size, std::vector<double>(size))};
  std::vector<Overlap> overlaps(size);
  for (std::size_t l = 0; l < f.size(); ++l) {
    for (std::size_t m = 0; m < g.size(); ++m) {
      Overlap all;
      for (std::size_t j = 0; j < size; ++j) {
        overlaps[j] = {.apart = first.widths[l][j] * second.widths[m][j],
                       .common = share_of(features[j], common_to(f[l].box[j], g[m].box[j]))};
        all.apart *= overlaps[j].apart;
        all.common *= overlaps[j].common;
      }
      // Values about the means, so that nothing needs to be subtracted at the end.
      const double product = (f[l].value - first.mean) * (g[m].value - second.mean);
      shares.variance += product * all.common;
      for (std::size_t i = 0; i < size; ++i) {
        if (overlaps[i].common == 0) continue;
        const double weight = product * all.apart * overlaps[i].common / overlaps[i].apart;
        shares.alone[i] += weight;
        for (std::size_t j = i + 1; j < size; ++j)
          shares.pairs[i][j] += weight * overlaps[j].common / overlaps[j].apart;
      }
    }
  }
  const double scale = shares.variance > 1e-300 ? 1 / shares.variance : 0;
  for (double& share : shares.alone) share *= scale;
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = i + 1; j < size; ++j)
      shares.pairs[i][j] = scale * shares.pairs[i][j] - shares.alone[i] - shares.alone[j];
  return shares;
}

}  // namespace stepladder::analysis
