#include "stepladder/training/engine.hpp"

#include <algorithm>

namespace stepladder::training {

std::size_t Architecture::parameters() const noexcept {
  std::size_t count = 0;
  for (std::size_t l = 0; l < layers(); ++l)
    count += static_cast<std::size_t>((widths[l] + 1) * widths[l + 1]);
  return count;
}

std::size_t parts_of(const EngineSettings& settings) {
  return 1 + moments(settings.optimizer.kind) + (settings.keeps_average ? 1 : 0);
}

float average_weight(Steps t) noexcept {
  constexpr double kLateness = 3;
  return static_cast<float>((kLateness + 1) / (static_cast<double>(t) + kLateness));
}

State averaged(const State& state, std::size_t parameters) {
  State result = state;
  const auto count = static_cast<std::ptrdiff_t>(parameters);
  std::copy(state.values.end() - count, state.values.end(), result.values.begin());
  return result;
}

}  // namespace stepladder::training
