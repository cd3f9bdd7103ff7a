// Messages between the ranks: what can be decoded can be encoded, and means the same then.
#include <span>

#include "fuzz/fuzz.hpp"
#include "stepladder/wire/messages.hpp"

namespace stepladder {
namespace {

template <class Decode>
void read(std::span<const std::byte> bytes, const Decode& decode) {
  const fuzz::MemoryWatch watch(bytes.size(), 64);
  try {
    const wire::Bytes once = wire::encode(decode(bytes));
    fuzz::require(wire::encode(decode(once)) == once);
  } catch (const wire::WireError&) {
  }
}

}  // namespace
}  // namespace stepladder

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  read(bytes, [](std::span<const std::byte> some) { return wire::to_scheduler_from(some); });
  read(bytes, [](std::span<const std::byte> some) { return wire::to_worker_from(some); });
  return 0;
}
