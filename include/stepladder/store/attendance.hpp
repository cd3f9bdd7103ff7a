// Which ranks on other machines are still there while a run begins. No library tells of one that
// dies in MPI's start-up, and the others wait for it for ever. So each holds the lock on a byte of
// a file that all nodes see, from before MPI's start to its end: a POSIX record lock, which the
// kernel, or the NFS server, breaks when the rank or its machine is gone.
#pragma once

#include <filesystem>
#include <optional>

#include "stepladder/store/files.hpp"

namespace stepladder::store {

// What the launcher tells the ranks in their environment: the file, and its own host.
inline constexpr const char* kAttendanceFile = "STEPLADDER_ATTENDANCE";
inline constexpr const char* kLauncherHost = "STEPLADDER_LAUNCHER_HOST";

class Attendance {
 public:
  // Of a rank. Never fails: where there can be no such file or lock, nobody will be missed.
  Attendance(const std::filesystem::path& file, int rank);

 private:
  std::optional<Descriptor> file_;
};

// For a rank, before it starts MPI: lets its launcher know while it lives, if that has no other way
// to see it. To be kept for good.
[[nodiscard]] std::optional<Attendance> attend(int rank);

// Whether a rank that has been there is there no more. To be asked by other processes than ranks.
[[nodiscard]] bool has_anyone_left(const std::filesystem::path& file);

}  // namespace stepladder::store
