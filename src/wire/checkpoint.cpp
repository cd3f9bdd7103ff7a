#include "stepladder/wire/checkpoint.hpp"

#include <cstdint>

#include <zlib.h>

#include "archive.hpp"

namespace stepladder::wire {
namespace {

constexpr std::uint32_t kMagic = 0x4C535443;  // "CTSL" on disk
constexpr std::uint32_t kCheckpointVersion = 2;
constexpr std::size_t kChecksumBytes = 4;

std::uint32_t checksum(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

Bytes encode(const training::State& state) {
  ByteSink sink;
  sink.bytes.reserve(state.values.size() * sizeof(float) + 64);
  std::ostream stream(&sink);
  Writer writer(stream);
  writer(kMagic, kCheckpointVersion, state.step, state.adaptation,
         static_cast<std::uint64_t>(state.values.size()));
  writer(cereal::binary_data(state.values.data(), state.values.size() * sizeof(float)));
  writer(checksum(sink.bytes));
  return std::move(sink.bytes);
}

training::State state_from(std::span<const std::byte> bytes) {
  ByteSource source(bytes);
  std::istream stream(&source);
  try {
    Reader reader(stream, source);
    std::uint32_t magic = 0;
    std::uint32_t version = 0;
    training::State state;
    std::uint64_t count = 0;
    reader(magic, version);
    if (magic != kMagic) throw WireError("not a checkpoint");
    if (version != kCheckpointVersion)
      throw WireError("a checkpoint of version " + std::to_string(version) +
                      ", this program reads version " + std::to_string(kCheckpointVersion));
    reader(state.step, state.adaptation, count);
    if (count > reader.left() / sizeof(float) ||
        reader.left() != count * sizeof(float) + kChecksumBytes)
      throw WireError("its length does not fit its header");
    const std::span<const std::byte> covered = bytes.first(bytes.size() - kChecksumBytes);
    state.values.resize(count);
    reader(cereal::binary_data(state.values.data(), count * sizeof(float)));
    std::uint32_t expected = 0;
    reader(expected);
    if (expected != checksum(covered)) throw WireError("its checksum does not match its content");
    return state;
  } catch (const cereal::Exception& error) {
    throw WireError(std::string("cut short: ") + error.what());
  }
}

}  // namespace stepladder::wire
