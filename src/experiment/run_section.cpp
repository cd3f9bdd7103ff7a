#include "run_section.hpp"

namespace stepladder::experiment {
namespace {

constexpr Seconds kSecondsMax = 1e6;
constexpr Seconds kHeartbeatMin = 0.1;

}  // namespace

RunSettings read_run(TomlSection section) {
  RunSettings run;
  const auto seconds = [&](const char* key, Seconds standard, Seconds min) {
    const Seconds value = section.real(key).value_or(standard);
    if (!(value >= min && value <= kSecondsMax))
      section.fail(key, std::string(key) + " = " + text(Value{value}) + "; use a number from " +
                            text(Value{min}) + " to " + text(Value{kSecondsMax}));
    return value;
  };
  run.heartbeat = seconds("heartbeat_seconds", run.heartbeat, kHeartbeatMin);
  run.checkpointing = seconds("checkpoint_seconds", run.checkpointing, 0);
  run.checkpoint_bytes_max =
      section.integer("checkpoint_bytes_max").value_or(run.checkpoint_bytes_max);
  if (run.checkpoint_bytes_max < 0)
    section.fail("checkpoint_bytes_max",
                 "checkpoint_bytes_max = " + std::to_string(run.checkpoint_bytes_max) +
                     "; use a number of bytes, or 0 for no limit");
  section.refuse_unknown_keys();
  return run;
}

}  // namespace stepladder::experiment
