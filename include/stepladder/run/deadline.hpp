// When a run must be over: by --deadline, or by the end of the Slurm job it runs in. It begins to
// stop a little ahead, so that every assignment under way can still reach its next checkpoint; how
// far ahead is learnt from how long that has taken.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/trial/outcome.hpp"

namespace stepladder::run {

// "90", "2h30m", "1d", "45s", or as Slurm writes it: "30:00", "2:30:00", "1-02:00:00". In seconds;
// none where it is none of these, or beyond a century.
[[nodiscard]] std::optional<Seconds> duration_from(const std::string& text);

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  Deadline() = default;  // none
  // `source` is whoever says so, in words.
  Deadline(Clock::time_point at, std::string source);

  [[nodiscard]] bool is_set() const noexcept { return at_.has_value(); }
  // Of one that is set: "the deadline 2026-11-28 14:30:00 (SLURM_JOB_END_TIME)".
  [[nodiscard]] std::string text() const;
  // As deadline_from() reads it.
  [[nodiscard]] std::string moment() const;

  // What an assignment took: how long reading, scoring and saving take here.
  void learn(const Effort& effort);

  // How long before the deadline the run begins to stop.
  [[nodiscard]] Seconds grace() const;
  [[nodiscard]] bool is_near(Clock::time_point now) const;

 private:
  std::optional<Clock::time_point> at_;
  std::chrono::system_clock::time_point date_;  // the same moment
  std::string source_;
  Seconds slowest_ = 0;  // from a recall to the report on it, as far as known
};

struct FoundDeadline {
  Deadline deadline;
  std::vector<std::string> warnings;  // of what was not believed
};

// As a person gives it: a duration from now, or @ and seconds since 1970, which may be past. Throws
// InputError.
[[nodiscard]] FoundDeadline deadline_from(const std::string& text);

// The end of the Slurm job this process runs in: SLURM_JOB_END_TIME, which may be older than the
// truth, or what squeue says where that is no time in the future. None outside a job, or where the
// job has no end.
[[nodiscard]] FoundDeadline deadline_of_slurm_job();

}  // namespace stepladder::run
