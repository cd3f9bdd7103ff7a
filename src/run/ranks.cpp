#include "stepladder/run/ranks.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "stepladder/fleet/thread_fleet.hpp"
#include "stepladder/run/stop_signals.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {

bool all_well(Ranks& ranks, const std::function<void()>& part) {
  std::optional<std::string> own;
  try {
    part();
  } catch (const std::runtime_error& error) {
    own = error.what();
    if (ranks.rank() > 0)
      own = "rank " + std::to_string(ranks.rank()) + " on " + store::host_name() + ": " + *own;
  }
  const auto complaint = ranks.first_complaint(own);
  if (!complaint) return true;
  if (ranks.rank() == 0) throw InputError(*complaint);
  return false;
}

Alone::Alone(int threads)
    : threads_(threads > 0 ? threads
                           : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {}

int Alone::carry_out(TuningRun* run, Workload& workload, const store::RunDirectory& directory,
                     const Deadline& deadline) {
  if (!run->finished()) {
    take_stop_signals();
    fleet::ThreadFleet fleet(
        static_cast<std::uint32_t>(threads_),
        [&](WorkerId) { return workload.make_train(directory); }, run->elapsed());
    run->coordinate(fleet, stop_signal, deadline);
  }
  return run->conclude();
}

}  // namespace stepladder::run
