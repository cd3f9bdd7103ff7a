#include "stepladder/app/report.hpp"

#include <filesystem>

#include <fmt/core.h>

#include "stepladder/page/map_file.hpp"
#include "stepladder/page/page.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/run/result_files.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {

int write_report(const ReportOptions& options) {
  const std::filesystem::path folder = options.map.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder))
    throw InputError(options.map.string() + ": there is no folder " + folder.string() +
                     "; make it first, or give --map another path");
  run::RecordedRun run(options.run_directory);
  const report::RunReport report = run::report_of(run);
  const std::string map = options.map.empty() ? "" : page::to_map_svg(report);
  if (!options.map.empty() && map.empty())
    throw InputError(options.run_directory.string() +
                     ": no trial of this run has a learning rate, so there is no map; leave --map "
                     "out");
  const store::RunDirectory directory(options.run_directory);
  if (!map.empty()) store::write_atomically(options.map, map);
  run::write_report_files(directory, report);
  fmt::print("{}\nWritten: {} and {}{}\n", report::to_text(report),
             directory.report("html").string(), directory.report("json").string(),
             map.empty() ? "" : ", and the map alone: " + options.map.string());
  return kFinished;
}

}  // namespace stepladder::app
