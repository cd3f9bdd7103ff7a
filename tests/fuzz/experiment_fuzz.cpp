// Experiment files: what is understood is written out the same, and can be scheduled.
#include "fuzz/fuzz.hpp"
#include "stepladder/app/experiment.hpp"

namespace stepladder {
namespace {

void read(const std::string& text, app::Needs needs) {
  const fuzz::MemoryWatch watch(text.size(), 4096);
  try {
    const app::Experiment experiment =
        app::parse_experiment(text, "experiment.toml", "/data", {}, needs);
    const std::string resolved = app::to_toml(experiment);
    const app::Experiment again = app::parse_experiment(resolved, "again.toml", "/", {}, needs);
    fuzz::require(app::to_toml(again) == resolved);
    schedule::Hyperband scheduler = app::scheduler_of(again);
    static_cast<void>(scheduler.handle({.what = schedule::WorkerJoined{WorkerId{1}}}));
  } catch (const app::InputError&) {
  }
}

}  // namespace
}  // namespace stepladder

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::string text(fuzz::text_of(data, size));
  read(text, app::Needs::everything);
  read(text, app::Needs::schedule);
  return 0;
}
