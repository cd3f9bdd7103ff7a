#include "stepladder/wire/checkpoint.hpp"

#include <istream>
#include <ostream>
#include <streambuf>
#include <string>

#include <cereal/archives/portable_binary.hpp>
#include <zlib.h>

namespace stepladder::wire {
namespace {

constexpr std::uint32_t kMagic = 0x4C535443;  // "CTSL" on disk
constexpr std::uint32_t kCheckpointVersion = 3;
constexpr std::size_t kChecksumBytes = 4;

std::uint32_t checksum(std::uint32_t before, const char* bytes, std::streamsize count) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes), static_cast<std::size_t>(count)));
}

// Both keep the checksum of all that has passed. Neither holds bytes of its own.
class Sink : public std::streambuf {
 public:
  explicit Sink(const WriteBytes& write) : write_(write) {}
  [[nodiscard]] std::uint32_t checksum_so_far() const noexcept { return checksum_; }

 protected:
  std::streamsize xsputn(const char* data, std::streamsize count) override {
    checksum_ = checksum(checksum_, data, count);
    write_(std::as_bytes(std::span(data, static_cast<std::size_t>(count))));
    return count;
  }
  int overflow(int character) override {
    const char byte = traits_type::to_char_type(character);
    xsputn(&byte, 1);
    return character;
  }

 private:
  const WriteBytes& write_;
  std::uint32_t checksum_ = 0;
};

class Source : public std::streambuf {
 public:
  Source(std::uint64_t size, const ReadBytes& read) : read_(read), left_(size) {}
  [[nodiscard]] std::uint32_t checksum_so_far() const noexcept { return checksum_; }
  [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

 protected:
  std::streamsize xsgetn(char* data, std::streamsize count) override {
    const std::span to(data, static_cast<std::size_t>(count));
    const auto read = static_cast<std::streamsize>(read_(std::as_writable_bytes(to)));
    checksum_ = checksum(checksum_, data, read);
    left_ -= static_cast<std::uint64_t>(read);
    return read;
  }

 private:
  const ReadBytes& read_;
  std::uint64_t left_;
  std::uint32_t checksum_ = 0;
};

}  // namespace

void save(const training::State& state, const WriteBytes& write) {
  Sink sink(write);
  std::ostream stream(&sink);
  cereal::PortableBinaryOutputArchive archive(stream);
  archive(kMagic, kCheckpointVersion, state.step, state.adaptation, state.horizon,
          static_cast<std::uint64_t>(state.values.size()));
  archive(cereal::binary_data(state.values.data(), state.values.size() * sizeof(float)));
  archive(sink.checksum_so_far());
}

training::State load_state(std::uint64_t size, const ReadBytes& read) {
  Source source(size, read);
  std::istream stream(&source);
  try {
    cereal::PortableBinaryInputArchive archive(stream);
    std::uint32_t magic = 0;
    std::uint32_t version = 0;
    training::State state;
    std::uint64_t count = 0;
    archive(magic, version);
    if (magic != kMagic) throw WireError("not a checkpoint");
    if (version != kCheckpointVersion)
      throw WireError("a checkpoint of version " + std::to_string(version) +
                      ", this program reads version " + std::to_string(kCheckpointVersion));
    archive(state.step, state.adaptation, state.horizon, count);
    if (count > source.left() / sizeof(float) ||
        source.left() != count * sizeof(float) + kChecksumBytes)
      throw WireError("its length does not fit its header");
    state.values.resize(count);
    archive(cereal::binary_data(state.values.data(), count * sizeof(float)));
    const std::uint32_t computed = source.checksum_so_far();
    std::uint32_t expected = 0;
    archive(expected);
    if (expected != computed) throw WireError("its checksum does not match its content");
    return state;
  } catch (const cereal::Exception& error) {
    throw WireError(std::string("cut short: ") + error.what());
  }
}

}  // namespace stepladder::wire
