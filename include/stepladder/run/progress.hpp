// The line a person watches while a run goes on: trials, steps, the best so far, how busy the
// workers are, the time left.
#pragma once

#include <optional>
#include <string>

#include "stepladder/record/history.hpp"
#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::run {

enum class ProgressStyle {
  automatic,  // live on a terminal, else lines
  live,       // one line, rewritten in place
  lines,      // new lines: every ten seconds at first, then as a twentieth more time has passed
  none,
};

struct ProgressOptions {
  ProgressStyle style = ProgressStyle::automatic;
  int columns = 0;  // that a live line may have; 0: as many as the terminal
};

// With what was left open decided by where standard output goes. Under mpirun that is a terminal of
// its own making, whatever the person has: there the launcher decides.
[[nodiscard]] ProgressOptions progress_here(ProgressOptions options);

[[nodiscard]] std::string progress_line(const schedule::Hyperband& scheduler,
                                        const record::History& history, Seconds now);

class Progress {
 public:
  explicit Progress(ProgressOptions options);
  // Ends the live line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows the line if it is time for one.
  void show(const schedule::Hyperband& scheduler, const record::History& history, Seconds now);

 private:
  ProgressOptions options_;
  std::optional<Seconds> first_;
  Seconds next_ = 0;
  std::size_t width_ = 0;  // of the live line
};

}  // namespace stepladder::run
