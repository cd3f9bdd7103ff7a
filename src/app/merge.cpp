#include "stepladder/app/merge.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "stepladder/experiment/difference.hpp"
#include "stepladder/report/merged_board.hpp"
#include "stepladder/report/merged_board_formats.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownAsText = 10;

std::string text_of(const experiment::Difference& difference) {
  switch (difference.kind) {
    case experiment::DifferenceKind::only_there:
      return difference.name() + ", which only the first has";
    case experiment::DifferenceKind::only_here:
      return difference.name() + ", which only the second has";
    case experiment::DifferenceKind::order:
      return fmt::format("the order of {0}.{1} and {0}.{2}", difference.section, difference.there,
                         difference.here);
    case experiment::DifferenceKind::value:
      break;
  }
  return fmt::format("{}: {} and {}", difference.name(), difference.there, difference.here);
}

void check_that_they_belong_together(const run::RecordedRun& first, const fs::path& first_folder,
                                     const run::RecordedRun& other, const fs::path& other_folder) {
  const auto refuse = [&](const std::string& what) {
    throw InputError(
        fmt::format("{} and {} differ in {}; merge runs of one experiment, which "
                    "differ in the seed only",
                    first_folder.string(), other_folder.string(), what));
  };
  for (const experiment::Difference& difference :
       experiment::differences(first.experiment(), other.experiment()))
    if (difference.name() != "seed") refuse(text_of(difference));
  if (first.opened().data_checksum != other.opened().data_checksum)
    refuse("the data: their rows or labels are not the same");
}

// The folders' own names where those tell them apart, else as they were given.
std::vector<std::string> names_of(const std::vector<fs::path>& folders) {
  std::map<std::string, int> uses;
  std::vector<std::string> names;
  for (const fs::path& folder : folders) {
    const fs::path whole = fs::absolute(folder).lexically_normal();
    names.push_back((whole.has_filename() ? whole : whole.parent_path()).filename().string());
    ++uses[names.back()];
  }
  for (std::size_t i = 0; i < folders.size(); ++i)
    if (uses.size() < folders.size()) names[i] = folders[i].string();
  return names;
}

}  // namespace

int merge_runs(const MergeOptions& options) {
  const std::vector<fs::path>& folders = options.run_directories;
  const std::vector<std::string> names = names_of(folders);
  std::vector<report::MergedRun> runs;
  std::map<Seed, fs::path> seeds;
  std::optional<run::RecordedRun> first;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    run::RecordedRun run(folders[i]);
    if (first) check_that_they_belong_together(*first, folders[0], run, folders[i]);
    const auto [same, is_new] = seeds.emplace(run.experiment().seed, folders[i]);
    if (!is_new)
      throw InputError(fmt::format(
          "{} and {} both have seed {}, so their trials are the same; merge runs with different "
          "seeds",
          same->second.string(), folders[i].string(), run.experiment().seed.value));
    record::History history;
    run.replay([&](const wire::Entry& entry, const schedule::Commands&) { history.add(entry); });
    runs.push_back({.name = names[i],
                    .seed = run.experiment().seed,
                    .board = record::make_leaderboard(run.experiment().name, run.opened().rows,
                                                      run.scheduler(), history)});
    runs.back().evidence = record::rate_evidence_of(runs.back().board, run.scheduler(), history);
    if (!first) first.emplace(std::move(run));
  }
  const report::MergedBoard merged = report::merge(std::move(runs));
  const std::size_t top = options.top > 0            ? options.top
                          : options.format == "text" ? kShownAsText
                                                     : merged.entries.size();
  fmt::print("{}", options.format == "json"  ? report::to_json(merged, top)
                   : options.format == "csv" ? report::to_csv(merged, top)
                                             : report::to_text(merged, top));
  return kFinished;
}

}  // namespace stepladder::app
