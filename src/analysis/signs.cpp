#include "stepladder/analysis/signs.hpp"

#include <algorithm>
#include <optional>

namespace stepladder::analysis {
namespace {

// How far a bound is moved that may be moved by the factor `left`. What would remain of it, or is
// all that there is, may be too little to be worth another round of trials.
double factor_of(std::ptrdiff_t signs, double left) {
  constexpr double kWorthARound = 1.2;
  constexpr double kTooLittleToLeave = 2;
  constexpr double kMost = 10;
  if (signs == 0 || left < kWorthARound) return 1;
  const double factor = std::min(signs == 1 ? 3.0 : kMost, left);
  return left / factor < kTooLittleToLeave ? std::min(left, kMost) : factor;
}

}  // namespace

Side side_of(const Edge& sign) {
  if (const auto* at_bound = std::get_if<BestAtBound>(&sign)) return at_bound->side;
  if (const auto* crowd = std::get_if<Crowded>(&sign)) return crowd->side;
  return Side::high;
}

std::vector<Edge> signs_of(const std::vector<Edge>& edges, const Response& response) {
  std::optional<Identification> best;
  if (!response.budgets.empty()) best = response.budgets.back().best.identification;
  const bool reaches_high = std::any_of(edges.begin(), edges.end(), [](const Edge& edge) {
    return std::holds_alternative<BestAtBound>(edge) && side_of(edge) == Side::high;
  });
  const auto is_sign = [&](const Edge& edge) {
    if (std::holds_alternative<StillImproving>(edge)) return false;
    if (const auto* calm = std::get_if<NoDivergence>(&edge))
      return !calm->scores_turn && (!best || reaches_high);
    return best != Identification::flat &&
           !(best == Identification::at_divergence && side_of(edge) == Side::high);
  };
  std::vector<Edge> signs;
  std::copy_if(edges.begin(), edges.end(), std::back_inserter(signs), is_sign);
  return signs;
}

RateRange extended(const RateRange& range, const std::vector<Edge>& signs, const RateRange& cap) {
  const auto count = [&](Side side) {
    return std::count_if(signs.begin(), signs.end(),
                         [side](const Edge& sign) { return side_of(sign) == side; });
  };
  return {.min = range.min / factor_of(count(Side::low), range.min / cap.min),
          .max = range.max * factor_of(count(Side::high), cap.max / range.max)};
}

}  // namespace stepladder::analysis
