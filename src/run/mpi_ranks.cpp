#if STEPLADDER_HAS_MPI

#include "stepladder/run/mpi_ranks.hpp"

#include <fmt/core.h>

#include "stepladder/doctor/launched.hpp"
#include "stepladder/mpi/mpi_fleet.hpp"
#include "stepladder/mpi/node_memory.hpp"
#include "stepladder/mpi/session.hpp"
#include "stepladder/run/stop_signals.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::run {
namespace {

class MpiRanks final : public Ranks {
 public:
  MpiRanks(int& argc, char**& argv) : session_(argc, argv), memory_(session_) {}

  [[nodiscard]] int rank() const override { return session_.rank(); }
  [[nodiscard]] int size() const override { return session_.size(); }
  [[nodiscard]] int threads() const override { return 0; }
  [[nodiscard]] std::optional<std::string> first_complaint(
      const std::optional<std::string>& own) override {
    return session_.first_complaint(own);
  }
  [[nodiscard]] std::string broadcast(const std::string& text) override {
    return session_.broadcast(text);
  }
  [[nodiscard]] std::vector<std::string> gather(const std::string& text) override {
    return session_.gather(text);
  }
  [[nodiscard]] bool is_keeper() const override { return memory_.is_keeper(); }
  [[nodiscard]] std::vector<Bytes> share(const std::vector<OwnBytes>& parts) override {
    return memory_.share(parts);
  }
  [[nodiscard]] std::string sharing_trouble() const override { return memory_.trouble(); }

  [[nodiscard]] int carry_out(TuningRun* run, Workload& workload,
                              const store::RunDirectory& directory,
                              const Deadline& deadline) override {
    const mpi::Heartbeat heartbeat{.silence_max = workload.experiment().run.heartbeat};
    return run != nullptr ? schedule(*run, heartbeat, deadline)
                          : train(workload.make_train(directory), heartbeat);
  }

 private:
  [[nodiscard]] int schedule(TuningRun& run, const mpi::Heartbeat& heartbeat,
                             const Deadline& deadline) const {
    mpi::MpiFleet fleet(session_.communicator(), heartbeat, run.elapsed());
    const auto reason_to_stop = [&fleet] {
      return fleet.is_deserted() ? "because no worker is left" : stop_signal();
    };
    if (!run.finished()) run.coordinate(fleet, reason_to_stop, deadline);
    fleet.dismiss();
    const int code = run.conclude();
    // With a rank missing, finalizing would hang.
    if (fleet.anyone_lost()) mpi::Session::leave_at_once(code);
    mpi::Session::bound_the_end();
    return code;
  }

  [[nodiscard]] int train(const fleet::Train& workload, const mpi::Heartbeat& heartbeat) const {
    mpi::MpiLink link(session_.communicator(), heartbeat);
    fleet::work(link, workload);
    if (link.is_abandoned()) {
      fmt::print(
          stderr,
          "stepladder: rank {}: the scheduler has been silent for too long, or is dead; leaving\n",
          rank());
      mpi::Session::leave_at_once(kResumable);
    }
    link.drain();
    if (link.is_anyone_missing()) mpi::Session::leave_at_once(kFinished);
    mpi::Session::bound_the_end();
    return kFinished;
  }

  mpi::Session session_;
  mpi::NodeMemory memory_;
};

}  // namespace

MpiLibrary mpi_library() {
  return {.built_with = mpi::library_built_with(), .running = mpi::library_running()};
}

std::optional<std::string> trouble_with_ranks() {
  return doctor::launcher_trouble(mpi::library_running());
}

std::unique_ptr<Ranks> start_ranks(int& argc, char**& argv) {
  return std::make_unique<MpiRanks>(argc, argv);
}

int exit_code_for_mpirun(int exit_code) { return mpi::Session::exit_code_for_mpirun(exit_code); }

void abort_ranks(int exit_code) { mpi::abort_if_started(exit_code); }

}  // namespace stepladder::run

#endif
