// How a run stands: running, finished, or to be resumed; and what its death would cost, by its
// journal and its checkpoints.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/store/checkpoints.hpp"
#include "stepladder/wire/journal_line.hpp"
#include "stepladder/wire/run_records.hpp"

namespace stepladder::report {

struct RunStatus {
  std::string run;                        // its folder
  std::optional<std::string> holder;      // who holds its lock, in words
  std::optional<wire::Incumbent> latest;  // the latest start; its records may be missing
  std::optional<wire::Ended> end;
  std::optional<std::string> stopping;  // why it is or was stopping, to follow that word
  std::optional<double> last_beat;      // seconds since 1970
  double now = 0;                       // likewise
  bool is_finished = false;             // says the journal
  std::uint64_t results = 0;            // reports in the journal
  Steps steps_to_repeat_max = 0;  // that would be trained again if it died now, or that will be
  // One of running, finished, resumable.
  [[nodiscard]] std::string state() const;
};

// The assignments under way when the journal ends.
class UnderWay {
 public:
  void add(const wire::Entry& entry);

  [[nodiscard]] std::uint64_t results() const noexcept { return results_; }
  // Why a stop was asked for; none where it was not, or not since the last start.
  [[nodiscard]] const std::optional<std::string>& stopping() const noexcept { return stopping_; }
  // From each one's latest checkpoint to its end: more than that nobody can have trained in vain.
  [[nodiscard]] Steps steps_at_risk(const std::vector<store::Checkpoints::Saved>& saved) const;

 private:
  std::map<WorkerId, Assignment> assignments_;
  std::uint64_t results_ = 0;
  std::optional<std::string> stopping_;
};

[[nodiscard]] std::string to_text(const RunStatus& status);
[[nodiscard]] std::string to_json(const RunStatus& status);

}  // namespace stepladder::report
