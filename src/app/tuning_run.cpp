#include "stepladder/app/tuning_run.hpp"

#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "stepladder/launch/launcher.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::app {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kShownAtTheEnd = 10;
constexpr Seconds kLeaderboardInterval = 2;

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Decisions go to the run's own log; what a person must know at once also to the terminal.
void log_to(const std::filesystem::path& path) {
  auto file = std::make_shared<spdlog::sinks::basic_file_sink_st>(path.string());
  auto terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
  terminal->set_level(spdlog::level::warn);
  terminal->set_pattern("stepladder: %v");
  file->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
  auto logger = std::make_shared<spdlog::logger>("run", spdlog::sinks_init_list{file, terminal});
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

std::string words_for(const schedule::Reported& report) {
  const Outcome& outcome = report.outcome;
  if (const auto* score = std::get_if<Score>(&outcome))
    return fmt::format("accuracy {:.4f}, loss {:.4f}", score->accuracy, score->loss);
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    return fmt::format("diverged at step {}", diverged->at);
  if (const auto* interrupted = std::get_if<Interrupted>(&outcome))
    return fmt::format("given back at step {}", interrupted->at);
  return "crashed: " + std::get<Crashed>(outcome).reason;
}

const char* name_of(Part part) {
  return part == Part::prune ? "prune" : part == Part::final ? "final" : "test";
}

struct LogEvent {
  void operator()(const schedule::WorkerJoined& e) const {
    spdlog::info("worker {} joined", e.worker.value);
  }
  void operator()(const schedule::Reported& e) const {
    spdlog::info("lease {}: {}", e.lease.value, words_for(e));
  }
  void operator()(const schedule::WorkerLost& e) const {
    spdlog::info("worker {} lost", e.worker.value);
  }
  void operator()(const schedule::StopRequested&) const { spdlog::info("asked to stop"); }
  void operator()(const schedule::Restarted&) const { spdlog::info("resumed"); }
};

struct LogCommand {
  void operator()(const schedule::Assign& c) const {
    const Assignment& a = c.assignment;
    spdlog::info("lease {}: trial {}{} steps {} to {}, scored on {}, by worker {} [{}]",
                 a.lease.value, a.trial.value, a.is_audited ? " (audited)" : "", a.from, a.to,
                 name_of(a.part), c.worker.value, text(a.configuration));
  }
  void operator()(const schedule::Recall& c) const {
    spdlog::info("worker {} is to give back", c.worker.value);
  }
  void operator()(const schedule::Retire& c) const {
    spdlog::info("worker {} retired", c.worker.value);
  }
  void operator()(const schedule::Choose& c) const {
    spdlog::info("trial {} is chosen, with the weights of trial {}", c.trial.value, c.model.value);
  }
};

}  // namespace

void write_leaderboard_files(const store::RunDirectory& directory,
                             const report::Leaderboard& board) {
  store::write_atomically(directory.leaderboard("txt"), report::to_text(board, kAll));
  store::write_atomically(directory.leaderboard("csv"), report::to_csv(board, kAll));
  store::write_atomically(directory.leaderboard("json"), report::to_json(board, kAll));
}

TuningRun::TuningRun(const Materials& materials, const std::filesystem::path& run_directory,
                     ProgressStyle style, std::vector<std::string> hosts)
    : materials_(materials),
      directory_(run_directory),
      incarnation_(launch::incarnation()),
      scheduler_(scheduler_of(materials.experiment)),
      style_(style) {
  const wire::Opened opened = opened_by(materials);
  directory_.check(opened);
  directory_.create();
  lock_.emplace(directory_);
  heartbeat_.emplace(directory_, wire::Incumbent{.incarnation = incarnation_,
                                                 .process = store::this_process(),
                                                 .since = since_1970(),
                                                 .hosts = std::move(hosts)});
  if (directory_.has_journal()) {
    store::JournalReader reader(directory_.journal());
    replay(reader);
    if (!scheduler_.finished()) journal_ = store::Journal::resume(directory_.journal(), reader);
  } else {
    store::write_atomically(directory_.experiment(), opened.experiment);
    journal_ = store::Journal::create(directory_.journal(), opened);
  }
  log_to(directory_.log());
}

TuningRun::~TuningRun() { spdlog::set_default_logger(spdlog::stderr_logger_st("stepladder")); }

void TuningRun::replay(store::JournalReader& reader) {
  while (const auto entry = reader.next()) {
    if (scheduler_.handle(entry->event) != entry->commands)
      throw store::StorageError(
          directory_.journal(),
          fmt::format("{}:{}: this program decides otherwise than the one that wrote the "
                      "journal; go on with that version, or start in another run directory",
                      directory_.journal().string(), reader.lines()));
    history_.add(*entry);
    heartbeat_->beat();
    resumed_ = true;
  }
}

void TuningRun::coordinate(fleet::Fleet& fleet, const std::function<bool()>& stop_requested) {
  Progress progress(style_);
  Seconds written = -kLeaderboardInterval;
  const auto record = [this](std::span<const wire::Entry> entries) { journal_->append(entries); };
  const auto observe = [&](const schedule::Hyperband&, std::span<const wire::Entry> entries) {
    for (const wire::Entry& entry : entries) history_.add(entry);
    log_decisions(entries);
    heartbeat_->beat();
    progress.show(scheduler_, history_, fleet.now());
    if (entries.empty() || fleet.now() - written < kLeaderboardInterval) return;
    write_leaderboards();
    written = fleet.now();
  };
  try {
    if (resumed_) {
      const schedule::Event restarted{.at = history_.elapsed(), .what = schedule::Restarted{}};
      const std::vector<wire::Entry> entries = {
          {.event = restarted, .commands = scheduler_.handle(restarted)}};
      record(entries);
      observe(scheduler_, entries);
    }
    fleet::coordinate(scheduler_, record, fleet,
                      {.stop_requested = stop_requested, .observe = observe});
  } catch (const store::StorageError& error) {
    halt(error);
  }
}

int TuningRun::conclude() {
  try {
    write_leaderboards();
    if (scheduler_.chosen()) write_best();
  } catch (const store::StorageError& error) {
    halt(error);
  }
  fmt::print("\n{}\nFiles: {}\n", report::to_text(leaderboard(), kShownAtTheEnd),
             directory_.root().string());
  if (!journal_)
    fmt::print("This run was finished before; for a new one choose another --run-dir.\n");
  if (!scheduler_.finished())
    fmt::print("Stopped before the end; the same command goes on from here.\n");
  std::fflush(stdout);
  const int code = scheduler_.finished() ? kFinished : kResumable;
  record_end(code, scheduler_.finished() ? "finished" : "stopped before the end");
  return code;
}

// For whoever watches; where it cannot be written, the journal still tells everything.
void TuningRun::record_end(int exit_code, const std::string& why) const {
  try {
    store::write_atomically(
        directory_.end(),
        wire::to_json(wire::Ended{
            .incarnation = incarnation_, .exit_code = exit_code, .why = why, .at = since_1970()}));
  } catch (const store::StorageError& error) {
    spdlog::warn("{}", error.what());
  }
}

void TuningRun::halt(const store::StorageError& error) const {
  record_end(kResumable, error.what());
  throw Halted(std::string(error.what()) +
               "; the run is halted, and the same command goes on from its journal");
}

void TuningRun::log_decisions(std::span<const wire::Entry> entries) const {
  for (const wire::Entry& entry : entries) {
    std::visit(LogEvent{}, entry.event.what);
    for (const schedule::Command& command : entry.commands) std::visit(LogCommand{}, command);
  }
}

report::Leaderboard TuningRun::leaderboard() const {
  return report::make_leaderboard(materials_.experiment.name, opened_by(materials_).rows,
                                  scheduler_, history_);
}

void TuningRun::write_leaderboards() const { write_leaderboard_files(directory_, leaderboard()); }

// The winner's model as a checkpoint, and how it came about as a TOML file.
void TuningRun::write_best() const {
  const TrialId winner = *scheduler_.chosen();
  const schedule::Trial& trial = scheduler_.trials()[winner.value];
  std::string text = fmt::format("# The winner of {}: trial {}, trained for {} steps.\n",
                                 materials_.experiment.name, winner.value, trial.trained);
  const auto line = [&](const char* key, const std::optional<Score>& score, const char* meaning) {
    if (score)
      text +=
          fmt::format("{} = {}  # {}\n", key, stepladder::text(Value{score->accuracy}), meaning);
  };
  line("accuracy_prune", trial.score, "on the heldout rows that chose it");
  const bool is_confirmed = scheduler_.model() != winner;
  line("accuracy_final", scheduler_.final_score(),
       is_confirmed ? "on heldout rows that had decided nothing, the mean over fresh seeds"
                    : "on heldout rows it had not seen before it was the best");
  line("accuracy_test", scheduler_.test_score(), "scored once, after the choice was written down");
  text += "\n[configuration]\n";
  for (const Setting& setting : scheduler_.configuration(winner).settings)
    text += setting.name + " = " + stepladder::text(setting.value) + '\n';
  store::write_atomically(directory_.best() / "winner.toml", text);

  const store::Checkpoints checkpoints(directory_.checkpoints());
  const TrialId kept = *scheduler_.model();
  const auto model = checkpoints.path_of(kept, scheduler_.trials()[kept.value].trained);
  if (std::filesystem::exists(model))
    store::write_atomically(directory_.best() / "model.checkpoint", store::read_bytes(model));
}

}  // namespace stepladder::app
