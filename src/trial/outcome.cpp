#include "stepladder/trial/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace stepladder {

Score::Score(std::span<const double> values) : count_(static_cast<std::uint8_t>(values.size())) {
  if (values.size() > kMetricsMax) throw std::length_error("a score of too many values");
  std::copy(values.begin(), values.end(), values_.begin());
}

Standing standing_of(const Outcome& outcome, TrialId trial, const Metrics& metrics) noexcept {
  const Score* score = std::get_if<Score>(&outcome);
  if (score == nullptr) return {.trial = trial, .failed = true};
  Standing standing{.trial = trial};
  standing.keys[0] = metrics.first().key((*score)[metrics.deciding]);
  for (std::size_t i = 0, next = 1; i < metrics.size(); ++i)
    if (i != metrics.deciding) standing.keys[next++] = metrics.all[i].key((*score)[i]);
  const bool is_finite = std::all_of(standing.keys.begin(), standing.keys.end(),
                                     [](double key) { return std::isfinite(key); });
  if (!is_finite) return {.trial = trial, .failed = true};
  return standing;
}

}  // namespace stepladder
