// Rank 0's side of `stepladder tune`: a run directory that is opened or resumed, the scheduler that
// is brought to where the journal ends, and everything a person is told on the way.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/record/history.hpp"
#include "stepladder/record/leaderboard.hpp"
#include "stepladder/record/timeline.hpp"
#include "stepladder/run/deadline.hpp"
#include "stepladder/run/progress.hpp"
#include "stepladder/run/workload.hpp"
#include "stepladder/store/heartbeat.hpp"
#include "stepladder/store/journal.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::report {
struct RunReport;
}

namespace stepladder::run {

// The machine failed a run that was under way, such as a full disk. What is in the journal is safe.
struct Halted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Why a run is to stop, in words that follow "stopping"; none while it is to go on.
using ReasonToStop = std::function<std::optional<std::string>()>;

class TuningRun {
 public:
  // Locks and opens the run directory, which was checked; replays its journal if it has one. Only
  // when that went well to its end is anything written. `hosts` is where each rank is; none where
  // threads train. The workload must outlive this.
  // Throws store::StorageError, InputError.
  TuningRun(Workload& workload, const store::RunDirectory& directory, ProgressOptions progress,
            std::vector<std::string> hosts = {});
  ~TuningRun();

  [[nodiscard]] bool finished() const { return scheduler_.finished(); }
  [[nodiscard]] Seconds elapsed() const { return history_.elapsed(); }
  [[nodiscard]] const store::RunDirectory& directory() const { return directory_; }

  // Runs the fleet until the run is over, there is a reason to stop, or the deadline is near.
  // Throws Halted.
  void coordinate(fleet::Fleet& fleet, const ReasonToStop& reason_to_stop, Deadline deadline);

  // Writes the leaderboards, the report, the winner's folder and the end record, tells the person;
  // returns the exit code.
  [[nodiscard]] int conclude();

 private:
  void replay(store::JournalReader& reader);
  void grow();
  void begin(const std::optional<store::JournalReader>& read, std::vector<std::string> hosts);
  void observe(std::span<const wire::Entry> entries, Deadline& deadline);
  [[nodiscard]] record::Leaderboard leaderboard() const;
  [[nodiscard]] report::RunReport report() const;
  // Why a finished run has no trial with a score; empty where one has, or it is not finished.
  [[nodiscard]] std::string why_no_score() const;
  void record_end(int exit_code, const std::string& why) const;
  [[noreturn]] void halt(const store::StorageError& error) const;

  Workload& workload_;
  const wire::Opened opened_;
  store::RunDirectory directory_;
  std::string incarnation_;
  std::optional<store::RunLock> lock_;
  std::optional<store::Heartbeat> heartbeat_;
  std::optional<store::Journal> journal_;
  schedule::Hyperband scheduler_;
  record::History history_;
  record::Timeline timeline_;
  ProgressOptions progress_;
  bool resumed_ = false;
  std::vector<wire::Entry> grown_;     // by this start; to be written before all else
  std::optional<double> finished_at_;  // where an earlier start finished it; seconds since 1970
  std::string why_stopped_;            // to follow "stopped"
  std::string storage_failure_;        // of a worker, which stopped the run; empty: none
};

}  // namespace stepladder::run
