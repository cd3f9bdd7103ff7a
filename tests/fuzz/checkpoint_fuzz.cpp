// Checkpoints: as they come, and with their checksum put right, so that what is behind it is tried
// as well.
#include <algorithm>
#include <span>

#include <zlib.h>

#include "fuzz/fuzz.hpp"
#include "stepladder/wire/checkpoint.hpp"

namespace stepladder {
namespace {

void read(std::span<const std::byte> bytes) {
  const fuzz::MemoryWatch watch(bytes.size(), 4);
  try {
    const training::State state = wire::state_from(bytes);
    const wire::Bytes again = wire::encode(state);
    fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  } catch (const wire::WireError&) {
  }
}

}  // namespace
}  // namespace stepladder

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const auto* first = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> bytes(first, first + size);
  read(bytes);
  if (size < 4) return 0;
  const uLong crc = crc32(0, data, static_cast<uInt>(size - 4));
  for (std::size_t i = 0; i < 4; ++i) bytes[size - 4 + i] = static_cast<std::byte>(crc >> (8 * i));
  read(bytes);
  return 0;
}
