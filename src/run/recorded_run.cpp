#include "stepladder/run/recorded_run.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <unistd.h>

#include "stepladder/record/history.hpp"
#include "stepladder/record/timeline.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::run {
namespace {

constexpr std::uint64_t kLinesWithoutBar = 50'000;

std::filesystem::path journal_of(const std::filesystem::path& folder) {
  const store::RunDirectory directory(folder);
  if (!directory.has_journal())
    throw InputError(folder.string() +
                     ": no run there (it has no journal.jsonl); give a run directory");
  return directory.journal();
}

class ProgressBar {
 public:
  explicit ProgressBar(std::uintmax_t bytes)
      : bytes_(bytes), is_shown_(::isatty(STDERR_FILENO) == 1) {}
  ~ProgressBar() {
    if (last_ >= 0) std::fputs("\r\033[K", stderr);
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(std::uint64_t lines, std::uint64_t bytes) {
    const int percent = static_cast<int>(100 * bytes / std::max<std::uintmax_t>(bytes_, 1));
    if (!is_shown_ || lines < kLinesWithoutBar || percent == last_) return;
    last_ = percent;
    const std::string bar(static_cast<std::size_t>(percent / 2), '#');
    std::fprintf(stderr, "\rreplaying [%-50s] %3d %%", bar.c_str(), percent);
  }

 private:
  std::uintmax_t bytes_;
  bool is_shown_;
  int last_ = -1;
};

}  // namespace

experiment::Experiment experiment_in(const wire::Opened& opened,
                                     const std::filesystem::path& journal) {
  experiment::Experiment experiment = experiment::parse_experiment(
      opened.experiment, journal.string(), "/", {}, experiment::Needs::record);
  experiment.plan.metrics = opened.metrics;
  return experiment;
}

RecordedRun::RecordedRun(const std::filesystem::path& folder)
    : journal_(journal_of(folder)),
      reader_(journal_),
      experiment_(experiment_in(reader_.opened(), journal_)),
      scheduler_(experiment::scheduler_of(experiment_)) {}

void RecordedRun::replay(const Visit& visit) {
  ProgressBar bar(std::filesystem::file_size(journal_));
  while (const auto entry = reader_.next()) {
    const schedule::Commands commands = scheduler_.handle(entry->event);
    visit(*entry, commands);
    bar.show(reader_.lines(), reader_.bytes());
  }
}

report::RunReport report_of(RecordedRun& run) {
  record::History history;
  record::Timeline timeline;
  run.replay([&](const wire::Entry& entry, const schedule::Commands&) {
    history.add(entry);
    timeline.add(entry);
  });
  return report::make_run_report({.name = run.experiment().name,
                                  .rows = run.opened().rows,
                                  .seed = run.experiment().seed,
                                  .scheduler = run.scheduler(),
                                  .history = history,
                                  .timeline = timeline});
}

}  // namespace stepladder::run
