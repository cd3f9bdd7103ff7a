// Reading and writing whole files so that a reader, or a crash, never meets half of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stepladder::store {

// The machine or the user's files failed us: what the text says, about this path.
struct StorageError : std::runtime_error {
  StorageError(std::filesystem::path file, const std::string& message)
      : std::runtime_error(message), path(std::move(file)) {}
  std::filesystem::path path;
};

// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  // As open(2); throws StorageError. `purpose` completes "cannot <purpose> PATH".
  Descriptor(const std::filesystem::path& path, int flags, const std::string& purpose);
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  void write_all(std::span<const std::byte> bytes) const;  // throws StorageError
  // How many bytes were read: fewer than asked for only at the end. Throws StorageError.
  [[nodiscard]] std::size_t read_up_to(std::span<std::byte> bytes) const;
  [[nodiscard]] std::uint64_t size() const;  // of the file, in bytes; throws StorageError
  void flush() const;                        // to the disk; throws StorageError

 private:
  int descriptor_ = -1;
  std::filesystem::path path_;
};

// Writes beside `path`, flushes to the disk, renames over it, flushes the folder. What `write`
// calls write_all() with becomes the content. Throws StorageError.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const Descriptor&)>& write);
void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_atomically(const std::filesystem::path& path, std::string_view text);

// Removes what writers that were killed have left beside the files of a folder. For when none is
// alive. Throws StorageError.
void remove_drafts_in(const std::filesystem::path& folder);

// Throws StorageError.
[[nodiscard]] std::vector<std::byte> read_bytes(const std::filesystem::path& path);
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace stepladder::store
