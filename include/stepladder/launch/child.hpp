// A program that this one starts, and everything that it starts in turn. What is orphaned on this
// machine becomes our own child, so that at the end all of it can be ended without looking for
// anything by its name.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stepladder::launch {

class Child {
 public:
  // Starts the command in a process group of its own, where a terminal's Ctrl-C does not reach it,
  // with nothing to read and `environment` ("NAME=value") added. It is told to end when this
  // process dies. Throws std::runtime_error where it cannot be started.
  Child(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  // Kills what is left.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t number() const noexcept { return number_; }
  // Its exit code, 128 + signal where one ended it; none while it runs.
  [[nodiscard]] std::optional<int> exit_code();
  void send(int signal);  // to the program alone
  void kill_group();

  // After its end: kills every process that it left behind on this machine. False where some of
  // them could not be ended within the limit.
  bool end_descendants(std::chrono::milliseconds limit = std::chrono::seconds(5));

  // What the variable is in the environment of each process that it has started itself and that
  // has it.
  [[nodiscard]] std::vector<std::string> in_children(const std::string& variable) const;

 private:
  pid_t number_ = -1;
  std::optional<int> exit_code_;
};

// What a command prints, errors included. Throws std::runtime_error where it cannot be started, or
// has not ended by the limit: it is killed then.
[[nodiscard]] std::string output_of(const std::vector<std::string>& command,
                                    std::chrono::milliseconds limit);

}  // namespace stepladder::launch
