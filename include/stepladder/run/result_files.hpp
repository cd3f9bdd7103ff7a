// The files of a run's folder that people read: leaderboards and report. Each is replaced
// atomically.
#pragma once

#include "stepladder/record/leaderboard.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::report {
struct RunReport;
}

namespace stepladder::run {

// leaderboard.txt, .csv and .json. Throws store::StorageError.
void write_leaderboard_files(const store::RunDirectory& directory,
                             const record::Leaderboard& board);

// report.html and report.json. Throws store::StorageError.
void write_report_files(const store::RunDirectory& directory, const report::RunReport& report);

}  // namespace stepladder::run
