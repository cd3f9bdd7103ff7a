// The only source of randomness. Every random number is a pure function of (seed, purpose, two
// coordinates, index): nothing is advanced and nothing is stored, so a restarted or migrated trial
// draws exactly what it would have drawn. Based on SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014) read at a random position: bits(i) is the
// generator's output function at state key + (i + 1) * gamma.
#pragma once

#include <array>
#include <cstdint>

#include "stepladder/trial/ids.hpp"

namespace stepladder {

// What a number is drawn for. Numbers of different purposes are independent; the values are part of
// the file formats (a journal replays only while they stay), so append, never renumber.
enum class Purpose : std::uint32_t {
  configuration = 1,
  initial_weights = 2,
  batch_order = 3,
  dropout = 4,
  split = 5,
  simulation = 6,
  scramble = 7,
  analysis = 8,
  audit = 9,
};

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

class RandomStream {
 public:
  constexpr RandomStream(Seed seed, Purpose purpose, std::uint64_t first = 0,
                         std::uint64_t second = 0) noexcept
      : key_(mix(mix(mix(mix(seed.value + kGamma) ^ static_cast<std::uint64_t>(purpose)) + first +
                     kGamma) ^
                 (second * kGamma))) {}

  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t index) const noexcept {
    return mix(key_ + (index + 1) * kGamma);
  }
  // In [0, 1), a multiple of 2^-53.
  [[nodiscard]] constexpr double uniform(std::uint64_t index) const noexcept {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }
  // An integer in [0, bound), bound >= 1, by the high half of a 64x64-bit product (bias below bound
  // / 2^64).
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t index,
                                              std::uint64_t bound) const noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(bits(index)) * bound) >> 64);
  }
  // Standard normal, by Box and Muller from bits(2 * index) and bits(2 * index + 1).
  [[nodiscard]] double normal(std::uint64_t index) const noexcept;

 private:
  static constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15ULL;
  std::uint64_t key_;
};

// A random permutation of 0 .. size-1 evaluated point by point, without a table: a six-round
// Feistel network over the next even power of two, walked until it lands inside (Black and Rogaway:
// Ciphers with arbitrary finite domains, CT-RSA 2002, section 3 and 4). Needs size >= 1. The
// network has at least 256 points: on 16 or fewer, six rounds favour some orders by several
// percent.
class Permutation {
 public:
  Permutation(const RandomStream& random, std::uint64_t size) noexcept;
  [[nodiscard]] std::uint64_t operator()(std::uint64_t position) const noexcept;  // position < size
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  std::array<std::uint64_t, 6> keys_{};
  std::uint64_t size_;
  unsigned half_bits_ = 4;
};

}  // namespace stepladder
