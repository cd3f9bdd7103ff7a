// A checkpoint as bytes in memory.
#pragma once

#include <algorithm>
#include <cstring>

#include "stepladder/wire/checkpoint.hpp"

namespace stepladder::wire {

inline Bytes encode(const training::State& state) {
  Bytes bytes;
  save(state, [&](std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  });
  return bytes;
}

inline training::State state_from(std::span<const std::byte> bytes) {
  return load_state(bytes.size(), [left = bytes](std::span<std::byte> to) mutable {
    const std::size_t count = std::min(to.size(), left.size());
    std::copy_n(left.begin(), count, to.begin());
    left = left.subspan(count);
    return count;
  });
}

}  // namespace stepladder::wire
