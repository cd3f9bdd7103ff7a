// Which instructions the kernels use. Every level is in every binary; what runs is chosen when the
// program runs, so one binary serves a cluster of unlike machines.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stepladder/training/engine_kind.hpp"

namespace stepladder::training::kernels {

// v3: AVX2 and FMA. v4: AVX-512 F, BW, CD, DQ and VL; its bf16 form also needs AVX512_BF16.
// generic: whatever the compiler's baseline is. fp32 results of v3 and v4 agree bit for bit, and
// those of generic too where the baseline has a fused multiply-add.
enum class Level { generic, v3, v4 };

// The machine cannot do what was asked for. The message says what is missing and what to ask for
// instead.
struct UnsupportedLevel : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[nodiscard]] std::string_view name(Level level) noexcept;
// Throws UnsupportedLevel: no level has that name.
[[nodiscard]] Level level_named(std::string_view name);

[[nodiscard]] bool is_available(Level level, Precision precision) noexcept;
// The fastest one available, which is v4 wherever precision is bf16. Throws UnsupportedLevel where
// the processor has no bf16 products.
[[nodiscard]] Level best_level(Precision precision = Precision::fp32);
// In the order of the enumeration; the last is the fastest.
[[nodiscard]] std::vector<Level> available_levels(Precision precision = Precision::fp32);

}  // namespace stepladder::training::kernels
