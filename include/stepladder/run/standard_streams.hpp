// The standard streams of every command.
#pragma once

#include <optional>
#include <string>

namespace stepladder::run {

// The first thing that main() does. Descriptors 0 to 2 that are closed are opened on /dev/null:
// else the next file that is opened would be one of them and get what is printed. From here on
// printing never fails where it is done, by an exception of fmt::print or by SIGPIPE: a run goes on
// without its screen. What failed is asked for at the end.
void prepare_standard_streams();

// Flushes standard output. Why some of what was printed there is lost; none where all was written,
// or where its reader left and wanted no more (stepladder leaderboard RUN | head).
[[nodiscard]] std::optional<std::string> lost_output();

}  // namespace stepladder::run
