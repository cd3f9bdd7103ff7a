// The folder best/ of a run: the winner's model as a checkpoint, and how it came about.
#pragma once

#include <functional>

#include "stepladder/app/materials.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::app {

// The chosen trial's winner.toml and model.checkpoint. Where its checkpoint is missing or damaged,
// the model is trained again, and it says so; `still_here` is called now and then meanwhile.
// Without data there is no model. Throws store::StorageError.
void write_winner(const Materials& materials, const schedule::Hyperband& scheduler,
                  const store::RunDirectory& directory, const std::function<void()>& still_here);

}  // namespace stepladder::app
