#include "same.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "stepladder/trial/random.hpp"

namespace stepladder::search {
namespace {

// A real number without a fraction is the whole number, as far as a double holds each of them.
Value normal(const Value& value) {
  constexpr double kExact = 0x1p53;
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > kExact) return value;
  return static_cast<std::int64_t>(*real);
}

}  // namespace

bool are_equal(const Value& a, const Value& b) { return a == b || normal(a) == normal(b); }

bool are_same(const Configuration& a, const Configuration& b) {
  return std::equal(a.settings.begin(), a.settings.end(), b.settings.begin(), b.settings.end(),
                    [](const Setting& one, const Setting& other) {
                      return one.name == other.name && are_equal(one.value, other.value);
                    });
}

std::uint64_t hash_of(const Configuration& configuration) {
  std::uint64_t hash = 0;
  for (const Setting& setting : configuration.settings) {
    hash = mix(hash ^ std::hash<std::string>{}(setting.name));
    hash = mix(hash ^ std::hash<Value>{}(normal(setting.value)));
  }
  return hash;
}

}  // namespace stepladder::search
