#include "stepladder/training/initial_weights.hpp"

#include <cmath>

#include "stepladder/training/whole_gradient.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::training {
namespace {

// Weight `index` of `size` looks at draws index, index + size, index + 2 size, ... and takes the
// first that is near enough: no draw is looked at twice, and none depends on how others went.
double truncated_normal(const RandomStream& random, std::uint64_t index, std::uint64_t size) {
  constexpr double kBound = 2.0;
  double value = random.normal(index);
  while (std::abs(value) >= kBound) {
    index += size;
    value = random.normal(index);
  }
  return value;
}

}  // namespace

std::vector<float> initial_weights(const Architecture& architecture, Seed seed, TrialId trial) {
  std::vector<float> values;
  values.reserve(architecture.parameters());
  for (std::size_t l = 0; l < architecture.layers(); ++l) {
    const RandomStream random(seed, Purpose::initial_weights, trial.value, l);
    const auto inputs = static_cast<std::uint64_t>(architecture.widths[l]);
    const auto outputs = static_cast<std::uint64_t>(architecture.widths[l + 1]);
    const std::uint64_t size = inputs * outputs;
    const double deviation = std::sqrt(2.0 / static_cast<double>(inputs));
    for (std::uint64_t index = 0; index < size; ++index)
      values.push_back(static_cast<float>(deviation * truncated_normal(random, index, size)));
    values.resize(values.size() + outputs, 0.0F);
  }
  return values;
}

State initial_state(const Architecture& architecture, const Optimizer& optimizer, Seed seed,
                    TrialId trial, bool keeps_average) {
  State state{.step = 0,
              .adaptation = neutral_adaptation(optimizer),
              .values = initial_weights(architecture, seed, trial)};
  const std::size_t parts = parts_of({.optimizer = optimizer, .keeps_average = keeps_average});
  state.values.resize(architecture.parameters() * parts, 0.0F);
  return state;
}

}  // namespace stepladder::training
