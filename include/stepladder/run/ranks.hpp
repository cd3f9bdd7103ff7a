// The processes of one job: the ranks that mpirun or srun started, or this process alone, whose
// threads train. Rank 0 schedules.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepladder/run/deadline.hpp"
#include "stepladder/run/tuning_run.hpp"
#include "stepladder/run/workload.hpp"

namespace stepladder::run {

class Ranks {
 public:
  using Bytes = std::span<const std::byte>;
  using OwnBytes = std::span<std::byte>;

  virtual ~Ranks() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  // Whether this one trains.
  [[nodiscard]] bool trains() const { return size() == 1 || rank() > 0; }
  // Of workers in this process; 0 where each worker is a rank.
  [[nodiscard]] virtual int threads() const = 0;

  // Collective, as are all down to share(): every rank calls them in the same order, and only while
  // a run starts. Later any rank may die.
  //
  // Every rank gives its complaint, or none; all get that of the lowest rank which has one.
  [[nodiscard]] virtual std::optional<std::string> first_complaint(
      const std::optional<std::string>& own) = 0;
  // Rank 0's text, on every rank.
  [[nodiscard]] virtual std::string broadcast(const std::string& text) = 0;
  // Every rank's text, on rank 0; nothing on the others.
  [[nodiscard]] virtual std::vector<std::string> gather(const std::string& text) = 0;

  // Whether this rank fills the memory that all ranks of its node share.
  [[nodiscard]] virtual bool is_keeper() const = 0;
  // Once: the keeper's parts, which all ranks of its node get, and which live as long as this
  // object. The keeper's own are used up.
  [[nodiscard]] virtual std::vector<Bytes> share(const std::vector<OwnBytes>& parts) = 0;
  // Why the ranks of this node have a copy each, in the system's words; empty where they share.
  [[nodiscard]] virtual std::string sharing_trouble() const = 0;

  // After start-up: rank 0 coordinates the run to its end, or until it is to stop; the others
  // train. The exit code. `run` is rank 0's, and null on the others.
  [[nodiscard]] virtual int carry_out(TuningRun* run, Workload& workload,
                                      const store::RunDirectory& directory,
                                      const Deadline& deadline) = 0;
};

// Start-up in step: every rank does its part, and if one of them throws what a user can mend, all
// end here: false, and on rank 0 an InputError with the first complaint.
[[nodiscard]] bool all_well(Ranks& ranks, const std::function<void()>& part);

// This process alone: its workers are threads.
class Alone final : public Ranks {
 public:
  // 0: one worker a processor.
  explicit Alone(int threads);

  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  [[nodiscard]] int threads() const override { return threads_; }
  [[nodiscard]] std::optional<std::string> first_complaint(
      const std::optional<std::string>& own) override {
    return own;
  }
  [[nodiscard]] std::string broadcast(const std::string& text) override { return text; }
  [[nodiscard]] std::vector<std::string> gather(const std::string& text) override { return {text}; }
  [[nodiscard]] bool is_keeper() const override { return true; }
  [[nodiscard]] std::vector<Bytes> share(const std::vector<OwnBytes>& parts) override {
    return {parts.begin(), parts.end()};
  }
  [[nodiscard]] std::string sharing_trouble() const override { return ""; }
  [[nodiscard]] int carry_out(TuningRun* run, Workload& workload,
                              const store::RunDirectory& directory,
                              const Deadline& deadline) override;

 private:
  int threads_;
};

}  // namespace stepladder::run
