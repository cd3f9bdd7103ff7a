// Whether the run in a folder is the one that is asked for: only then does it go on. What a run is:
// experiment/difference.hpp, and the content of its data.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/store/run_directory.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

// The experiment as the user gave it, with these --set options behind the others. Throws
// InputError.
using WithOverrides = std::function<experiment::Experiment(const std::vector<std::string>&)>;

// Writes nothing. Throws StorageError where the folder holds another run than that of this
// experiment on this data: the message names the line that differs, and what to do. Where --set
// options make it the same run they are named; `again` is how that is tried.
void check_same_run(const store::RunDirectory& run, const experiment::Experiment& experiment,
                    const wire::Opened& opened, const WithOverrides& again = {});

}  // namespace stepladder::run
