#include "stepladder/run/run_log.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <fmt/core.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "stepladder/run/activity.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::run {
namespace {

std::string words_for(const schedule::Reported& report, const Metrics& metrics) {
  const Outcome& outcome = report.outcome;
  if (const auto* score = std::get_if<Score>(&outcome)) {
    std::string text;
    for (std::size_t i = 0; i < metrics.size(); ++i)
      text += fmt::format("{}{} {:.4f}", i == 0 ? "" : ", ", metrics.all[i].name, (*score)[i]);
    return text;
  }
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    return fmt::format("diverged at step {}", diverged->at);
  if (const auto* interrupted = std::get_if<Interrupted>(&outcome))
    return fmt::format("given back at step {}", interrupted->at);
  if (const auto* failed = std::get_if<StorageFailed>(&outcome))
    return "storage failed: " + failed->reason;
  return "crashed: " + std::get<Crashed>(outcome).reason;
}

std::string named(TrialId trial) {
  return is_replicate(trial) ? fmt::format("replicate {}", trial.value - kFirstReplicate)
                             : fmt::format("trial {}", trial.value);
}

const char* name_of(Part part) {
  return part == Part::prune ? "prune" : part == Part::final ? "final" : "test";
}

// Formatted by fmt::format, here and wherever something is logged: spdlog's own would compile all
// of fmt into each file.
struct LogEvent {
  const Metrics& metrics;
  void operator()(const schedule::WorkerJoined& e) const {
    spdlog::info(fmt::format("worker {} joined", e.worker.value));
  }
  void operator()(const schedule::Reported& e) const {
    spdlog::info(fmt::format("assignment {}: {}", e.lease.value, words_for(e, metrics)));
    if (e.effort.recomputed > 0)
      spdlog::info(fmt::format(
          "assignment {}: a checkpoint was missing or damaged; {} steps were trained again",
          e.lease.value, e.effort.recomputed));
  }
  void operator()(const schedule::WorkerLost& e) const {
    spdlog::info(
        fmt::format("worker {} lost, last heard of at step {}", e.worker.value, e.heard_at));
  }
  void operator()(const schedule::StopRequested& e) const {
    spdlog::warn(fmt::format("stopping {}", e.why));
  }
  void operator()(const schedule::Restarted&) const { spdlog::info("resumed"); }
  void operator()(const schedule::RangeExtended& e) const {
    spdlog::info(fmt::format("the range of {} is extended to [{}, {}], for {} more trials",
                             e.extension.name, e.extension.min, e.extension.max,
                             e.extension.trials));
  }
  void operator()(const schedule::Grown& e) const {
    spdlog::info(fmt::format(
        "the run goes on with trials {}, total_steps {}, finalists {}, confirmation_seeds {}, "
        "max_steps {}",
        e.growth.trials, e.growth.total_steps, e.growth.finalists, e.growth.confirmation_seeds,
        e.growth.max_steps));
  }
  void operator()(const schedule::RoundJudged& e) const {
    std::string text;
    for (const TrialId trial : e.dropped)
      text += fmt::format("{}trial {}", text.empty() ? "" : ", ", trial.value);
    spdlog::info(fmt::format("after {} seeds: {}", e.rounds,
                             text.empty() ? "no finalist is behind for sure"
                                          : text + " is behind for sure and gets no more"));
  }
  void operator()(const schedule::RangeKept&) const {
    spdlog::info("the range is not extended any further");
  }
};

struct LogCommand {
  void operator()(const schedule::Assign& c) const {
    const Assignment& a = c.assignment;
    spdlog::info(fmt::format(
        "assignment {}: {} ({}) steps {} to {}, scored on the {} rows, by worker {} [{}]",
        a.lease.value, named(a.trial), schedule::name_of(c.cause), a.from, a.to, name_of(a.part),
        c.worker.value, text(a.configuration)));
  }
  void operator()(const schedule::Recall& c) const {
    spdlog::info(fmt::format("worker {} is to give back", c.worker.value));
  }
  void operator()(const schedule::Retire& c) const {
    spdlog::info(fmt::format("worker {} retired", c.worker.value));
  }
  void operator()(const schedule::Choose& c) const {
    spdlog::info(
        fmt::format("trial {} is chosen, with the weights of {}", c.trial.value, named(c.model)));
  }
  void operator()(const schedule::GiveUp& c) const {
    spdlog::warn(fmt::format("{} is given up: {}", named(c.trial), c.reason));
  }
};

std::shared_ptr<spdlog::sinks::basic_file_sink_st> opened(const std::filesystem::path& path) {
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_st>(path.string());
  } catch (const spdlog::spdlog_ex& error) {
    throw store::StorageError(path, "cannot write the run's log: " + std::string(error.what()) +
                                        "; choose another with --run-dir");
  }
}

}  // namespace

void begin_log(const std::filesystem::path& path) {
  auto file = opened(path);
  auto terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
  terminal->set_level(spdlog::level::warn);
  terminal->set_pattern(std::string(line_start()) + "stepladder: %v");
  file->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
  auto logger = std::make_shared<spdlog::logger>("run", spdlog::sinks_init_list{file, terminal});
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void end_log() { spdlog::set_default_logger(spdlog::stderr_logger_st("stepladder")); }

void log_decisions(std::span<const wire::Entry> entries, const Metrics& metrics) {
  for (const wire::Entry& entry : entries) {
    std::visit(LogEvent{metrics}, entry.event.what);
    for (const schedule::Command& command : entry.commands) std::visit(LogCommand{}, command);
  }
}

}  // namespace stepladder::run
