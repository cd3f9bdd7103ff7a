// Which engine trains, and at which precision it multiplies.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stepladder::training {

enum class EngineKind {
  fused,      // at the speed of the processor
  reference,  // the readable one, by which the other is judged
};
inline constexpr std::array<std::string_view, 2> kEngineWords = {"fused", "reference"};
[[nodiscard]] constexpr std::string_view name_of(EngineKind value) {
  return kEngineWords[static_cast<std::size_t>(value)];
}

// What the matrix products read. bf16 rounds their operands to 8 bits of mantissa; weights, moments
// and sums stay fp32. Only the fused engine has bf16.
enum class Precision { fp32, bf16 };
inline constexpr std::array<std::string_view, 2> kPrecisionWords = {"fp32", "bf16"};
[[nodiscard]] constexpr std::string_view name_of(Precision value) {
  return kPrecisionWords[static_cast<std::size_t>(value)];
}

}  // namespace stepladder::training
