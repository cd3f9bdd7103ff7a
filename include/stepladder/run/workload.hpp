// What a trial is: what it needs before a run starts, how it is trained, and what is kept of the
// winner. The scheduler knows nothing of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "stepladder/doctor/findings.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/fleet/fleet.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/store/run_directory.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

class Ranks;

class Workload {
 public:
  virtual ~Workload() = default;

  // The parts of an experiment that it reads.
  [[nodiscard]] virtual experiment::Needs needs() const = 0;

  // Start-up in step. Rank 0 reads all that a run needs, and settles what the experiment leaves
  // open, as the run in this folder has it if one was begun there. Then the other ranks read, or
  // wait for, the same, and all ranks of a node share it; rank 0's is known by its checksum. Both
  // throw InputError, data::DataError, store::StorageError.
  virtual void prepare(experiment::Experiment experiment, const store::RunDirectory& run) = 0;
  virtual void follow(experiment::Experiment settled, bool is_keeper, std::uint64_t checksum) = 0;
  // Collective.
  virtual void share(Ranks& ranks) = 0;

  // From here on after start-up. With everything settled.
  [[nodiscard]] virtual const experiment::Experiment& experiment() const = 0;
  // What the run's journal opens with.
  [[nodiscard]] virtual wire::Opened opened() const = 0;
  // What was read of the data, in one line for people; empty: nothing.
  [[nodiscard]] virtual std::string data_text() const = 0;
  // What the run's checkpoints take; none where there are no checkpoints.
  [[nodiscard]] virtual std::optional<doctor::CheckpointNeed> checkpoints() const = 0;
  // What this machine computes steps with, such as a level of the kernels. Throws InputError where
  // it cannot train.
  [[nodiscard]] virtual std::string level() const = 0;

  // For one worker. The workload must outlive it.
  [[nodiscard]] virtual fleet::Train make_train(const store::RunDirectory& run) = 0;

  // Writes the chosen trial into the folder best/; `still_here` is called now and then meanwhile.
  // Throws store::StorageError.
  virtual void keep_winner(const schedule::Hyperband& scheduler, const store::RunDirectory& run,
                           const std::function<void()>& still_here) = 0;
};

enum class WorkloadKind {
  mlp,
  idle,  // made-up scores at once, without data or checkpoints: what is measured is the scheduler
};

[[nodiscard]] std::unique_ptr<Workload> make_workload(WorkloadKind kind);

}  // namespace stepladder::run
