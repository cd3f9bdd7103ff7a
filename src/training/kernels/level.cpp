#include "stepladder/training/kernels/level.hpp"

#include <algorithm>
#include <array>

#include "stepladder/training/kernels/table.hpp"

namespace stepladder::training::kernels {

namespace generic {
const Table& table();
}
#ifdef STEPLADDER_X86_LEVELS
namespace v3 {
const Table& table();
}
namespace v4 {
const Table& table();
}
namespace v4_bf16 {
const Table& table();
}
#endif

namespace {

constexpr std::array kLevels = {Level::generic, Level::v3, Level::v4};

#ifdef STEPLADDER_X86_LEVELS
bool has_v3() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
bool has_v4() noexcept {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
bool has_bf16() noexcept { return has_v4() && __builtin_cpu_supports("avx512bf16"); }
#else
bool has_v3() noexcept { return false; }
bool has_v4() noexcept { return false; }
bool has_bf16() noexcept { return false; }
#endif

}  // namespace

std::string_view name(Level level) noexcept {
  switch (level) {
    case Level::generic:
      return "generic";
    case Level::v3:
      return "v3";
    case Level::v4:
      return "v4";
  }
  return "";
}

Level level_named(std::string_view wanted) {
  const auto* found = std::find_if(kLevels.begin(), kLevels.end(),
                                   [&](Level level) { return name(level) == wanted; });
  if (found == kLevels.end())
    throw UnsupportedLevel("there is no level '" + std::string(wanted) +
                           "'; the levels are generic, v3 and v4");
  return *found;
}

bool is_available(Level level, Precision precision) noexcept {
  if (precision == Precision::bf16) return level == Level::v4 && has_bf16();
  switch (level) {
    case Level::generic:
      return true;
    case Level::v3:
      return has_v3();
    case Level::v4:
      return has_v4();
  }
  return false;
}

std::vector<Level> available_levels(Precision precision) {
  std::vector<Level> levels;
  for (const Level level : kLevels)
    if (is_available(level, precision)) levels.push_back(level);
  return levels;
}

Level best_level(Precision precision) {
  const std::vector<Level> levels = available_levels(precision);
  if (levels.empty())
    throw UnsupportedLevel(
        "precision bf16 needs a processor with AVX512_BF16, and this one has none; use precision "
        "fp32");
  return levels.back();
}

const Table& table_of(Level level, Precision precision) {
  if (precision == Precision::bf16) static_cast<void>(best_level(precision));
  if (!is_available(level, precision))
    throw UnsupportedLevel("level " + std::string(name(level)) + " does not run at precision " +
                           std::string(name_of(precision)) + " on this processor; use level " +
                           std::string(name(best_level(precision))));
#ifdef STEPLADDER_X86_LEVELS
  if (precision == Precision::bf16) return v4_bf16::table();
  if (level == Level::v4) return v4::table();
  if (level == Level::v3) return v3::table();
#endif
  return generic::table();
}

}  // namespace stepladder::training::kernels
