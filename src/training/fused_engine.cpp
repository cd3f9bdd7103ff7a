#include "stepladder/training/fused_engine.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "denormals.hpp"
#include "fused_memory.hpp"
#include "fused_update.hpp"
#include "stepladder/data/gather.hpp"
#include "stepladder/training/dropout.hpp"

namespace stepladder::training {
namespace {

using kernels::Matrix;

constexpr std::int64_t kMost = 65536;               // DropoutMask's bound on rows and units
constexpr std::int64_t kRowsEvaluatedAtOnce = 128;  // a small batch must not make scoring slow

const EngineSettings& checked(const EngineSettings& settings) {
  const std::vector<std::int64_t>& widths = settings.architecture.widths;
  const bool good = widths.size() >= 2 && widths.front() >= 1 &&
                    std::all_of(widths.begin() + 1, widths.end(),
                                [](std::int64_t width) { return width >= 1 && width <= kMost; }) &&
                    settings.batch >= 1 && settings.batch <= kMost &&
                    settings.keep_probability > 0 && settings.keep_probability <= 1;
  if (!good) throw std::logic_error("FusedEngine: settings outside their bounds");
  return settings;
}

}  // namespace

class FusedEngine::Parts {
 public:
  Parts(const EngineSettings& settings, const FusedSettings& fused)
      : settings_(checked(settings)),
        separate_update_(fused.separate_update || needs_whole_gradient(settings.optimizer)),
        level_(fused.level ? *fused.level : kernels::best_level(fused.precision)),
        kernels_(kernels::table_of(level_, fused.precision)),
        rows_max_(std::max(settings.batch, kRowsEvaluatedAtOnce)),
        memory_(settings, fused.precision, separate_update_, rows_max_),
        adaptation_(neutral_adaptation(settings.optimizer)) {}

  double step(const data::Rows& rows, std::span<const std::uint32_t> batch, double rate) {
    if (batch.size() != static_cast<std::size_t>(settings_.batch))
      throw std::logic_error("FusedEngine: batch of the wrong size");
    const DenormalsAreZero while_training;
    gather(rows, batch);
    forward(settings_.batch, true);
    static_cast<void>(softmax(rows, batch, memory_.layers.back().delta));
    const double loss = loss_sum(settings_.batch) / static_cast<double>(settings_.batch);
    ++step_;
    backward(update_of(settings_.optimizer, rate, step_));
    if (separate_update_)
      adaptation_ = update_separately(memory_, kernels_, settings_.optimizer,
                                      {.rate = rate, .step = step_, .adaptation = adaptation_});
    if (settings_.keeps_average) average();
    return loss;
  }

  Evaluation evaluate(const data::Rows& rows, std::span<const std::uint32_t> which) {
    Evaluation result{.rows = static_cast<std::int64_t>(which.size())};
    while (!which.empty()) {
      const auto part = which.first(std::min(which.size(), static_cast<std::size_t>(rows_max_)));
      which = which.subspan(part.size());
      const auto count = static_cast<std::int64_t>(part.size());
      gather(rows, part);
      forward(count, false);
      result.correct += softmax(rows, part, Matrix{});
      result.loss_sum += loss_sum(count);
    }
    return result;
  }

  State state() const {
    return State{.step = step_, .adaptation = adaptation_, .values = memory_.canonical()};
  }

  void restore(const State& state) {
    if (state.values.size() != settings_.architecture.parameters() * parts_of(settings_))
      throw std::logic_error("FusedEngine: a state of another network or optimizer");
    memory_.restore(state.values);
    step_ = state.step;
    adaptation_ = state.adaptation;
    for (const FusedLayer& layer : memory_.layers)
      kernels_.pack(layer.weights, layer.inputs, layer.outputs);
  }

  kernels::Level level() const noexcept { return level_; }

 private:
  void average() {
    const float weight = average_weight(step_);
    for (const FusedLayer& layer : memory_.layers)
      for (std::int64_t i = 0; i < layer.numbers; ++i)
        layer.average[i] += weight * (layer.weights.values[i] - layer.average[i]);
  }

  void gather(const data::Rows& rows, std::span<const std::uint32_t> which) {
    if (static_cast<std::int64_t>(rows.columns) != settings_.architecture.widths.front())
      throw std::logic_error("FusedEngine: rows of another width than the network's input");
    const auto count = static_cast<std::int64_t>(which.size());
    const auto columns = static_cast<std::int64_t>(rows.columns);
    const Matrix& to = memory_.activations.front();
    if (rows.are_reals()) {
      gather_reals(rows, which, to);
      kernels_.pack(to, count, columns);
      return;
    }
    kernels_.gather({.features = rows.features.data(),
                     .columns = columns,
                     .shift = rows.shift,
                     .scale = rows.scale,
                     .which = which.data(),
                     .rows = count,
                     .to = to});
  }

  // Bound by memory, so that the kernels need no gather of their own for it.
  static void gather_reals(const data::Rows& rows, std::span<const std::uint32_t> which,
                           const Matrix& to) {
    constexpr auto kColumns = static_cast<std::size_t>(kernels::kPanel);
    data::gather(rows, which, [&](std::size_t position, std::uint32_t row) {
      float* panel = to.values + position * kColumns;
      for (std::size_t first = 0; first < rows.columns; first += kColumns, panel += to.stride) {
        const std::size_t count = std::min(kColumns, rows.columns - first);
        data::convert(rows, row, first, std::span(panel, count));
        std::fill(panel + count, panel + kColumns, 0.0F);
      }
    });
  }

  void forward(std::int64_t rows, bool is_training) {
    const double keep = settings_.keep_probability;
    for (std::size_t l = 0; l < memory_.layers.size(); ++l) {
      const FusedLayer& layer = memory_.layers[l];
      const DropoutMask mask(keep, settings_.seed, settings_.trial, l, step_);
      kernels_.forward({.input = memory_.activations[l],
                        .weights = layer.weights,
                        .output = memory_.activations[l + 1],
                        .rows = rows,
                        .inputs = layer.inputs,
                        .outputs = layer.outputs,
                        .hidden = l + 1 < memory_.layers.size(),
                        .dropout = is_training && keep < 1.0 ? &mask : nullptr,
                        .scale = static_cast<float>(1.0 / keep)});
    }
  }

  // How many rows are classified correctly; losses are left in memory_.
  std::int64_t softmax(const data::Rows& rows, std::span<const std::uint32_t> which,
                       const Matrix& delta) {
    return kernels_.softmax({.logits = memory_.activations.back(),
                             .delta = delta,
                             .rows = static_cast<std::int64_t>(which.size()),
                             .classes = memory_.layers.back().outputs,
                             .labels = rows.labels.data(),
                             .which = which.data(),
                             .scale = static_cast<float>(1.0 / static_cast<double>(which.size())),
                             .losses = memory_.losses});
  }

  double loss_sum(std::int64_t rows) const {
    double sum = 0;
    for (std::int64_t row = 0; row < rows; ++row) sum += static_cast<double>(memory_.losses[row]);
    return sum;
  }

  // From the top down; a layer hands its derivatives on before its weights change. Where the update
  // is separate, gradients are left in memory_.
  void backward(const kernels::Update& update) {
    for (std::size_t l = memory_.layers.size(); l-- > 0;) {
      const FusedLayer& layer = memory_.layers[l];
      if (l > 0) pass_on(l);
      kernels_.weight_gradient({.input = memory_.activations[l],
                                .delta = layer.delta,
                                .weights = layer.weights,
                                .first = moment(layer, 0),
                                .second = moment(layer, 1),
                                .gradient = layer.gradient,
                                .rows = settings_.batch,
                                .inputs = layer.inputs,
                                .outputs = layer.outputs,
                                .update = update});
    }
  }

  // The derivatives by the outputs of layer l - 1 from those of layer l.
  void pass_on(std::size_t l) {
    const FusedLayer& layer = memory_.layers[l];
    kernels_.transpose({.from = layer.delta,
                        .to = layer.delta_transposed,
                        .rows = settings_.batch,
                        .columns = layer.outputs});
    kernels_.input_gradient({.weights = layer.weights,
                             .delta_above_transposed = layer.delta_transposed,
                             .activation = memory_.activations[l],
                             .delta = memory_.layers[l - 1].delta,
                             .rows = settings_.batch,
                             .inputs = layer.inputs,
                             .outputs = layer.outputs,
                             .scale = static_cast<float>(1.0 / settings_.keep_probability)});
  }

  EngineSettings settings_;
  bool separate_update_;
  kernels::Level level_;
  const kernels::Table& kernels_;
  std::int64_t rows_max_;
  FusedMemory memory_;
  Steps step_ = 0;
  double adaptation_;
};

FusedEngine::FusedEngine(const EngineSettings& settings, const FusedSettings& fused)
    : parts_(std::make_unique<Parts>(settings, fused)) {}
FusedEngine::~FusedEngine() = default;

double FusedEngine::step(const data::Rows& rows, std::span<const std::uint32_t> batch,
                         double rate) {
  return parts_->step(rows, batch, rate);
}
Evaluation FusedEngine::evaluate(const data::Rows& rows, std::span<const std::uint32_t> which) {
  return parts_->evaluate(rows, which);
}
State FusedEngine::state() const { return parts_->state(); }
void FusedEngine::restore(const State& state) { parts_->restore(state); }
kernels::Level FusedEngine::level() const noexcept { return parts_->level(); }

}  // namespace stepladder::training
