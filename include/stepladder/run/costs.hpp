// What a run of multilayer perceptrons takes, before it is begun: the time of a step, the bytes of
// its checkpoints.
#pragma once

#include <cstdint>
#include <optional>

#include "stepladder/doctor/findings.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/run/data_summary.hpp"

namespace stepladder::run {

struct DataShape {
  std::int64_t inputs = 0;
  std::int64_t classes = 0;
};
[[nodiscard]] inline DataShape shape_of(const DataSummary& data) {
  return {.inputs = data.features, .classes = data.classes};
}

// What is taken where there is no data: the images of Fashion-MNIST.
inline constexpr DataShape kImages{.inputs = 784, .classes = 10};

// Measured here, over the optimizers of the space as often as it chooses them; takes a second for
// each.
[[nodiscard]] double measured_seconds_per_step(const experiment::Experiment& experiment,
                                               const DataShape& data);

// Of one checkpoint, with the optimizer that keeps most.
[[nodiscard]] std::int64_t bytes_of_checkpoint(const experiment::Experiment& experiment,
                                               const DataShape& data);

[[nodiscard]] doctor::CheckpointNeed checkpoints_of(const experiment::Experiment& experiment,
                                                    std::optional<DataShape> data = std::nullopt);

}  // namespace stepladder::run
