#include "stepladder/schedule/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace stepladder::schedule {
namespace {

constexpr std::size_t kPairedMax = 100;
constexpr double kPercentile = 0.9;

std::ptrdiff_t offset(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

// How often two trials changed their order on the way up.
int changes(const std::vector<Standing>& a, const std::vector<Standing>& b, std::size_t top) {
  int count = 0;
  for (std::size_t rung = 1; rung <= top; ++rung)
    if ((a[rung] < b[rung]) != (a[rung - 1] < b[rung - 1])) ++count;
  return count;
}

}  // namespace

void Ranking::add(std::size_t rung, const Standing& standing) {
  if (rung > top_) return;
  const Index trial = standing.trial.value;
  if (climbs_.size() <= trial) climbs_.resize(trial + 1);
  if (climbs_[trial].size() != rung) return;
  climbs_[trial].push_back(standing);
  if (rung == top_ && !standing.failed) enter(trial);
}

void Ranking::open_next() {
  ++top_;
  order_.clear();
  below_in_order_.clear();
  below_sorted_.clear();
  noise_.clear();
  epsilon_ = 0;
  is_stable_ = true;
}

void Ranking::enter(Index trial) {
  const auto better = [this](Index a, Index b) { return at_top(a) < at_top(b); };
  const auto place = static_cast<std::size_t>(
      std::lower_bound(order_.begin(), order_.end(), trial, better) - order_.begin());
  const double below = climbs_[trial][top_ - 1].keys[0];
  const auto place_below = static_cast<std::size_t>(
      std::lower_bound(below_sorted_.begin(), below_sorted_.end(), below) - below_sorted_.begin());
  order_.insert(order_.begin() + offset(place), trial);
  below_in_order_.insert(below_in_order_.begin() + offset(place), below);
  below_sorted_.insert(below_sorted_.begin() + offset(place_below), below);

  const double epsilon_before = epsilon_;
  if (place < kPairedMax) learn_noise(place);
  // Outside the two places all trials have the neighbour from below that they had before.
  if (is_stable_ && epsilon_ >= epsilon_before) {
    compare(std::min(place, place_below), std::max(place, place_below) + 1);
  } else {
    compare(0, order_.size());
  }
}

void Ranking::compare(std::size_t first, std::size_t last) {
  is_stable_ = true;
  for (std::size_t place = first; place < last && is_stable_; ++place)
    is_stable_ = std::abs(below_in_order_[place] - below_sorted_[place]) <= epsilon_;
}

// The trial at `place` has come among the best; it may have pushed another out.
void Ranking::learn_noise(std::size_t place) {
  const Index newcomer = order_[place];
  if (order_.size() > kPairedMax) {
    const std::vector<double> gone = noise_of(order_[kPairedMax], newcomer);
    std::vector<double> left;
    std::set_difference(noise_.begin(), noise_.end(), gone.begin(), gone.end(),
                        std::back_inserter(left));
    noise_ = std::move(left);
  }
  const std::vector<double> come = noise_of(newcomer, newcomer);
  const auto middle = offset(noise_.size());
  noise_.insert(noise_.end(), come.begin(), come.end());
  std::inplace_merge(noise_.begin(), noise_.begin() + middle, noise_.end());
  epsilon_ = 0;
  if (!noise_.empty())
    epsilon_ =
        noise_[static_cast<std::size_t>(kPercentile * static_cast<double>(noise_.size() - 1))];
}

// Of the pairs of `trial` with the best, sorted.
std::vector<double> Ranking::noise_of(Index trial, Index left_out) const {
  std::vector<double> differences;
  for (std::size_t place = 0; place < std::min(order_.size(), kPairedMax); ++place) {
    const Index other = order_[place];
    if (other == trial || other == left_out) continue;
    if (changes(climbs_[trial], climbs_[other], top_) >= 2)
      differences.push_back(std::abs(at_top(trial).keys[0] - at_top(other).keys[0]));
  }
  std::sort(differences.begin(), differences.end());
  return differences;
}

}  // namespace stepladder::schedule
