#include "stepladder/analysis/chance.hpp"

#include <algorithm>
#include <cmath>

namespace stepladder::analysis {
namespace {

constexpr double kError = 0.05;  // of what is said

}  // namespace

Interval interval_of_best(double share, std::int64_t rows, std::size_t of) {
  const auto count = static_cast<double>(std::max<std::size_t>(of, 1));
  return wilson_interval(share, static_cast<double>(rows), normal_quantile(1 - kError / 2 / count));
}

bool is_above_chance(const Metric& metric, double best, double chance, std::size_t of,
                     std::int64_t rows) {
  if (metric.is_share()) return interval_of_best(best, rows, of).low > chance;
  if (metric.kind != MetricKind::log_loss) return false;
  const auto count = static_cast<double>(std::max<std::size_t>(of, 1));
  return static_cast<double>(rows) * (chance - best) > std::log(count / kError);
}

}  // namespace stepladder::analysis
