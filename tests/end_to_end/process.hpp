// Programs run as a user runs them: a command line, an environment, a time limit, and afterwards
// the exit code and what was printed. Every process started here, however deep, carries a mark in
// its environment, so that a test can say that none was left behind.
#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stepladder::end_to_end {

struct Finished {
  int exit_code = -1;  // 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

class Process {
 public:
  // Starts `command` in its own process group with `environment` ("NAME=value") added. Its output
  // goes to files in `scratch`.
  Process(const std::vector<std::string>& command, const std::vector<std::string>& environment,
          const std::filesystem::path& scratch);
  // Kills what is left of the group and of the processes that carry the mark.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Waits, at most for the time limit; a test failure where that is not enough.
  [[nodiscard]] Finished wait();
  [[nodiscard]] bool is_running();
  // Waits until `condition` holds or the process ends; false in the second case.
  [[nodiscard]] bool wait_until(const std::function<bool()>& condition);

  void send(int signal) const;                    // to the started process alone
  void send_to_rank(int rank, int signal) const;  // of an mpirun
  void send_to_rank_0(int signal) const { send_to_rank(0, signal); }
  [[nodiscard]] bool has_rank_0() const;  // whether it is there yet
  void kill_everything();                 // kill -9 to every marked process at once

  // Whether every marked process is gone, or goes within 15 seconds: Open MPI's own helpers end a
  // moment after the program, mpirun two seconds after a launcher that was killed. A rank that
  // waits for others would stay for a minute.
  [[nodiscard]] bool leaves_nobody() const;

 private:
  [[nodiscard]] std::vector<pid_t> left() const;  // marked and no zombie

  std::string mark_;
  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool is_reaped_ = false;
};

}  // namespace stepladder::end_to_end
