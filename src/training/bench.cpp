#include "stepladder/training/bench.hpp"

#include <algorithm>
#include <bit>
#include <ctime>
#include <vector>

#include "stepladder/training/initial_weights.hpp"
#include "stepladder/training/kernels/table.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::training {
namespace {

constexpr std::size_t kRows = 4096;  // more than stay in the caches nearest to the core
constexpr Steps kStepsToChecksum = 10;
constexpr double kRate = 1e-4;
constexpr double kSliceSeconds = 1e-3;  // of either half of a round
constexpr std::size_t kRoundsMin = 5;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
double seconds_of(const Work& work) {
  const double begin = thread_seconds();
  work();
  return thread_seconds() - begin;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double multiply_adds_rate(const kernels::Table& table, std::int64_t rounds) {
  double operations = 0;
  const double spent = seconds_of([&] { operations = table.multiply_adds(rounds); });
  return operations / spent;
}

}  // namespace

// Random rows and labels, and batches of them.
class Workbench::Synthetic {
 public:
  explicit Synthetic(const EngineSettings& settings)
      : random_(settings.seed, Purpose::simulation),
        features_(kRows * static_cast<std::size_t>(settings.architecture.widths.front())),
        labels_(kRows),
        batch_(static_cast<std::size_t>(settings.batch)) {
    const auto classes = static_cast<std::uint64_t>(settings.architecture.widths.back());
    for (std::size_t i = 0; i < features_.size(); ++i)
      features_[i] = static_cast<std::uint8_t>(random_.bits(i));
    for (std::size_t i = 0; i < kRows; ++i)
      labels_[i] = static_cast<std::int32_t>(random_.below(i, classes));
    rows_ = {.features = features_,
             .labels = labels_,
             .columns = static_cast<std::size_t>(settings.architecture.widths.front()),
             .classes = static_cast<std::int32_t>(classes),
             .shift = -127.5F,
             .scale = 1.0F / 127.5F};
  }
  const data::Rows& rows() const { return rows_; }
  std::span<const std::uint32_t> next_batch() {
    for (std::uint32_t& row : batch_)
      row = static_cast<std::uint32_t>(random_.below(drawn_++, kRows));
    return batch_;
  }

 private:
  RandomStream random_;
  std::vector<std::uint8_t> features_;
  std::vector<std::int32_t> labels_;
  std::vector<std::uint32_t> batch_;
  std::uint64_t drawn_ = 0;
  data::Rows rows_;
};

double operations_in_step(const Architecture& architecture, std::int64_t batch) noexcept {
  double operations = 0;
  for (std::size_t l = 0; l < architecture.layers(); ++l) {
    const double product = 2.0 * static_cast<double>(batch) *
                           static_cast<double>(architecture.widths[l]) *
                           static_cast<double>(architecture.widths[l + 1]);
    operations += product * (l == 0 ? 2 : 3);
  }
  return operations;
}

std::uint64_t checksum(std::span<const float> values) noexcept {
  std::uint64_t sum = 0;
  for (const float value : values) sum = mix(sum ^ std::bit_cast<std::uint32_t>(value)) + 1;
  return sum;
}

Workbench::Workbench(Engine& engine, const EngineSettings& settings)
    : engine_(engine),
      table_(kernels::table_of(kernels::best_level())),
      data_(std::make_unique<Synthetic>(settings)),
      operations_(operations_in_step(settings.architecture, settings.batch)) {
  engine_.restore(initial_state(settings.architecture, settings.optimizer, settings.seed,
                                settings.trial, settings.keeps_average));
  constexpr std::int64_t kRounds = 1000;
  static_cast<void>(multiply_adds_rate(table_, kRounds));  // the processor wakes up
  const double seconds = seconds_of([&] { table_.multiply_adds(kRounds); });
  rounds_ = static_cast<std::int64_t>(kRounds * kSliceSeconds / seconds) + 1;
}
Workbench::~Workbench() = default;

double Workbench::train(Steps steps) {
  return seconds_of([&] {
    for (Steps i = 0; i < steps; ++i)
      static_cast<void>(engine_.step(data_->rows(), data_->next_batch(), kRate));
  });
}

Slice Workbench::slice(Steps steps) {
  const double before = multiply_adds_rate(table_, rounds_);
  const double seconds = train(steps);
  const double after = multiply_adds_rate(table_, rounds_);
  return {.seconds = seconds,
          .operations = operations_ * static_cast<double>(steps),
          .fma_rate = (before + after) / 2};
}

Measurement measure(Engine& engine, const EngineSettings& settings, double seconds) {
  const double begin = thread_seconds();
  Workbench bench(engine, settings);
  const double warm = bench.train(kStepsToChecksum);
  const State state = engine.state();

  const auto steps = static_cast<Steps>(kSliceSeconds * kStepsToChecksum / warm) + 1;
  std::vector<double> times;
  std::vector<double> rates;
  std::vector<double> percents;
  double operations = 0;
  while (times.size() < kRoundsMin || thread_seconds() - begin < seconds) {
    const Slice slice = bench.slice(steps);
    operations = slice.operations;
    times.push_back(slice.seconds);
    rates.push_back(slice.fma_rate);
    percents.push_back(slice.percent_of_fma());
  }
  const double time = median(times);
  return {.steps_per_second = static_cast<double>(steps) / time,
          .gflops = operations / time * 1e-9,
          .fma_gflops = median(rates) * 1e-9,
          .percent_of_fma = median(percents),
          .checksum = checksum(std::span(state.values).first(settings.architecture.parameters()))};
}

}  // namespace stepladder::training
