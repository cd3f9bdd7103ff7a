// What the signals that the launcher gets ask for.
#pragma once

#include "stepladder/launch/watch.hpp"

namespace stepladder::launch {

// From here on SIGUSR1, INT, TERM and HUP end nothing by themselves.
void take_signals();

// A batch system may send the same signal twice at once, to us and by way of the job's shell: only
// a second one that comes later means what it says.
class Wishes {
 public:
  Wish now();

 private:
  Seconds first_ = -1;
  int counted_ = 0;
};

}  // namespace stepladder::launch
