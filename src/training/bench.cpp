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

// Random rows and labels, and batches of them.
class Synthetic {
 public:
  Synthetic(const EngineSettings& settings)
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

}  // namespace

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

Measurement measure(Engine& engine, const EngineSettings& settings, double seconds) {
  const kernels::Table& table = kernels::table_of(kernels::best_level());
  Synthetic data(settings);
  engine.restore(
      initial_state(settings.architecture, settings.optimizer, settings.seed, settings.trial));
  Measurement result;
  const auto step = [&] {
    static_cast<void>(engine.step(data.rows(), data.next_batch(), kRate));
    ++result.steps;
  };
  const double begin = thread_seconds();
  const double warm = seconds_of([&] {
    while (result.steps < kStepsToChecksum) step();
  });
  const State state = engine.state();
  result.checksum = checksum(std::span(state.values).first(settings.architecture.parameters()));

  const double step_seconds = warm / static_cast<double>(kStepsToChecksum);
  const auto steps_a_round = static_cast<Steps>(kSliceSeconds / step_seconds) + 1;
  const auto fma_rounds = static_cast<std::int64_t>(1000 * kSliceSeconds /
                                                    seconds_of([&] { table.multiply_adds(1000); }));
  double fma_operations = 0;
  const auto fma_rate = [&] {
    const double spent = seconds_of([&] { fma_operations = table.multiply_adds(fma_rounds); });
    return fma_operations / spent;
  };
  static_cast<void>(fma_rate());

  const double operations = operations_in_step(settings.architecture, settings.batch) *
                            static_cast<double>(steps_a_round);
  std::vector<double> times;
  std::vector<double> rates;
  std::vector<double> ratios;
  double before = fma_rate();
  while (times.size() < kRoundsMin || thread_seconds() - begin < seconds) {
    const double time = seconds_of([&] {
      for (Steps i = 0; i < steps_a_round; ++i) step();
    });
    const double after = fma_rate();
    times.push_back(time);
    rates.push_back(after);
    ratios.push_back(operations / time / ((before + after) / 2));
    before = after;
  }
  result.steps_per_second = static_cast<double>(steps_a_round) / median(times);
  result.gflops = operations / median(times) * 1e-9;
  result.fma_gflops = median(rates) * 1e-9;
  result.percent_of_fma = 100 * median(ratios);
  return result;
}

}  // namespace stepladder::training
