// Whether the run in a folder is the one that is asked for: only then does it go on. What a run is:
// experiment/difference.hpp, and the content of its data.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/store/run_directory.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

// The experiment as the user gave it, with these --set options behind the others. Throws
// InputError.
using WithOverrides = std::function<experiment::Experiment(const std::vector<std::string>&)>;

// Writes nothing. Throws StorageError where the folder holds another run than that of this
// experiment on this data, whatever it may have more of: the message names the line that differs,
// and what to do. Where --set options make it the same run they are named; `again` is how that is
// tried.
void check_same_run(const store::RunDirectory& run, const experiment::Experiment& experiment,
                    const wire::Opened& opened, const WithOverrides& again = {});

// What the run in the folder, which goes by the plan `there`, is to have more of; nothing where it
// has that already. Throws StorageError where it cannot have it: the message names the line and
// what to do.
[[nodiscard]] std::optional<schedule::Growth> growth_asked_for(
    const store::RunDirectory& run, const schedule::Plan& there,
    const experiment::Experiment& experiment);

}  // namespace stepladder::run
