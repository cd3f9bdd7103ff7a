#include "stepladder/app/leaderboard.hpp"

#include <fmt/core.h>

#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {

int show_leaderboard(const LeaderboardOptions& options) {
  run::RecordedRun run(options.run_directory);
  const record::Leaderboard board = run::report_of(run).board;
  fmt::print("{}", options.format == "json"  ? report::to_json(board, options.top)
                   : options.format == "csv" ? report::to_csv(board, options.top)
                                             : report::to_text(board, options.top));
  return kFinished;
}

}  // namespace stepladder::app
