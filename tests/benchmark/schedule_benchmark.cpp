// Events a second through Hyperband::handle: whole runs of so many trials on 64 workers that do
// nothing, every result at once. The target: a million events a second at ten thousand trials, and
// at a million trials at most 1.5 times the time per event.
#include <benchmark/benchmark.h>

#include "benchmark/instant_run.hpp"

namespace stepladder::schedule {
namespace {

constexpr std::uint32_t kWorkers = 64;

void handle(benchmark::State& state, Mode mode, search::Method method) {
  Plan plan{.mode = mode, .min_steps = 1, .max_steps = 729, .trials = state.range(0)};
  std::uint64_t events = 0;
  for (auto _ : state) {
    Hyperband scheduler(plan, search::Sampler(benchmark_space(), Seed{1}, {.method = method}));
    events += run_at_once(scheduler, kWorkers, [](const Event&, const Commands&) {});
  }
  const auto count = static_cast<double>(events);
  state.counters["events_per_second"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["seconds_per_event"] =
      benchmark::Counter(count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

#define STEPLADDER_SIZES ->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)
BENCHMARK_CAPTURE(handle, asha, Mode::asha, search::Method::sobol) STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, asha_random_search, Mode::asha, search::Method::random) STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, asha_stopping, Mode::asha_stopping, search::Method::sobol)
STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, hyperband_async, Mode::hyperband_async, search::Method::sobol)
STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, hyperband, Mode::hyperband, search::Method::sobol) STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, successive_halving, Mode::successive_halving, search::Method::sobol)
STEPLADDER_SIZES;
BENCHMARK_CAPTURE(handle, pasha, Mode::pasha, search::Method::sobol)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

void draw_a_configuration(benchmark::State& state, search::Method method) {
  const search::Sampler sampler(benchmark_space(), Seed{1}, {.method = method});
  std::uint32_t trial = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sampler.configuration_of(TrialId{trial++}));
}
BENCHMARK_CAPTURE(draw_a_configuration, sobol, search::Method::sobol);
BENCHMARK_CAPTURE(draw_a_configuration, random, search::Method::random);

}  // namespace
}  // namespace stepladder::schedule
