// `stepladder report`: report.html and report.json of a run, replayed from its journal.
#pragma once

#include <filesystem>

#include "stepladder/app/recorded_run.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::report {
struct RunReport;
}

namespace stepladder::app {

struct ReportOptions {
  std::filesystem::path run_directory;
  std::filesystem::path map;  // to write the map alone to; empty: nowhere
};

// Writes both into the run's folder, each replaced atomically, and prints the answer; may be called
// while the run goes on. Returns the exit code. Throws store::StorageError, InputError.
[[nodiscard]] int write_report(const ReportOptions& options);

// The report of a run as its journal has it by now.
[[nodiscard]] report::RunReport report_of(RecordedRun& run);

void write_report_files(const store::RunDirectory& directory, const report::RunReport& report);

}  // namespace stepladder::app
