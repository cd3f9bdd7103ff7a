// Tables of learning curves.
#include "fuzz/fuzz.hpp"
#include "stepladder/simulation/curves.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  const fuzz::MemoryWatch watch(size, 256);
  try {
    const simulation::CurveTable table = simulation::read_curves(file.path());
    fuzz::require(table.epochs > 0 && !table.curves.empty());
    const simulation::Training workload = simulation::training_of(table);
    for (std::uint32_t row = 0; row < table.curves.size(); ++row) {
      const simulation::Trained work =
          workload({.trial = TrialId{row}, .to = static_cast<Steps>(table.epochs)});
      fuzz::require(work.duration >= 0);
    }
  } catch (const simulation::CurveError&) {
  }
  return 0;
}
