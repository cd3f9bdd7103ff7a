// `stepladder report`: report.html and report.json of a run, replayed from its journal.
#pragma once

#include <filesystem>

#include "stepladder/run/recorded_run.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::app {

struct ReportOptions {
  std::filesystem::path run_directory;
  std::filesystem::path map;  // to write the map alone to; empty: nowhere
};

// Writes both into the run's folder, each replaced atomically, and prints the answer; may be called
// while the run goes on. Returns the exit code. Throws store::StorageError, InputError.
[[nodiscard]] int write_report(const ReportOptions& options);

}  // namespace stepladder::app
