// A checkpoint's bytes: magic, version, step, the adaptation of the rate, the horizon, the state's
// numbers as little-endian floats, and a CRC-32 over all of it. The same on every machine. They go
// straight from the state to where they are kept and back, so that nobody holds the numbers twice.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "stepladder/training/engine.hpp"
#include "stepladder/wire/messages.hpp"

namespace stepladder::wire {

// Takes the bytes that follow those before.
using WriteBytes = std::function<void(std::span<const std::byte>)>;
// Fills the span with the bytes that follow those before; returns how many there were, fewer only
// at the end.
using ReadBytes = std::function<std::size_t(std::span<std::byte>)>;

void save(const training::State& state, const WriteBytes& write);

// `size`: how many bytes there are. Throws WireError: not a checkpoint, another version, damaged,
// cut short. Never allocates more than `size`.
[[nodiscard]] training::State load_state(std::uint64_t size, const ReadBytes& read);

}  // namespace stepladder::wire
