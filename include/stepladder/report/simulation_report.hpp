// What a simulated run came to, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::report {

[[nodiscard]] std::string simulation_text(const schedule::Hyperband& scheduler,
                                          const simulation::VirtualRun& run, std::uint32_t workers);

// `brief` leaves out "trials" and "assignments". "epochs_spent" is what the search took, which is
// what total_steps limits; "confirmation_epochs" what its replicates took on top. "best_score" is
// the value of the metric that decides.
[[nodiscard]] std::string simulation_json(const schedule::Hyperband& scheduler,
                                          const simulation::VirtualRun& run, bool brief);

}  // namespace stepladder::report
