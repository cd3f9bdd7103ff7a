// What the signals that the launcher gets ask for.
#pragma once

#include <vector>

#include "stepladder/launch/watch.hpp"

namespace stepladder::launch {

struct StopSignal {
  int number;
  const char* name;
};

// Those that ask a run to save what it has and stop: SIGUSR1, INT, TERM, and HUP unless that is
// being ignored, as under nohup. To be asked before anything else is done with signals.
[[nodiscard]] std::vector<StopSignal> stop_signals();

// From here on these end nothing by themselves.
void take_signals();

// A batch system may send the same signal twice at once, to us and by way of the job's shell: only
// a second one that comes later means what it says.
class StopRequests {
 public:
  Request now();

 private:
  Seconds first_ = -1;
  int counted_ = 0;
};

}  // namespace stepladder::launch
