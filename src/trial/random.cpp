#include "stepladder/trial/random.hpp"

#include <cmath>

#include "stepladder/trial/elementary.hpp"

namespace stepladder {

double RandomStream::normal(std::uint64_t index) const noexcept {
  const double radius = std::sqrt(-2.0 * elementary::log(1.0 - uniform(2 * index)));
  return radius * elementary::cos_pi(2.0 * uniform(2 * index + 1));
}

Permutation::Permutation(const RandomStream& random, std::uint64_t size) noexcept : size_(size) {
  while (half_bits_ < 32 && (std::uint64_t{1} << (2 * half_bits_)) < size) ++half_bits_;
  for (std::size_t round = 0; round < keys_.size(); ++round) keys_[round] = random.bits(round);
}

std::uint64_t Permutation::operator()(std::uint64_t position) const noexcept {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t point = position;
  do {
    std::uint64_t left = point >> half_bits_;
    std::uint64_t right = point & mask;
    for (const std::uint64_t key : keys_) {
      const std::uint64_t next = left ^ (mix(right + key) & mask);
      left = right;
      right = next;
    }
    point = (left << half_bits_) | right;
  } while (point >= size_);
  return point;
}

}  // namespace stepladder
