// Writing and reading a line of the journal: a report and the assignment that answers it; and
// `replay`: reading a whole journal and deriving every decision again. The target: a million events
// in seconds.
#include <filesystem>
#include <unistd.h>

#include <benchmark/benchmark.h>

#include "benchmark/instant_run.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::wire {
namespace {

Entry entry() {
  return {.event = {.at = 1234.5,
                    .what = schedule::Reported{LeaseId{412},
                                               Score{0.8912, 0.3127},
                                               {.steps = 54, .training = 0.61, .scoring = 0.02}}},
          .commands = {schedule::Assign{
              WorkerId{3}, Assignment{.lease = LeaseId{413},
                                      .trial = TrialId{17},
                                      .configuration = {{{"learning_rate", 0.0312},
                                                         {"optimizer", std::string("adam")}}},
                                      .from = 27,
                                      .to = 81,
                                      .horizon = 729}}}};
}

void write_a_line(benchmark::State& state) {
  const Entry written = entry();
  for (auto _ : state) benchmark::DoNotOptimize(to_line(written, 7));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_a_line);

void read_a_line(benchmark::State& state) {
  const std::string line = to_line(entry(), 7);
  for (auto _ : state) benchmark::DoNotOptimize(entry_from(line, 7));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_a_line);

schedule::Hyperband scheduler_of(std::int64_t trials) {
  return {{.min_steps = 1, .max_steps = 729, .trials = trials},
          search::Sampler(schedule::benchmark_space(), Seed{1})};
}

void replay(benchmark::State& state) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("journal-benchmark-" + std::to_string(::getpid()));
  std::vector<Entry> entries;
  schedule::Hyperband scheduler = scheduler_of(state.range(0));
  schedule::run_at_once(scheduler, 64,
                        [&](const schedule::Event& event, const schedule::Commands& commands) {
                          entries.push_back({.event = event, .commands = commands});
                        });
  store::Journal::create(path, {.seed = Seed{1}}).append(entries);
  for (auto _ : state) {
    store::JournalReader reader(path);
    schedule::Hyperband again = scheduler_of(state.range(0));
    while (const auto read = reader.next())
      if (again.handle(read->event) != read->commands) state.SkipWithError("not identical");
  }
  std::filesystem::remove(path);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(entries.size()));
}
BENCHMARK(replay)->Arg(670'000)->Unit(benchmark::kMillisecond);  // trials: a million events

}  // namespace
}  // namespace stepladder::wire
