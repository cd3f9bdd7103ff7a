// The journal: the truth of a run, one line an event (see wire/journal_line.hpp). One writer
// appends; what append() returned for is on the disk. A last line cut off by a crash was never
// acknowledged and is dropped; any other damage is an error that names the line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>

#include "stepladder/store/files.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::store {

// Reads a journal from its first line on. Throws StorageError naming file and line where it is
// damaged.
class JournalReader {
 public:
  explicit JournalReader(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const wire::Opened& opened() const noexcept { return opened_; }
  // The next entry; none at the end, a torn last line not counted.
  [[nodiscard]] std::optional<wire::Entry> next();
  // Lines read so far, the first one included, and the bytes they take.
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  // Whether next() has said that there is no more.
  [[nodiscard]] bool at_end() const noexcept { return at_end_; }

 private:
  [[nodiscard]] std::optional<std::string> next_line();
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path path_;
  std::ifstream file_;
  wire::Opened opened_;
  std::uint64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
  bool at_end_ = false;
};

class Journal {
 public:
  // Starts a new journal; the file must not exist. Throws StorageError.
  [[nodiscard]] static Journal create(const std::filesystem::path& path,
                                      const wire::Opened& opened);
  // Goes on with one that `reader` has read to its end; cuts a torn last line off. Throws
  // StorageError; std::logic_error if `reader` has not, because what it did not read would be cut
  // off.
  [[nodiscard]] static Journal resume(const std::filesystem::path& path,
                                      const JournalReader& reader);

  // All entries in one write and one flush. Throws StorageError; then nothing of this group may be
  // acted on.
  void append(std::span<const wire::Entry> entries);

 private:
  Journal(Descriptor file, std::uint64_t lines) : file_(std::move(file)), lines_(lines) {}
  void write(const std::string& text);

  Descriptor file_;
  std::uint64_t lines_;
};

}  // namespace stepladder::store
