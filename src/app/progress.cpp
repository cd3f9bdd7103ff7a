#include "stepladder/app/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

namespace stepladder::app {
namespace {

std::string best_so_far(const schedule::Hyperband& scheduler, const report::History& history) {
  const report::ScoredPoint* best = nullptr;
  Standing standing;
  for (const report::ScoredPoint& point : history.points()) {
    const Standing candidate = standing_of(point.score, point.trial, scheduler.plan().metric);
    if (candidate.failed || (best != nullptr && standing < candidate)) continue;
    best = &point;
    standing = candidate;
  }
  if (best == nullptr) return "no score yet";
  return fmt::format("best {:.4f} (trial {} at {} steps)", best->score.accuracy, best->trial.value,
                     best->steps);
}

// By the plan's forecast and the speed so far.
std::string time_left(const schedule::Hyperband& scheduler, const report::History& history,
                      Seconds now) {
  if (scheduler.finished()) return "done";
  if (history.steps_spent() == 0 || now <= 0) return "time left unknown";
  schedule::Plan plan = scheduler.plan();
  plan.trials = scheduler.trials_max();
  const auto left = static_cast<double>(schedule::expected_steps(plan) - history.steps_spent());
  const auto seconds =
      static_cast<long>(std::max(0.0, left * now / static_cast<double>(history.steps_spent())));
  return fmt::format("about {}:{:02d} left", seconds / 60, seconds % 60);
}

}  // namespace

std::string progress_line(const schedule::Hyperband& scheduler, const report::History& history,
                          Seconds now) {
  std::string trials = fmt::format("trials {}/{}", scheduler.searched(), scheduler.trials_max());
  if (scheduler.confirmation())
    trials += fmt::format(", replicates {}/{}", scheduler.trials().size() - scheduler.searched(),
                          scheduler.confirmation()->replicates());
  return fmt::format("{} | steps {} | {} | {} workers {:.0f} % busy | {}", trials,
                     history.steps_spent(), best_so_far(scheduler, history), scheduler.workers(),
                     100 * history.utilisation(), time_left(scheduler, history, now));
}

Progress::Progress(ProgressStyle style) : style_(style) {
  if (style_ == ProgressStyle::automatic)
    style_ = ::isatty(STDOUT_FILENO) == 1 ? ProgressStyle::live : ProgressStyle::lines;
}

Progress::~Progress() {
  if (width_ > 0) std::fputs("\n", stdout);
}

void Progress::show(const schedule::Hyperband& scheduler, const report::History& history,
                    Seconds now) {
  const Seconds interval = style_ == ProgressStyle::live ? 0.5 : 10;
  const bool over = scheduler.finished() && scheduler.workers() == 0;
  if (style_ == ProgressStyle::none || (now - last_ < interval && !over)) return;
  last_ = now;
  const std::string line = progress_line(scheduler, history, now);
  if (style_ == ProgressStyle::live) {
    fmt::print("\r{:<{}}", line, width_);
    width_ = line.size();
  } else {
    fmt::print("{}\n", line);
  }
  std::fflush(stdout);
}

}  // namespace stepladder::app
