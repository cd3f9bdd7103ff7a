// One start of a run: from mpirun's beginning to the last of its processes, watched all the time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/launch/child.hpp"
#include "stepladder/launch/launcher.hpp"
#include "stepladder/launch/stop_requests.hpp"
#include "stepladder/launch/verdict.hpp"

namespace stepladder::launch {

class Start {
 public:
  // `name` is of this start alone. `job` and `requests` must outlive it.
  Start(const LaunchSettings& job, std::string name, StopRequests& requests);
  // Removes what was left beside the run directory.
  ~Start();
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  // On these hosts, or, without any, on those of the job's order. Throws std::runtime_error where
  // mpirun cannot be started.
  [[nodiscard]] Ending run(const std::vector<Host>& hosts, const Voice& voice);

  // The command that was run, for a person.
  [[nodiscard]] const std::string& words() const { return words_; }
  // Whose run it was; none where it did not begin.
  [[nodiscard]] const std::optional<wire::Incumbent>& incumbent() const { return incumbent_; }

 private:
  // What mpirun's children on this machine have told by their environments.
  struct Here {
    unsigned long ranks = 0;
    std::vector<std::string> jobs;      // by Open MPI's numbers
    std::vector<std::string> sessions;  // folders
  };

  [[nodiscard]] std::vector<std::string> environment() const;
  [[nodiscard]] MpirunCall order_for(const std::vector<Host>& hosts) const;
  void follow(Child& mpirun, const Voice& voice);
  [[nodiscard]] std::string waits_for(const Seen& seen) const;
  [[nodiscard]] Seen look(Child& mpirun);
  [[nodiscard]] bool is_one_missing(const Child& mpirun);
  void clear_up(const Child& mpirun) const;
  [[nodiscard]] std::optional<wire::Ended> record() const;
  [[nodiscard]] std::optional<wire::Ended> final_record(int mpirun_code) const;

  const LaunchSettings& job_;
  std::string name_;
  std::string words_;
  std::filesystem::path early_end_;
  std::filesystem::path attendance_;  // empty: there is no folder that all nodes see
  StopRequests& requests_;
  Watch watch_;
  Here here_;
  Seconds attendance_read_ = 0;
  bool has_anyone_left_ = false;
  std::optional<std::int64_t> last_beat_;
  std::optional<wire::Incumbent> incumbent_;
};

}  // namespace stepladder::launch
