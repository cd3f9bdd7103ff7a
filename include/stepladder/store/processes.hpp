// Processes by a name that is not used twice: host, number, and when they began.
#pragma once

#include "stepladder/wire/run_records.hpp"

namespace stepladder::store {

[[nodiscard]] std::string host_name();
[[nodiscard]] wire::ProcessName this_process();

// Seconds, by the clock of this machine.
[[nodiscard]] double since_1970();

enum class Life { alive, gone, unknown };
// `gone` only if it is so: a process of this host whose number is free, a zombie's, or another's by
// now.
[[nodiscard]] Life life_of(const wire::ProcessName& process);

}  // namespace stepladder::store
