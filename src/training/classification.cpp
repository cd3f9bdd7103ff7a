#include "stepladder/training/classification.hpp"

#include <algorithm>
#include <numeric>

#include "stepladder/trial/elementary.hpp"

namespace stepladder::training {

const Metrics& classification_metrics() {
  static const Metrics kMetrics{.all = {{"accuracy", Direction::maximise, MetricKind::share},
                                        {"loss", Direction::minimise, MetricKind::log_loss}}};
  return kMetrics;
}

Score score_of(const Evaluation& evaluation) {
  const auto rows = static_cast<double>(evaluation.rows);
  const double accuracy = static_cast<double>(evaluation.correct) / rows;
  const double loss = evaluation.loss_sum / rows;
  return {accuracy, loss};
}

std::optional<Chance> chance_of(const std::vector<std::int64_t>& rows_by_class) {
  const auto rows = std::accumulate(rows_by_class.begin(), rows_by_class.end(), std::int64_t{0});
  if (rows <= 0) return std::nullopt;
  double accuracy = 0;
  double loss = 0;
  for (const std::int64_t count : rows_by_class) {
    if (count <= 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(rows);
    accuracy = std::max(accuracy, share);
    loss -= share * elementary::log(share);
  }
  return Chance{.rows = rows, .score = {accuracy, loss}};
}

}  // namespace stepladder::training
