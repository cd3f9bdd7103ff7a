#include <bit>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "wire/checkpoint_bytes.hpp"

namespace stepladder::wire {
namespace {

training::State some_state() {
  training::State state{.step = 123'456'789'012, .adaptation = 0.1 + 0.2, .values = {}};
  for (int i = 0; i < 50; ++i) state.values.push_back(static_cast<float>(i) / 7);
  state.values.push_back(std::numeric_limits<float>::denorm_min());
  state.values.push_back(std::numeric_limits<float>::infinity());
  state.values.push_back(-0.0F);
  return state;
}

TEST(Checkpoint, ReadsBackBitForBit) {
  for (const training::State& state : {some_state(), training::State{}}) {
    const training::State back = state_from(encode(state));
    EXPECT_EQ(back.step, state.step);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.adaptation),
              std::bit_cast<std::uint64_t>(state.adaptation));
    ASSERT_EQ(back.values.size(), state.values.size());
    for (std::size_t i = 0; i < state.values.size(); ++i)
      EXPECT_EQ(std::bit_cast<std::uint32_t>(back.values[i]),
                std::bit_cast<std::uint32_t>(state.values[i]));
  }
}

TEST(Checkpoint, KeepsANaNsBits) {
  const training::State state{.values = {std::bit_cast<float>(0x7FC12345U)}};
  EXPECT_EQ(std::bit_cast<std::uint32_t>(state_from(encode(state)).values.at(0)), 0x7FC12345U);
}

TEST(Checkpoint, IsSmallPlusFourBytesAValue) {
  EXPECT_LE(encode(some_state()).size(), some_state().values.size() * 4 + 48);
}

TEST(Checkpoint, PassesTheNumbersOnWithoutACopyOfThem) {
  const training::State state{.values = std::vector<float>(1000, 0.5F)};
  bool passed = false;
  save(state, [&](std::span<const std::byte> bytes) {
    passed |= bytes.data() == std::as_bytes(std::span(state.values)).data();
  });
  EXPECT_EQ(passed, std::endian::native == std::endian::little);
}

TEST(Checkpoint, CutAnywhereIsRefused) {
  const Bytes bytes = encode(some_state());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_THROW(static_cast<void>(state_from(std::span(bytes).first(size))), WireError);
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  ASSERT_THROW(static_cast<void>(state_from(longer)), WireError);
}

TEST(Checkpoint, WithAnyFlippedBitIsRefused) {
  const Bytes bytes = encode(some_state());
  for (std::size_t byte = 0; byte < bytes.size(); ++byte)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = bytes;
      damaged[byte] ^= static_cast<std::byte>(1 << bit);
      ASSERT_THROW(static_cast<void>(state_from(damaged)), WireError)
          << "byte " << byte << ", bit " << bit;
    }
}

}  // namespace
}  // namespace stepladder::wire
