// When a run must be over: by --deadline, or by the end of the Slurm job it runs in. It begins to
// stop a little ahead, so that every assignment under way can still reach its next checkpoint; how
// far ahead is learnt from how long that has taken.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "stepladder/trial/outcome.hpp"

namespace stepladder::app {

// "90", "2h30m", "1d", "45s", or as Slurm writes it: "30:00", "2:30:00", "1-02:00:00". In seconds;
// none where it is none of these, or beyond a century.
[[nodiscard]] std::optional<Seconds> duration_from(const std::string& text);

// What is left of the Slurm job this process runs in; none outside a job, or where it has no end.
[[nodiscard]] std::optional<Seconds> seconds_left_in_job();

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  Deadline() = default;  // none
  explicit Deadline(Clock::time_point at) : at_(at) {}

  // What an assignment took: how long reading, scoring and saving take here.
  void learn(const Effort& effort);

  // How long before the deadline the run begins to stop.
  [[nodiscard]] Seconds grace() const;
  [[nodiscard]] bool is_near(Clock::time_point now) const;

 private:
  std::optional<Clock::time_point> at_;
  Seconds slowest_ = 0;  // from a recall to the report on it, as far as known
};

}  // namespace stepladder::app
