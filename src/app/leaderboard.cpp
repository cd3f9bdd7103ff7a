#include "stepladder/app/leaderboard.hpp"

#include <fmt/core.h>

#include "stepladder/app/recorded_run.hpp"
#include "stepladder/app/report.hpp"
#include "stepladder/app/tuning_run.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"

namespace stepladder::app {

int show_leaderboard(const LeaderboardOptions& options) {
  RecordedRun run(options.run_directory);
  const record::Leaderboard board = report_of(run).board;
  fmt::print("{}", options.format == "json"  ? report::to_json(board, options.top)
                   : options.format == "csv" ? report::to_csv(board, options.top)
                                             : report::to_text(board, options.top));
  return kFinished;
}

}  // namespace stepladder::app
