// `stepladder simulate` and `stepladder plan`: the real scheduler in virtual time, to see what a
// schedule would do, and what it would cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/doctor/findings.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/run/data_summary.hpp"
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

}  // namespace stepladder::app
