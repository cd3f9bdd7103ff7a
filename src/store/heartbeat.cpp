#include "stepladder/store/heartbeat.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace stepladder::store {
namespace {

using Clock = std::chrono::steady_clock;

// What `read` makes of the file's text.
template <class Record>
std::optional<Record> record_in(const std::filesystem::path& file,
                                Record (*read)(std::string_view text)) {
  try {
    return read(read_text(file));
  } catch (const StorageError&) {
  } catch (const wire::WireError&) {
  }
  return std::nullopt;
}

}  // namespace

Heartbeat::Heartbeat(const RunDirectory& directory, const wire::Incumbent& incumbent)
    : file_(directory.heartbeat()) {
  write_atomically(file_, wire::to_json(incumbent));
  last_ = Clock::now();
}

void Heartbeat::beat() {
  const auto now = Clock::now();
  if (now - last_ < std::chrono::seconds(1)) return;
  last_ = now;
  ::utimensat(AT_FDCWD, file_.c_str(), nullptr, 0);  // to the file system's own time
}

std::optional<wire::Incumbent> incumbent_of(const RunDirectory& directory) {
  return record_in<wire::Incumbent>(directory.heartbeat(), wire::incumbent_from);
}

std::optional<wire::Ended> end_of(const std::filesystem::path& record) {
  return record_in<wire::Ended>(record, wire::ended_from);
}

std::optional<std::int64_t> last_beat(const RunDirectory& directory) {
  try {
    const Descriptor file(directory.heartbeat(), O_RDONLY, "read");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return std::nullopt;
    return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

}  // namespace stepladder::store
