#include "stepladder/run/workload.hpp"

#include "stepladder/run/idle_workload.hpp"
#include "stepladder/run/mlp_workload.hpp"

namespace stepladder::run {

std::unique_ptr<Workload> make_workload(WorkloadKind kind) {
  if (kind == WorkloadKind::idle) return std::make_unique<IdleWorkload>();
  return std::make_unique<MlpWorkload>();
}

}  // namespace stepladder::run
