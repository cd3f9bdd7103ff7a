// Experiment files: what is understood is written out the same, and can be scheduled.
#include "fuzz/fuzz.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder {
namespace {

void read(const std::string& text, experiment::Needs needs) {
  const fuzz::MemoryWatch watch(text.size(), 4096);
  try {
    const experiment::Experiment experiment =
        experiment::parse_experiment(text, "experiment.toml", "/data", {}, needs);
    const std::string resolved = experiment::to_toml(experiment);
    const experiment::Experiment again =
        experiment::parse_experiment(resolved, "again.toml", "/", {}, needs);
    fuzz::require(experiment::to_toml(again) == resolved);
    schedule::Hyperband scheduler = experiment::scheduler_of(again);
    static_cast<void>(scheduler.handle({.what = schedule::WorkerJoined{WorkerId{1}}}));
  } catch (const InputError&) {
  }
}

}  // namespace
}  // namespace stepladder

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::string text(fuzz::text_of(data, size));
  read(text, experiment::Needs::everything);
  read(text, experiment::Needs::schedule);
  return 0;
}
