// How a classifier is scored: the metrics, and what they come to where nothing is learned.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/training/engine.hpp"
#include "stepladder/trial/metrics.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::training {

// Accuracy: the share of rows whose most likely class is their label; it decides unless something
// else is asked for. Loss: the mean softmax cross-entropy in nats.
[[nodiscard]] const Metrics& classification_metrics();

// In the order of the metrics. Of at least one row.
[[nodiscard]] Score score_of(const Evaluation& evaluation);

// What scores come to that know the classes' shares and nothing of the features: the accuracy of
// always naming the most frequent class, and the loss of always predicting the shares, which is
// their entropy. Nothing where there are no rows.
struct Chance {
  std::int64_t rows = 0;
  Score score;
};
[[nodiscard]] std::optional<Chance> chance_of(const std::vector<std::int64_t>& rows_by_class);

}  // namespace stepladder::training
