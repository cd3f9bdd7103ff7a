// The folder of a run: which file is where, that it can be used, and that one scheduler at a time
// uses it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "stepladder/store/files.hpp"

namespace stepladder::store {

class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
  [[nodiscard]] std::filesystem::path experiment() const { return root_ / "experiment.toml"; }
  [[nodiscard]] std::filesystem::path journal() const { return root_ / "journal.jsonl"; }
  [[nodiscard]] std::filesystem::path leaderboard(const std::string& format) const {
    return root_ / ("leaderboard." + format);
  }
  [[nodiscard]] std::filesystem::path report(const std::string& format) const {
    return root_ / ("report." + format);
  }
  [[nodiscard]] std::filesystem::path log() const { return root_ / "stepladder.log"; }
  [[nodiscard]] std::filesystem::path checkpoints() const { return root_ / "checkpoints"; }
  [[nodiscard]] std::filesystem::path best() const { return root_ / "best"; }
  [[nodiscard]] std::filesystem::path heartbeat() const { return root_ / "heartbeat"; }
  [[nodiscard]] std::filesystem::path end() const { return root_ / "end.json"; }

  [[nodiscard]] std::filesystem::path lock() const { return root_ / "lock"; }

  [[nodiscard]] bool has_journal() const { return std::filesystem::exists(journal()); }

  // Writes nothing. Throws StorageError unless the folder is writable, or can be made, and is empty
  // or a run's.
  void check() const;

  // Makes what is missing of the folders. Throws StorageError.
  void create_root() const;
  void create() const;  // all of them

 private:
  std::filesystem::path root_;
};

// Held by the one scheduler of a run directory, released when it ends, however it ends: a POSIX
// record lock, which NFS carries between hosts, and which the kernel, or the NFS server, breaks
// when its holder is gone. The file `lock` names the holder: "HOST process PID", once it has
// signed.
class RunLock {
 public:
  // Throws StorageError, naming the holder, if another process holds it. Creates the file if it is
  // missing, and changes nothing where it is there.
  explicit RunLock(const RunDirectory& directory);

  // Writes this process's name into the file. Throws StorageError.
  void sign() const;

  // Who holds the lock of this directory now; none where nobody does. Throws StorageError. Not to
  // be asked by the process that holds it: it would lose it.
  [[nodiscard]] static std::optional<std::string> holder(const RunDirectory& directory);

 private:
  RunDirectory directory_;
  Descriptor file_;
};

}  // namespace stepladder::store
