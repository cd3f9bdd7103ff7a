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
    std::span<const std::byte> left = bytes;
    const training::State state =
        wire::load_state(bytes.size(), [&left](std::span<std::byte> out) -> std::size_t {
          const std::size_t count = std::min(out.size(), left.size());
          std::copy_n(left.begin(), count, out.begin());
          left = left.subspan(count);
          return count;
        });
    wire::Bytes again;
    wire::save(state, [&again](std::span<const std::byte> some) {
      again.insert(again.end(), some.begin(), some.end());
    });
    // The first byte says in which order the bytes of a number are; we write 1.
    fuzz::require(bytes.front() != std::byte{1} ||
                  std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
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
