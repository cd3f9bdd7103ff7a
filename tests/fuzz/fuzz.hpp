// What the fuzzing targets share: inputs that consist of several files, files that live in memory,
// and a watch over memory, because a reader must not take more than its input warrants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace stepladder::fuzz {

// While it lives, memory may grow by `a_byte` for each of `bytes`, and a fixed allowance for
// buffers; more is a finding.
class MemoryWatch {
 public:
  MemoryWatch(std::size_t bytes, std::size_t a_byte);
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
};

inline void require(bool claim) {
  if (!claim) std::abort();
}

// `count` parts, all but the last with two bytes before them that say how long they are.
inline std::vector<std::string> parts_of(std::string_view input, std::size_t count) {
  std::vector<std::string> parts;
  while (parts.size() + 1 < count) {
    if (input.size() < 2) {
      input = {};
      parts.emplace_back();
      continue;
    }
    const std::size_t announced = static_cast<std::size_t>(static_cast<unsigned char>(input[0])) |
                                  static_cast<std::size_t>(static_cast<unsigned char>(input[1]))
                                      << 8U;
    input.remove_prefix(2);
    parts.emplace_back(input.substr(0, announced));
    input.remove_prefix(parts.back().size());
  }
  parts.emplace_back(input);
  return parts;
}

// The other way round.
inline std::string joined(const std::vector<std::string>& parts) {
  std::string input;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 < parts.size()) {
      input += static_cast<char>(parts[i].size() & 0xffU);
      input += static_cast<char>(parts[i].size() >> 8U);
    }
    input += parts[i];
  }
  return input;
}

// A file that nobody else sees.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", 0)) {
    require(descriptor_ >= 0);
    require(::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] std::filesystem::path path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

// What a data file may unpack to: deflate makes at most 1032 bytes of one.
inline std::size_t unpacked_size(const std::vector<std::string>& files) {
  std::size_t size = 0;
  for (const std::string& file : files)
    size += file.size() * (file.starts_with("\x1f\x8b") ? 1032 : 1);
  return size;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace stepladder::fuzz
