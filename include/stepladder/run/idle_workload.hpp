// Trials whose scores are a pure function of (seed, trial, step), at once: what is measured is the
// scheduler.
#pragma once

#include "stepladder/run/workload.hpp"

namespace stepladder::run {

class IdleWorkload final : public Workload {
 public:
  [[nodiscard]] experiment::Needs needs() const override { return experiment::Needs::schedule; }
  void prepare(experiment::Experiment experiment, const store::RunDirectory& run) override;
  void follow(experiment::Experiment settled, bool, std::uint64_t) override {
    experiment_ = std::move(settled);
  }
  void share(Ranks&) override {}
  [[nodiscard]] const experiment::Experiment& experiment() const override { return experiment_; }
  [[nodiscard]] wire::Opened opened() const override;
  [[nodiscard]] std::string data_text() const override { return ""; }
  [[nodiscard]] std::optional<doctor::CheckpointNeed> checkpoints() const override { return {}; }
  [[nodiscard]] std::string level() const override { return "none"; }
  [[nodiscard]] fleet::Train make_train(const store::RunDirectory& run) override;
  void keep_winner(const schedule::Hyperband& scheduler, const store::RunDirectory& run,
                   const std::function<void()>& still_here) override;

 private:
  experiment::Experiment experiment_;
};

}  // namespace stepladder::run
