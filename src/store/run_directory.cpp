#include "stepladder/store/run_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "stepladder/store/processes.hpp"

namespace stepladder::store {
namespace fs = std::filesystem;
namespace {

// `value`, asked of the file system for `root`, unless that failed.
template <class Value>
Value unless_failed(const fs::path& root, const std::error_code& error, Value value) {
  if (error)
    throw StorageError(root, "the run directory " + root.string() + " cannot be used: " +
                                 error.message() + "; choose another with --run-dir");
  return value;
}

}  // namespace

void RunDirectory::check() const {
  std::error_code error;
  const auto exists = [&](const fs::path& path) {
    return unless_failed(root_, error, fs::exists(path, error));
  };
  fs::path nearest = fs::absolute(root_);
  while (!exists(nearest) && nearest.has_parent_path() && nearest != nearest.parent_path())
    nearest = nearest.parent_path();
  if (!fs::is_directory(nearest))
    throw StorageError(root_, "the run directory " + root_.string() +
                                  " cannot be made: " + nearest.string() +
                                  " is not a folder; choose another with --run-dir");
  if (::access(nearest.c_str(), W_OK | X_OK) != 0)
    throw StorageError(root_, "the run directory " + root_.string() + " is not writable (" +
                                  nearest.string() + ": " + std::strerror(errno) +
                                  "); choose another with --run-dir");
  if (has_journal()) return;
  const bool in_use = exists(root_) && !unless_failed(root_, error, fs::is_empty(root_, error));
  if (in_use && !exists(lock()))
    throw StorageError(
        root_, "the folder " + root_.string() +
                   " holds other files and no run; choose another with --run-dir, or empty it");
}

namespace {

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw StorageError(folder, "cannot make the folder " + folder.string() + ": " +
                                   error.message() + "; choose another with --run-dir");
}

}  // namespace

void RunDirectory::create_root() const { make_folder(root_); }

void RunDirectory::create() const {
  for (const fs::path& folder : {root_, checkpoints(), best()}) make_folder(folder);
}

namespace {

constexpr const char* kUnnamed = "a process that did not give its name";

std::string own_name() { return host_name() + " process " + std::to_string(::getpid()); }

// A lock on the whole file.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

[[noreturn]] void cannot(const RunDirectory& directory, const std::string& what) {
  throw StorageError(directory.root(), "cannot " + what + " the lock of " +
                                           directory.root().string() + ": " + std::strerror(errno));
}

// Who holds `lock`, as F_GETLK has filled it in. The file may name an earlier holder until this one
// signs; a process number that the kernel can tell (of one on another host it cannot) settles that.
std::string holder_of(const struct flock& lock, const fs::path& file) {
  const std::string text = read_text(file);
  const std::string name = text.substr(0, text.find('\n'));
  const std::string process = " process " + std::to_string(lock.l_pid);
  if (lock.l_pid > 0 && !name.ends_with(process)) return host_name() + process;
  return name.empty() ? kUnnamed : name;
}

}  // namespace

RunLock::RunLock(const RunDirectory& directory)
    : directory_(directory), file_(directory.lock(), O_RDWR | O_CREAT, "lock the run with") {
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(file_.get(), F_SETLK, &lock) == 0) return;
  if (errno != EACCES && errno != EAGAIN) cannot(directory, "take");
  if (::fcntl(file_.get(), F_GETLK, &lock) != 0) cannot(directory, "read");
  throw StorageError(directory.root(),
                     "another scheduler is running in " + directory.root().string() + " (" +
                         holder_of(lock, directory.lock()) +
                         "); wait for it, stop it, or choose another with --run-dir");
}

void RunLock::sign() const {
  const std::string name = own_name() + '\n';
  if (::ftruncate(file_.get(), 0) != 0) cannot(directory_, "write");
  file_.write_all(std::as_bytes(std::span(name)));
}

std::optional<std::string> RunLock::holder(const RunDirectory& directory) {
  if (!fs::exists(directory.lock())) return std::nullopt;
  const Descriptor file(directory.lock(), O_RDONLY, "read");
  struct flock lock = whole_file(F_RDLCK);
  if (::fcntl(file.get(), F_GETLK, &lock) != 0) cannot(directory, "read");
  if (lock.l_type == F_UNLCK) return std::nullopt;
  return holder_of(lock, directory.lock());
}

}  // namespace stepladder::store
