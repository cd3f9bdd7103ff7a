#include "stepladder/analysis/rank_correlation.hpp"

#include <cmath>
#include <cstdint>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::size_t kResamples = 2000;
constexpr std::size_t kPairsMin = 4;

std::int64_t sign(double value) { return (value > 0) - (value < 0); }

}  // namespace

std::optional<double> kendall_tau(const std::vector<double>& a, const std::vector<double>& b) {
  std::int64_t agreement = 0;
  std::int64_t differ_in_a = 0;
  std::int64_t differ_in_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::int64_t of_a = sign(a[i] - a[j]);
      const std::int64_t of_b = sign(b[i] - b[j]);
      agreement += of_a * of_b;
      differ_in_a += of_a * of_a;
      differ_in_b += of_b * of_b;
    }
  }
  if (differ_in_a == 0 || differ_in_b == 0) return std::nullopt;
  return static_cast<double>(agreement) /
         std::sqrt(static_cast<double>(differ_in_a) * static_cast<double>(differ_in_b));
}

std::optional<Estimate> kendall_tau_with_interval(const std::vector<double>& a,
                                                  const std::vector<double>& b, Seed seed) {
  const std::optional<double> tau = kendall_tau(a, b);
  if (!tau) return std::nullopt;
  Estimate estimate{.value = *tau, .interval_95 = {.low = -1, .high = 1}};
  if (a.size() < kPairsMin) return estimate;
  std::vector<double> resampled;
  std::vector<double> drawn_a(a.size());
  std::vector<double> drawn_b(a.size());
  for (std::size_t i = 0; i < kResamples; ++i) {
    const RandomStream random(seed, Purpose::analysis, i);
    for (std::size_t j = 0; j < a.size(); ++j) {
      const std::size_t from = random.below(j, a.size());
      drawn_a[j] = a[from];
      drawn_b[j] = b[from];
    }
    if (const auto of_drawn = kendall_tau(drawn_a, drawn_b)) resampled.push_back(*of_drawn);
  }
  if (!resampled.empty()) estimate.interval_95 = middle_95(std::move(resampled));
  return estimate;
}

}  // namespace stepladder::analysis
