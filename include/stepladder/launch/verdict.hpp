// What follows when a start has ended: the run's exit code, or another start. A pure function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepladder/launch/mpirun.hpp"
#include "stepladder/launch/watch.hpp"
#include "stepladder/wire/run_records.hpp"

namespace stepladder::launch {

// How one start ended.
struct Ending {
  std::optional<wire::Ended> record;  // the run's own word
  int mpirun_code = 0;
  Reason reason = Reason::by_itself;
  bool has_begun = false;  // there was a heartbeat
  bool was_asked_to_stop = false;
  bool has_progressed = false;  // there is a result or checkpoint that was not there before
};

struct Verdict {
  bool restart = false;
  int exit_code = 0;  // where there is no restart
  std::string why;
};

// `endings` are all so far, the last one to be judged.
[[nodiscard]] Verdict judge(const std::vector<Ending>& endings, int restarts_max);

// The hosts to go on with: `hosts` is where each rank was, `lost` which ranks were missing at the
// end. A host none of whose ranks answered is left out, unless no other host would have a worker.
// Empty where nothing is to be left out.
[[nodiscard]] std::vector<Host> hosts_left(const std::vector<std::string>& hosts,
                                           const std::vector<int>& lost);

}  // namespace stepladder::launch
