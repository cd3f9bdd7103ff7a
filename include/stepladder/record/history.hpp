// What a run's entries add up to beside the scheduler's state: time, work done, and every score
// with the level it was reached at. Fed the same entries as the scheduler, live or from a journal.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "stepladder/schedule/ledger.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::record {

struct ScoredPoint {  // a trial's score on `prune` at a rung
  TrialId trial;
  Steps steps = 0;
  Score score;
};
struct DivergedPoint {  // a trial that diverged on its way to a rung
  TrialId trial;
  Steps steps = 0;  // the rung's
  Steps at = 0;
};

// Where a worker's time went. The parts add up to the time it was there.
struct Account {
  Seconds training = 0;
  Seconds evaluating = 0;
  Seconds checkpointing = 0;
  Seconds waiting = 0;    // for an assignment, or for a message on its way
  Seconds lost = 0;       // on assignments that ended with the worker, or with the scheduler
  Seconds under_way = 0;  // on an assignment not reported on yet
  [[nodiscard]] Seconds total() const noexcept {
    return training + evaluating + checkpointing + waiting + lost + under_way;
  }
  Account& operator+=(const Account& other) noexcept;
};

struct Pace {              // means
  Seconds per_step = 0;    // of training
  Seconds per_report = 0;  // of what comes on top: scoring, saving
};

class History {
 public:
  void add(const wire::Entry& entry);

  [[nodiscard]] Seconds elapsed() const noexcept { return ledger_.now(); }
  [[nodiscard]] Steps steps_spent() const noexcept { return steps_spent_; }
  [[nodiscard]] const std::vector<ScoredPoint>& points() const noexcept {
    return points_;
  }  // in order of arrival
  [[nodiscard]] Steps steps_recomputed() const noexcept { return steps_recomputed_; }
  // Of every worker that was ever there. By worker id: a run that is resumed goes on counting.
  [[nodiscard]] std::map<WorkerId, Account> accounts() const;
  [[nodiscard]] const std::vector<DivergedPoint>& divergences() const noexcept {
    return divergences_;
  }
  // Whether the range was asked about and kept (after which nobody asks again).
  [[nodiscard]] bool is_range_kept() const noexcept { return is_range_kept_; }
  // A replicate's score on `final` by random groups of the rows, as its last report has it; empty
  // where it has none.
  [[nodiscard]] const std::vector<Score>& by_group(TrialId replicate) const;
  // Up to which step a trial was ever meant to be trained; 0 where it was never assigned.
  [[nodiscard]] Steps aim(TrialId trial) const;
  // For how long the trials under way have been worked on.
  [[nodiscard]] std::map<TrialId, Seconds> under_way() const;
  // None before anything was trained.
  [[nodiscard]] std::optional<Pace> pace() const;
  // The share of the workers' time that was spent on assignments, in [0, 1]; 0 before any time has
  // passed.
  [[nodiscard]] double utilisation() const;

 private:
  void on(const schedule::Stretch& stretch);
  void on_report(const schedule::Stretch& stretch);

  schedule::Ledger ledger_;
  Seconds present_ = 0;  // worker-seconds of the stretches that have ended
  Seconds busy_ = 0;     // likewise
  Steps steps_spent_ = 0;
  Steps steps_recomputed_ = 0;
  std::uint64_t reports_ = 0;
  std::map<WorkerId, Account> accounts_;  // of the stretches that have ended
  std::vector<ScoredPoint> points_;
  std::vector<DivergedPoint> divergences_;
  std::map<TrialId, Steps> aims_;
  std::map<TrialId, std::vector<Score>> by_group_;
  bool is_range_kept_ = false;
};

}  // namespace stepladder::record
