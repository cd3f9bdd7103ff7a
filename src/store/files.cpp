#include "stepladder/store/files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "stepladder/store/processes.hpp"

namespace stepladder::store {
namespace {

namespace fs = std::filesystem;

// A draft's name: that of the file to be, this, host, '-', process.
constexpr const char* kDraft = ".draft-";

bool is_draft(const std::string& name) {
  const std::size_t process = name.rfind('-') + 1;
  return name.find(kDraft) != std::string::npos && process < name.size() &&
         name.find_first_not_of("0123456789", process) == std::string::npos;
}

[[noreturn]] void fail(const fs::path& path, const std::string& purpose, int code) {
  std::string advice;
  if (code == EACCES || code == EROFS || code == EPERM)
    advice = "; choose a folder you may write to";
  if (code == ENOSPC || code == EDQUOT)
    advice = "; free some space and start the same command again";
  throw StorageError(
      path, "cannot " + purpose + ' ' + path.string() + ": " + std::strerror(code) + advice);
}

template <class Container>
Container read_whole(const fs::path& path) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 16U;
  const Descriptor file(path, O_RDONLY, "read");
  Container content;
  for (;;) {
    const std::size_t size = content.size();
    content.resize(size + kAtOnce);
    const std::span rest(content.data() + size, kAtOnce);
    const std::size_t count = file.read_up_to(std::as_writable_bytes(rest));
    content.resize(size + count);
    if (count < kAtOnce) return content;
  }
}

}  // namespace

Descriptor::Descriptor(const fs::path& path, int flags, const std::string& purpose) : path_(path) {
  do {
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) fail(path, purpose, errno);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Descriptor::write_all(std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::size_t Descriptor::read_up_to(std::span<std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, "read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

std::uint64_t Descriptor::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail(path_, "read", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void Descriptor::flush() const {
  // Some file systems know no fsync for folders and say EINVAL: nothing is lost that could be had.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(path_, "flush to disk", errno);
}

void write_atomically(const fs::path& path, const std::function<void(const Descriptor&)>& write) {
  fs::path folder = path.parent_path();
  if (folder.empty()) folder = ".";
  // Host and process keep two writers, such as a worker and one that came back late, out of each
  // other's draft.
  const fs::path draft = path.string() + kDraft + host_name() + '-' + std::to_string(::getpid());
  try {
    const Descriptor file(draft, O_WRONLY | O_CREAT | O_TRUNC, "write");
    write(file);
    file.flush();
    if (::rename(draft.c_str(), path.c_str()) != 0) fail(path, "replace", errno);
  } catch (const StorageError&) {
    ::unlink(draft.c_str());
    throw;
  }
  Descriptor(folder, O_RDONLY | O_DIRECTORY, "open the folder").flush();
}

void write_atomically(const fs::path& path, std::span<const std::byte> bytes) {
  write_atomically(path, [&](const Descriptor& file) { file.write_all(bytes); });
}

void write_atomically(const fs::path& path, std::string_view text) {
  write_atomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

void remove_drafts_in(const fs::path& folder) {
  try {
    std::vector<fs::path> drafts;
    for (const auto& file : fs::directory_iterator(folder))
      if (is_draft(file.path().filename().string())) drafts.push_back(file.path());
    for (const fs::path& draft : drafts) fs::remove(draft);
  } catch (const fs::filesystem_error& error) {
    throw StorageError(
        folder, "cannot remove drafts from " + folder.string() + ": " + error.code().message());
  }
}

std::vector<std::byte> read_bytes(const fs::path& path) {
  return read_whole<std::vector<std::byte>>(path);
}

std::string read_text(const fs::path& path) { return read_whole<std::string>(path); }

}  // namespace stepladder::store
