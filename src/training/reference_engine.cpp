#include "stepladder/training/reference_engine.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/Core>

#include "stepladder/training/network.hpp"
#include "stepladder/training/update.hpp"

namespace stepladder::training {
namespace {

constexpr std::int64_t kMost = 65536;               // DropoutMask's bound on rows and units
constexpr std::int64_t kRowsEvaluatedAtOnce = 128;  // a small batch must not make scoring slow

void check(const EngineSettings& settings) {
  const std::vector<std::int64_t>& widths = settings.architecture.widths;
  bool good = widths.size() >= 2 && widths.front() >= 1;
  for (std::size_t l = 1; good && l < widths.size(); ++l)
    good = widths[l] >= 1 && widths[l] <= kMost;
  good = good && settings.batch >= 1 && settings.batch <= kMost;
  good = good && settings.keep_probability > 0 && settings.keep_probability <= 1;
  if (!good) throw std::logic_error("ReferenceEngine: settings outside their bounds");
}

const EngineSettings& checked(const EngineSettings& settings) {
  check(settings);
  return settings;
}

// Eigen's own memory is aligned, so that sums come out the same wherever a trial goes on.
using Numbers = Eigen::Array<float, Eigen::Dynamic, 1>;

std::span<float> span_of(Numbers& numbers) {
  return {numbers.data(), static_cast<std::size_t>(numbers.size())};
}

}  // namespace

struct ReferenceEngine::Parts {
  explicit Parts(const EngineSettings& given)
      : settings(checked(given)),
        parameters(settings.architecture.parameters()),
        network(settings.architecture, std::max(settings.batch, kRowsEvaluatedAtOnce)),
        values(Numbers::Zero(static_cast<Eigen::Index>(parameters * parts_of(settings)))),
        gradient(Numbers::Zero(static_cast<Eigen::Index>(parameters))),
        adaptation(neutral_adaptation(settings.optimizer)) {}

  EngineSettings settings;
  std::size_t parameters;
  Network<float> network;
  Numbers values;  // State::values
  Numbers gradient;
  Steps step = 0;
  double adaptation;  // State::adaptation
};

ReferenceEngine::ReferenceEngine(const EngineSettings& settings)
    : parts_(std::make_unique<Parts>(settings)) {}
ReferenceEngine::~ReferenceEngine() = default;

double ReferenceEngine::step(const data::Rows& rows, std::span<const std::uint32_t> batch,
                             double rate) {
  Parts& parts = *parts_;
  const EngineSettings& settings = parts.settings;
  if (batch.size() != static_cast<std::size_t>(settings.batch))
    throw std::logic_error("ReferenceEngine: batch of the wrong size");
  const std::span<float> values =
      span_of(parts.values).first(parts.parameters * (1 + moments(settings.optimizer.kind)));
  const std::span<float> gradient = span_of(parts.gradient);
  const double loss = parts.network.gradient(values.first(parts.parameters), rows, batch,
                                             Dropout{.keep_probability = settings.keep_probability,
                                                     .seed = settings.seed,
                                                     .trial = settings.trial,
                                                     .step = parts.step},
                                             gradient);
  ++parts.step;
  clip(settings.optimizer, gradient);
  if (adapts_rate(settings.optimizer.kind)) {
    const Alignment now = alignment<float>(settings.optimizer, parts.step, values, gradient);
    parts.adaptation = adapted(settings.optimizer, parts.adaptation, rate, now);
  }
  update<float>(settings.optimizer, adapted_rate(settings.optimizer, parts.adaptation, rate),
                parts.step, values, gradient);
  if (settings.keeps_average) {
    const auto count = static_cast<Eigen::Index>(parts.parameters);
    auto average = parts.values.tail(count);
    average += average_weight(parts.step) * (parts.values.head(count) - average);
  }
  return loss;
}

Evaluation ReferenceEngine::evaluate(const data::Rows& rows, std::span<const std::uint32_t> which) {
  return parts_->network.evaluate(span_of(parts_->values).first(parts_->parameters), rows, which);
}

State ReferenceEngine::state() const {
  const std::span<float> values = span_of(parts_->values);
  return State{.step = parts_->step,
               .adaptation = parts_->adaptation,
               .values = {values.begin(), values.end()}};
}

void ReferenceEngine::restore(const State& state) {
  const std::span<float> values = span_of(parts_->values);
  if (state.values.size() != values.size())
    throw std::logic_error("ReferenceEngine: a state of another network or optimizer");
  std::copy(state.values.begin(), state.values.end(), values.begin());
  parts_->step = state.step;
  parts_->adaptation = state.adaptation;
}

std::unique_ptr<Engine> make_reference_engine(const EngineSettings& settings) {
  return std::make_unique<ReferenceEngine>(settings);
}

}  // namespace stepladder::training
