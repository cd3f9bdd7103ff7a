// A checkpoint's bytes: magic, version, step, the adaptation of the rate, the state's numbers as
// little-endian floats, and a CRC-32 over all of it. The same on every machine.
#pragma once

#include <span>

#include "stepladder/training/engine.hpp"
#include "stepladder/wire/messages.hpp"

namespace stepladder::wire {

[[nodiscard]] Bytes encode(const training::State& state);

// Throws WireError: not a checkpoint, another version, damaged, cut short. Never allocates more
// than the bytes given.
[[nodiscard]] training::State state_from(std::span<const std::byte> bytes);

}  // namespace stepladder::wire
