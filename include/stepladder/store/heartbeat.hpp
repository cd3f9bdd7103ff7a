// A run's sign of life: a file that says whose it is, and whose time of change is never older than
// about a second while its scheduler gets on. How the run ended is in a file of its own.
#pragma once

#include <chrono>
#include <optional>

#include "stepladder/store/run_directory.hpp"
#include "stepladder/wire/run_records.hpp"

namespace stepladder::store {

class Heartbeat {
 public:
  // Writes the file. Throws StorageError.
  Heartbeat(const RunDirectory& directory, const wire::Incumbent& incumbent);

  // To be called often; touches the file once a second. A file that cannot be touched is no error:
  // whoever watches will miss it.
  void beat();

 private:
  std::filesystem::path file_;
  std::chrono::steady_clock::time_point last_;
};

// Both: nothing where there is no such file, or it is not one. A file that is being watched is
// opened first, which is when NFS looks whether it has changed.
[[nodiscard]] std::optional<wire::Incumbent> incumbent_of(const RunDirectory& directory);
[[nodiscard]] std::optional<wire::Ended> end_of(const std::filesystem::path& record);

// When the heartbeat's file was last touched, in nanoseconds since 1970 by the file system's clock.
[[nodiscard]] std::optional<std::int64_t> last_beat(const RunDirectory& directory);

}  // namespace stepladder::store
