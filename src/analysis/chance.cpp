#include "stepladder/analysis/chance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stepladder::analysis {
namespace {

constexpr double kError = 0.05;  // of what is said

}  // namespace

std::optional<Chance> chance_of(const std::vector<std::int64_t>& rows_by_class) {
  const auto rows = std::accumulate(rows_by_class.begin(), rows_by_class.end(), std::int64_t{0});
  if (rows <= 0) return std::nullopt;
  Chance chance{.rows = rows};
  for (const std::int64_t count : rows_by_class) {
    if (count <= 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(rows);
    chance.accuracy = std::max(chance.accuracy, share);
    chance.loss -= share * std::log(share);
  }
  return chance;
}

Interval interval_of_best(double accuracy, std::int64_t rows, std::size_t of) {
  const auto count = static_cast<double>(std::max<std::size_t>(of, 1));
  return wilson_interval(accuracy, static_cast<double>(rows),
                         normal_quantile(1 - kError / 2 / count));
}

bool is_above_chance(const Score& best, std::size_t of, Metric metric, const Chance& chance) {
  if (metric == Metric::accuracy)
    return interval_of_best(best.accuracy, chance.rows, of).low > chance.accuracy;
  const auto count = static_cast<double>(std::max<std::size_t>(of, 1));
  return static_cast<double>(chance.rows) * (chance.loss - best.loss) > std::log(count / kError);
}

}  // namespace stepladder::analysis
