#include "stepladder/run/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::run {
namespace {

constexpr Seconds kLive = 0.5;
constexpr Seconds kLinesMin = 10;
constexpr Seconds kLinesMax = 600;
constexpr double kLinesShare = 0.05;  // of the time since the first

std::string best_so_far(const schedule::Hyperband& scheduler, const record::History& history) {
  const record::ScoredPoint* best = nullptr;
  Standing standing;
  for (const record::ScoredPoint& point : history.points()) {
    const Standing candidate = standing_of(point.score, point.trial, scheduler.plan().metrics);
    if (candidate.failed || (best != nullptr && standing < candidate)) continue;
    best = &point;
    standing = candidate;
  }
  if (best == nullptr) return "no score yet";
  return fmt::format("best {:.4f} (trial {} at {} steps)",
                     best->score[scheduler.plan().metrics.deciding], best->trial.value,
                     best->steps);
}

// Assignments to simulate at most: more would keep the scheduler from its workers for too long, and
// of so many the mean is enough.
constexpr Steps kAssignmentsMax = 5000;

// With what is known by now of how many trials there will be.
Steps expected_steps(const schedule::Hyperband& scheduler) {
  schedule::Plan plan = scheduler.plan();
  plan.trials = scheduler.trials_max();
  const Steps in_all = schedule::expected_steps(plan);
  if (plan.total_steps == 0 || plan.trials == 0) return in_all;
  plan.total_steps = 0;
  return std::min(in_all, schedule::expected_steps(plan));
}

std::string time_left(const schedule::Hyperband& scheduler, const record::History& history,
                      Seconds now) {
  if (scheduler.finished()) return "done";
  const std::optional<record::Pace> pace = history.pace();
  if (!pace || now <= 0 || scheduler.workers() == 0) return "time left unknown";
  const Steps expected = expected_steps(scheduler);
  const auto on_top = [&](const Assignment&) { return pace->per_report; };
  const Seconds left =
      expected <= kAssignmentsMax * scheduler.plan().min_steps
          ? simulation::time_left(scheduler, pace->per_step, on_top, history.under_way())
          : std::max(0.0, static_cast<double>(expected - history.steps_spent()) * now /
                              static_cast<double>(history.steps_spent()));
  const auto seconds = std::lround(left);
  return fmt::format("about {}:{:02d} left", seconds / 60, seconds % 60);
}

// Of the terminal that standard output goes to, 0 where it does not say; none where there is no
// terminal.
std::optional<int> terminal_columns() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1) return std::nullopt;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

std::string progress_line(const schedule::Hyperband& scheduler, const record::History& history,
                          Seconds now) {
  std::string trials = fmt::format("trials {}", scheduler.trials().size());
  if (scheduler.trials_max() > 0) trials += fmt::format("/{}", scheduler.trials_max());
  if (scheduler.confirmation())
    trials += fmt::format(", replicates {}/{}", scheduler.replicates().ended(),
                          scheduler.replicates().wanted());
  return fmt::format("{} | steps {} | {} | {} worker{} {:.0f} % busy | {}", trials,
                     history.steps_spent(), best_so_far(scheduler, history), scheduler.workers(),
                     scheduler.workers() == 1 ? "" : "s", 100 * history.utilisation(),
                     time_left(scheduler, history, now));
}

ProgressOptions progress_here(ProgressOptions options) {
  const std::optional<int> columns = terminal_columns();
  if (options.style == ProgressStyle::automatic)
    options.style = columns ? ProgressStyle::live : ProgressStyle::lines;
  if (options.columns == 0) options.columns = columns.value_or(0);
  return options;
}

Progress::Progress(ProgressOptions options) : options_(progress_here(options)) {}

Progress::~Progress() {
  if (width_ > 0) std::fputs("\n", stdout);
}

void Progress::show(const schedule::Hyperband& scheduler, const record::History& history,
                    Seconds now) {
  const bool over = scheduler.finished() && scheduler.workers() == 0;
  if (!first_) first_ = next_ = now;
  if (options_.style == ProgressStyle::none || (now < next_ && !over)) return;
  const bool is_live = options_.style == ProgressStyle::live;
  next_ = now + (is_live ? kLive : std::clamp(kLinesShare * (now - *first_), kLinesMin, kLinesMax));
  std::string line = progress_line(scheduler, history, now);
  if (is_live) {
    // One more would move on to the next line.
    if (options_.columns > 1 && line.size() >= static_cast<std::size_t>(options_.columns))
      line.resize(static_cast<std::size_t>(options_.columns) - 1);
    fmt::print("\r{:<{}}", line, width_);
    width_ = line.size();
  } else {
    fmt::print("{}\n", line);
  }
  std::fflush(stdout);
}

}  // namespace stepladder::run
