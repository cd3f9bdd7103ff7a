#include "stepladder/run/result_files.hpp"

#include <limits>

#include "stepladder/page/page.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::run {
namespace {
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
}  // namespace

void write_leaderboard_files(const store::RunDirectory& directory,
                             const record::Leaderboard& board) {
  store::write_atomically(directory.leaderboard("txt"), report::to_text(board, kAll));
  store::write_atomically(directory.leaderboard("csv"), report::to_csv(board, kAll));
  store::write_atomically(directory.leaderboard("json"), report::to_json(board, kAll));
}

void write_report_files(const store::RunDirectory& directory, const report::RunReport& report) {
  store::write_atomically(directory.report("json"), report::to_json(report));
  store::write_atomically(directory.report("html"), page::to_html(report));
}

}  // namespace stepladder::run
