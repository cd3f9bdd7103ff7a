// Why a trial went where it went, in plain words with the numbers: read off a run's entries, not
// off a second scheduler.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/schedule/ledger.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::report {

// Follows one trial through a replay. Feed it each entry after the scheduler has handled it.
class Explanation {
 public:
  explicit Explanation(TrialId trial) : trial_(trial) {}

  void add(const wire::Entry& entry, const schedule::Hyperband& scheduler);

  // One paragraph a stage of its life; says so where the trial was never started.
  [[nodiscard]] std::string text(const schedule::Hyperband& scheduler) const;

 private:
  struct Stay {  // in one rung
    std::size_t rung = 0;
    std::size_t place = 0;    // from 1, among the entries when it came
    std::size_t entries = 0;  // then, itself counted
    bool has_left = false;
  };
  void on_end(const schedule::Stretch& stretch, const schedule::Event& event,
              const schedule::Hyperband& scheduler);
  void on_choose(const schedule::Choose& choose, Seconds at);
  void on_assign(const schedule::Assign& assign, Seconds at, const schedule::Hyperband& scheduler);
  void say_why(schedule::Cause cause, Seconds at, const schedule::Hyperband& scheduler);
  [[nodiscard]] std::string replicate_text(const schedule::Hyperband& scheduler) const;
  void say(Seconds at, const std::string& what);

  TrialId trial_;
  std::vector<std::string> lines_;
  schedule::Ledger ledger_;
  std::optional<Stay> stay_;
  bool is_finalist_ = false;
};

}  // namespace stepladder::report
