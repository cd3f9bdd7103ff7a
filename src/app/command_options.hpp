// Private to the room: every command with its options and an example, and what the user gave for
// them. CLI11 stays in the sources that describe options: it takes seconds to compile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stepladder/app/bench.hpp"
#include "stepladder/app/doctor.hpp"
#include "stepladder/app/launch.hpp"
#include "stepladder/app/leaderboard.hpp"
#include "stepladder/app/merge.hpp"
#include "stepladder/app/report.hpp"
#include "stepladder/app/simulate.hpp"
#include "stepladder/app/status.hpp"
#include "stepladder/run/tune.hpp"

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace stepladder::app {

struct CommandOptions {
  run::TuneOptions tune;
  LaunchOptions launch;
  LeaderboardOptions leaderboard;
  MergeOptions merge;
  PlanOptions plan;
  SimulateOptions simulate;
  BenchOptions bench;
  DoctorOptions doctor;
  StatusOptions status;
  ReportOptions report;
  std::filesystem::path run_directory;  // of replay and explain
  std::uint32_t trial = 0;              // of explain
};

struct CommandLine {
  std::string command;  // empty where help or the version was asked for
  CommandOptions options;
  std::string help;  // what was asked for
};
// Throws InputError, which says what is wrong and what to do.
[[nodiscard]] CommandLine command_line_from(int argc, char** argv);

// In tune_options.cpp.
void describe_tune(CLI::App& app, run::TuneOptions& options);
void describe_launch(CLI::App& app, LaunchOptions& options);

// For both files. A number in [low, high], which NaN is not.
[[nodiscard]] CLI::Validator number_in(double low, double high);
void add_experiment(CLI::App* command, std::filesystem::path& file,
                    std::vector<std::string>& overrides);

}  // namespace stepladder::app
