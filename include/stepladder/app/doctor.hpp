// `stepladder doctor`: what is wrong with the machine, or with how ranks are started on it, before
// a run is.
#pragma once

#include "stepladder/run/ranks.hpp"
#include "stepladder/run/tune.hpp"

namespace stepladder::app {

struct DoctorOptions {
  run::TuneOptions tune;  // the experiment may be left out
  bool json = false;
};

// Collective. Prints it on rank 0; returns the exit code: 0, or 2 where something is an error.
// Throws InputError.
[[nodiscard]] int show_doctor(const DoctorOptions& options, run::Ranks& ranks);

}  // namespace stepladder::app
