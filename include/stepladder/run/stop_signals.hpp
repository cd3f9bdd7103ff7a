// The signals that ask a run to save what it has and stop: USR1, INT, TERM, and HUP unless that was
// ignored when the program started, as under nohup.
#pragma once

#include <optional>
#include <string>

namespace stepladder::run {

// From here on they stop nothing by themselves, but a second Ctrl-C, a second or more after the
// first signal, ends the program at once.
void take_stop_signals();

// Of a rank other than 0: mpirun may pass a signal to every rank, and rank 0 alone decides.
void ignore_stop_signals();

// The first that came, in words that follow "stopping": "on SIGTERM".
[[nodiscard]] std::optional<std::string> stop_signal();

}  // namespace stepladder::run
