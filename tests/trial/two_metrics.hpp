// What most tests score by: a share that is to be large, and a loss.
#pragma once

#include "stepladder/trial/metrics.hpp"

namespace stepladder {

// The share decides.
inline const Metrics& by_share() {
  static const Metrics kMetrics{.all = {{"accuracy", Direction::maximise, MetricKind::share},
                                        {"loss", Direction::minimise, MetricKind::log_loss}}};
  return kMetrics;
}
inline const Metrics& by_loss() {
  static const Metrics kMetrics = by_share().decided_by("loss");
  return kMetrics;
}

}  // namespace stepladder
