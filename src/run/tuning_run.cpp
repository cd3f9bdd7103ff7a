#include "stepladder/run/tuning_run.hpp"

#include <utility>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include "stepladder/advice/answer.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/run_report_json.hpp"
#include "stepladder/run/activity.hpp"
#include "stepladder/run/checkpoint_cap.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/run/result_files.hpp"
#include "stepladder/run/run_log.hpp"
#include "stepladder/run/same_run.hpp"
#include "stepladder/run/standard_streams.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/incarnation.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::run {
namespace {

constexpr std::size_t kShownAtTheEnd = 10;
constexpr Seconds kLeaderboardInterval = 2;

// A run goes by what its journal opens with, and by what it was given more of since.
experiment::Experiment begun_with(const Workload& workload, const store::RunDirectory& directory) {
  if (!directory.has_journal()) return workload.experiment();
  return experiment_in(store::JournalReader(directory.journal()).opened(), directory.journal());
}

void expect_same_decision(schedule::Hyperband& scheduler, const wire::Entry& entry,
                          const store::JournalReader& reader) {
  if (scheduler.handle(entry.event) == entry.commands) return;
  throw store::StorageError(
      reader.path(),
      fmt::format("{}:{}: this program decides otherwise than the one that wrote the "
                  "journal; go on with that version, or start in another run "
                  "directory",
                  reader.path().string(), reader.lines()));
}

}  // namespace

TuningRun::TuningRun(Workload& workload, const store::RunDirectory& directory,
                     ProgressOptions progress, std::vector<std::string> hosts)
    : workload_(workload),
      opened_(workload.opened()),
      directory_(directory),
      incarnation_(store::incarnation()),
      scheduler_(experiment::scheduler_of(begun_with(workload, directory))),
      progress_(progress) {
  const Activity activity("opening " + directory_.root().string());
  // A folder that was copied may have no lock. Making one would touch what may yet be refused.
  if (directory_.has_journal() && !std::filesystem::exists(directory_.lock())) {
    store::JournalReader reader(directory_.journal());
    schedule::Hyperband scheduler = scheduler_;
    while (const auto entry = reader.next()) expect_same_decision(scheduler, *entry, reader);
    static_cast<void>(growth_asked_for(directory_, scheduler.plan(), workload_.experiment()));
  }
  directory_.create_root();
  lock_.emplace(directory_);
  directory_.check();  // another may have been here since it was checked
  check_same_run(directory_, workload_.experiment(), opened_);
  std::optional<store::JournalReader> reader;
  if (directory_.has_journal()) {
    replay(reader.emplace(directory_.journal()));
    grow();
  }
  begin(reader, std::move(hosts));
}

TuningRun::~TuningRun() { end_log(); }

void TuningRun::replay(store::JournalReader& reader) {
  while (const auto entry = reader.next()) {
    expect_same_decision(scheduler_, *entry, reader);
    history_.add(*entry);
    timeline_.add(*entry);
    resumed_ = true;
  }
}

// Where the experiment has more than the run: that is the first thing that happens.
void TuningRun::grow() {
  auto growth = growth_asked_for(directory_, scheduler_.plan(), workload_.experiment());
  if (!growth) return;
  const schedule::Event event{.at = history_.elapsed(),
                              .what = schedule::Grown{std::move(*growth)}};
  grown_ = {{.event = event, .commands = scheduler_.handle(event)}};
}

// Nothing has been refused: from here on it is written.
void TuningRun::begin(const std::optional<store::JournalReader>& read,
                      std::vector<std::string> hosts) {
  begin_log(directory_.log());  // the last that may be refused
  directory_.create();
  lock_->sign();
  for (const auto& folder : {directory_.root(), directory_.checkpoints(), directory_.best()})
    store::remove_drafts_in(folder);
  heartbeat_.emplace(directory_, wire::Incumbent{.incarnation = incarnation_,
                                                 .process = store::this_process(),
                                                 .since = store::since_1970(),
                                                 .hosts = std::move(hosts)});
  const auto ended = store::end_of(directory_.end());
  if (!scheduler_.finished()) {
    std::error_code missing;
    std::filesystem::remove(directory_.end(), missing);
  } else if (ended && ended->exit_code != kResumable) {
    finished_at_ = ended->at;
  }
  if (!read)
    journal_ = store::Journal::create(directory_.journal(), opened_);
  else if (!scheduler_.finished())
    journal_ = store::Journal::resume(directory_.journal(), *read);
  if (!grown_.empty()) {
    journal_->append(grown_);
    for (const wire::Entry& entry : grown_) {
      history_.add(entry);
      timeline_.add(entry);
    }
    log_decisions(grown_, scheduler_.plan().metrics);
  }
  if (!scheduler_.finished())  // [run] may be another, paths too
    store::write_atomically(directory_.experiment(), experiment::to_toml(workload_.experiment()));
  const std::string data = workload_.data_text();
  if (data.empty()) return;
  spdlog::info(data);
  fmt::print("{}\n", data);
  std::fflush(stdout);
}

void TuningRun::observe(std::span<const wire::Entry> entries, Deadline& deadline) {
  for (const wire::Entry& entry : entries) {
    history_.add(entry);
    timeline_.add(entry);
    if (const auto* stop = std::get_if<schedule::StopRequested>(&entry.event.what))
      why_stopped_ = stop->why;
    const auto* report = std::get_if<schedule::Reported>(&entry.event.what);
    if (report == nullptr) continue;
    deadline.learn(report->effort);
    if (const auto* failed = std::get_if<StorageFailed>(&report->outcome))
      storage_failure_ = failed->reason;
  }
  log_decisions(entries, scheduler_.plan().metrics);
}

void TuningRun::coordinate(fleet::Fleet& fleet, const ReasonToStop& reason_to_stop,
                           Deadline deadline) {
  Progress progress(progress_);
  if (resumed_) fmt::print("Resumed. {}", report::summary_text(leaderboard()));
  CheckpointCap cap(store::Checkpoints(directory_.checkpoints()),
                    workload_.experiment().run.checkpoint_bytes_max);
  Seconds written = -kLeaderboardInterval;
  // There is room before anybody is told to fill it.
  const auto record = [&](std::span<const wire::Entry> entries) {
    journal_->append(entries);
    for (const store::Checkpoints::Saved& removed : cap.observe(scheduler_, entries))
      spdlog::info(fmt::format("the checkpoint of trial {} at step {} is removed: no room",
                               removed.trial.value, removed.step));
  };
  const auto observe_all = [&](const schedule::Hyperband&, std::span<const wire::Entry> entries) {
    observe(entries, deadline);
    heartbeat_->beat();
    progress.show(scheduler_, history_, fleet.now());
    if (entries.empty() || fleet.now() - written < kLeaderboardInterval) return;
    write_leaderboard_files(directory_, leaderboard());
    written = fleet.now();
  };
  if (deadline.is_set()) spdlog::info(fmt::format("to be over before {}", deadline.text()));
  try {
    if (resumed_) {
      const schedule::Event restarted{.at = history_.elapsed(), .what = schedule::Restarted{}};
      const std::vector<wire::Entry> entries = {
          {.event = restarted, .commands = scheduler_.handle(restarted)}};
      record(entries);
      observe_all(scheduler_, entries);
    }
    const auto reason_or_deadline = [&]() -> std::optional<std::string> {
      if (auto reason = reason_to_stop()) return reason;
      if (deadline.is_near(Deadline::Clock::now())) return "ahead of " + deadline.text();
      return std::nullopt;
    };
    fleet::coordinate(scheduler_, record, fleet,
                      {.reason_to_stop = reason_or_deadline,
                       .judge =
                           [this](const schedule::Hyperband& state) {
                             return advice::answer(state, history_, opened_.rows.final);
                           },
                       .observe = observe_all});
  } catch (const store::StorageError& error) {
    halt(error);
  }
}

std::string TuningRun::why_no_score() const {
  if (!scheduler_.finished() || scheduler_.chosen()) return "";
  const std::size_t trials = scheduler_.trials().size();
  std::size_t crashed = 0;
  for (std::uint32_t i = 0; i < trials; ++i)
    if (scheduler_.status(TrialId{i}) == schedule::TrialStatus::crashed) ++crashed;
  return fmt::format(
      "no trial has a score: {} crashed, {} diverged; stepladder.log and `stepladder explain` say "
      "why",
      crashed, trials - crashed);
}

int TuningRun::conclude() {
  const Activity activity("writing the report and the winner's model");
  const report::RunReport found = report();
  try {
    write_leaderboard_files(directory_, found.board);
    write_report_files(directory_, found);
    if (scheduler_.chosen())
      workload_.keep_winner(scheduler_, directory_, [this] { heartbeat_->beat(); });
  } catch (const store::StorageError& error) {
    halt(error);
  }
  // Of a run that is stopped again and again, the table is for those who ask.
  fmt::print("\n{}\nFiles: {}\n",
             scheduler_.finished() ? report::to_text(found.board, kShownAtTheEnd)
                                   : report::summary_text(found.board),
             directory_.root().string());
  if (!journal_)
    fmt::print("This run was finished before; for a new one choose another --run-dir.\n");
  if (!scheduler_.finished() && storage_failure_.empty())
    fmt::print("Stopped {}; the same command goes on from here.\n", why_stopped_);
  if (lost_output())
    fmt::print(stderr, "stepladder: the run itself lost nothing: {} has it all\n",
               directory_.root().string());
  if (!storage_failure_.empty())
    fmt::print(stderr,
               "stepladder: {}; the run is halted, and the same command goes on from its journal\n",
               storage_failure_);
  const std::string no_score = why_no_score();
  if (!no_score.empty()) fmt::print(stderr, "stepladder: {}\n", no_score);
  const int code = !no_score.empty() ? kOurFault : scheduler_.finished() ? kFinished : kResumable;
  record_end(code, !no_score.empty()           ? no_score
                   : scheduler_.finished()     ? "finished"
                   : !storage_failure_.empty() ? storage_failure_
                                               : "stopped " + why_stopped_);
  return code;
}

// For whoever watches; where it cannot be written, the journal still tells everything.
void TuningRun::record_end(int exit_code, const std::string& why) const {
  try {
    store::write_atomically(
        directory_.end(),
        wire::to_json(wire::Ended{.incarnation = incarnation_,
                                  .exit_code = exit_code,
                                  .why = why,
                                  .at = finished_at_.value_or(store::since_1970())}));
  } catch (const store::StorageError& error) {
    spdlog::warn(error.what());
  }
}

void TuningRun::halt(const store::StorageError& error) const {
  record_end(kResumable, error.what());
  throw Halted(std::string(error.what()) +
               "; the run is halted, and the same command goes on from its journal");
}

record::Leaderboard TuningRun::leaderboard() const {
  return record::make_leaderboard(workload_.experiment().name, opened_.rows, scheduler_, history_);
}

report::RunReport TuningRun::report() const {
  return report::make_run_report({.name = workload_.experiment().name,
                                  .rows = opened_.rows,
                                  .seed = workload_.experiment().seed,
                                  .scheduler = scheduler_,
                                  .history = history_,
                                  .timeline = timeline_});
}

}  // namespace stepladder::run
