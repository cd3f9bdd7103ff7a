#include "stepladder/analysis/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::size_t kResamplesMin = 200;
constexpr std::size_t kResamplesMax = 2000;
constexpr std::size_t kDrawsMax = 4'000'000;  // in all resamples
constexpr std::size_t kPairsMin = 4;

struct Pair {
  double a;
  double b;
};

std::int64_t pairs_of(std::int64_t count) { return count * (count - 1) / 2; }

// The pairs within the groups of neighbours that are equal.
template <class Equal>
std::int64_t tied(const std::vector<Pair>& pairs, Equal equal) {
  std::int64_t result = 0;
  std::int64_t in_group = 1;
  for (std::size_t i = 1; i <= pairs.size(); ++i) {
    if (i < pairs.size() && equal(pairs[i - 1], pairs[i])) {
      ++in_group;
    } else {
      result += pairs_of(in_group);
      in_group = 1;
    }
  }
  return result;
}

// Sorts by b and counts the pairs that stood the other way round. `room` is as long.
std::int64_t sort_counting_swaps(std::span<Pair> pairs, std::span<Pair> room) {
  if (pairs.size() < 2) return 0;
  const std::size_t half = pairs.size() / 2;
  std::int64_t swaps = sort_counting_swaps(pairs.first(half), room.first(half)) +
                       sort_counting_swaps(pairs.subspan(half), room.subspan(half));
  std::size_t left = 0;
  std::size_t right = half;
  for (Pair& next : room) {
    const bool takes_right =
        left == half || (right < pairs.size() && pairs[right].b < pairs[left].b);
    if (takes_right) swaps += static_cast<std::int64_t>(half - left);
    next = pairs[takes_right ? right++ : left++];
  }
  std::copy(room.begin(), room.end(), pairs.begin());
  return swaps;
}

// Uses `pairs` up; `room` is as long. In O(n log n): Knight, "A computer method for calculating
// Kendall's tau with ungrouped data", JASA 1966: sorted by a, the discordant pairs are the swaps
// that sorting by b takes.
std::optional<double> tau_b(std::vector<Pair>& pairs, std::vector<Pair>& room) {
  std::sort(pairs.begin(), pairs.end(), [](const Pair& one, const Pair& other) {
    return std::tie(one.a, one.b) < std::tie(other.a, other.b);
  });
  const auto all = pairs_of(static_cast<std::int64_t>(pairs.size()));
  const auto same_a = [](const Pair& one, const Pair& other) { return one.a == other.a; };
  const auto same_b = [](const Pair& one, const Pair& other) { return one.b == other.b; };
  const std::int64_t tied_in_a = tied(pairs, same_a);
  const std::int64_t tied_in_both = tied(pairs, [&](const Pair& one, const Pair& other) {
    return same_a(one, other) && same_b(one, other);
  });
  const std::int64_t discordant = sort_counting_swaps(pairs, room);
  const std::int64_t tied_in_b = tied(pairs, same_b);
  if (tied_in_a == all || tied_in_b == all) return std::nullopt;
  const std::int64_t concordant = all - tied_in_a - tied_in_b + tied_in_both - discordant;
  return static_cast<double>(concordant - discordant) /
         std::sqrt(static_cast<double>(all - tied_in_a) * static_cast<double>(all - tied_in_b));
}

}  // namespace

std::optional<double> kendall_tau(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < a.size(); ++i) pairs.push_back({a[i], b[i]});
  std::vector<Pair> room(pairs.size());
  return tau_b(pairs, room);
}

std::optional<Estimate> kendall_tau_with_interval(const std::vector<double>& a,
                                                  const std::vector<double>& b, Seed seed) {
  const std::optional<double> tau = kendall_tau(a, b);
  if (!tau) return std::nullopt;
  Estimate estimate{.value = *tau, .interval_95 = {.low = -1, .high = 1}};
  if (a.size() < kPairsMin) return estimate;
  std::vector<double> resampled;
  std::vector<Pair> drawn(a.size());
  std::vector<Pair> room(a.size());
  const std::size_t resamples = std::clamp(kDrawsMax / a.size(), kResamplesMin, kResamplesMax);
  for (std::size_t i = 0; i < resamples; ++i) {
    const RandomStream random(seed, Purpose::analysis, i);
    for (std::size_t j = 0; j < a.size(); ++j) {
      const std::size_t from = random.below(j, a.size());
      drawn[j] = {a[from], b[from]};
    }
    if (const auto of_drawn = tau_b(drawn, room)) resampled.push_back(*of_drawn);
  }
  if (!resampled.empty()) estimate.interval_95 = middle_95(std::move(resampled));
  if (estimate.interval_95.low < estimate.interval_95.high) return estimate;
  // All resamples agree, which is no proof: n / 2 pairs of trials that share none are independent,
  // and as many agreed.
  const Interval agreeing =
      wilson_interval((1 + *tau) / 2, static_cast<std::int64_t>(a.size() / 2));
  estimate.interval_95 = {.low = 2 * agreeing.low - 1, .high = 2 * agreeing.high - 1};
  return estimate;
}

}  // namespace stepladder::analysis
