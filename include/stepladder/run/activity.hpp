// Tells a person what takes so long: a line on standard error once it has taken two seconds, and
// again ever less often, at most a minute apart. Nothing of what is quick, and nothing on other
// ranks than 0.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace stepladder::run {

class Activity {
 public:
  // Of so long as this lives. `what` is called by a thread of its own.
  explicit Activity(std::function<std::string()> what);
  explicit Activity(const std::string& what);

 private:
  std::jthread teller_;  // ends with this
};

// What a line on standard error begins with, so that a live line on the terminal gives way to it.
[[nodiscard]] const char* line_start();

}  // namespace stepladder::run
