// `stepladder simulate` and `stepladder plan`: the real scheduler in virtual time, to see what a
// schedule would do, and what it would cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/app/data_summary.hpp"
#include "stepladder/doctor/findings.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"

namespace stepladder::app {

struct SimulateOptions {
  std::filesystem::path experiment;
  std::vector<std::string> overrides;
  std::uint32_t workers = 1;
  std::optional<std::filesystem::path>
      curves;                // a table of learning curves; else a made-up workload
  std::string goal = "min";  // of the table's metric: min or max
  std::optional<std::filesystem::path> run_directory;
  simulation::Disturbances disturbances;
  bool json = false;
  bool brief = false;  // leave the lists of trials and assignments out of the JSON
};

// The exit code. Throws InputError, simulation::CurveError, store::StorageError.
[[nodiscard]] int simulate(const SimulateOptions& options);

struct PlanOptions {
  std::filesystem::path experiment;
  std::vector<std::string> overrides;
  std::vector<std::uint32_t> workers;
  std::optional<double> seconds_per_step;  // else measured here
  bool json = false;
};

[[nodiscard]] int show_plan(const PlanOptions& options);

struct DataShape {
  std::int64_t inputs = 0;
  std::int64_t classes = 0;
};
[[nodiscard]] inline DataShape shape_of(const DataSummary& data) {
  return {.inputs = data.features, .classes = data.classes};
}

// What the checkpoints of a run take. Without data it is taken to be of the shape of the thread's
// images.
[[nodiscard]] doctor::Checkpoints checkpoints_of(const experiment::Experiment& experiment,
                                                 std::optional<DataShape> data = std::nullopt);

}  // namespace stepladder::app
