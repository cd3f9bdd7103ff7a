#include "stepladder/store/attendance.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "stepladder/store/processes.hpp"

namespace stepladder::store {
namespace {

constexpr char kHasBeenHere = 'x';

struct flock lock_of(short type, off_t rank) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = rank;
  lock.l_len = 1;
  return lock;
}

}  // namespace

Attendance::Attendance(const std::filesystem::path& file, int rank) {
  try {
    file_.emplace(file, O_RDWR | O_CREAT, "note that a rank is there in");
    struct flock lock = lock_of(F_WRLCK, rank);
    if (::fcntl(file_->get(), F_SETLK, &lock) != 0) return;
    // Only now: one who is noted without a lock would be missed.
    if (::pwrite(file_->get(), &kHasBeenHere, 1, rank) == 1) file_->flush();
  } catch (const StorageError&) {
  }
}

std::optional<Attendance> attend(int rank) {
  const char* file = std::getenv(kAttendanceFile);
  const char* launcher = std::getenv(kLauncherHost);
  // Those on its own machine the launcher sees.
  if (file == nullptr || launcher == nullptr || launcher == host_name()) return std::nullopt;
  return std::optional<Attendance>(std::in_place, file, rank);
}

bool has_anyone_left(const std::filesystem::path& file) {
  try {
    const Descriptor noted(file, O_RDONLY, "read");
    std::string bytes(noted.size(), '\0');
    bytes.resize(noted.read_up_to(std::as_writable_bytes(std::span(bytes))));
    for (std::size_t rank = 0; rank < bytes.size(); ++rank) {
      if (bytes[rank] != kHasBeenHere) continue;
      struct flock lock = lock_of(F_RDLCK, static_cast<off_t>(rank));
      if (::fcntl(noted.get(), F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK) return true;
    }
  } catch (const StorageError&) {
  }
  return false;
}

}  // namespace stepladder::store
