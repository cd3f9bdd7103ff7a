// Trials that are multilayer perceptrons, trained on the rows of a table.
#pragma once

#include "stepladder/run/materials.hpp"
#include "stepladder/run/workload.hpp"

namespace stepladder::run {

class MlpWorkload final : public Workload {
 public:
  [[nodiscard]] experiment::Needs needs() const override { return experiment::Needs::everything; }
  void prepare(experiment::Experiment experiment, const store::RunDirectory& run) override;
  void follow(experiment::Experiment settled, bool is_keeper, std::uint64_t checksum) override;
  void share(Ranks& ranks) override;
  [[nodiscard]] const experiment::Experiment& experiment() const override {
    return materials_.experiment;
  }
  [[nodiscard]] wire::Opened opened() const override { return opened_by(materials_); }
  [[nodiscard]] std::string data_text() const override;
  [[nodiscard]] std::optional<doctor::CheckpointNeed> checkpoints() const override;
  [[nodiscard]] std::string level() const override;
  [[nodiscard]] fleet::Train make_train(const store::RunDirectory& run) override;
  void keep_winner(const schedule::Hyperband& scheduler, const store::RunDirectory& run,
                   const std::function<void()>& still_here) override;

 private:
  Materials materials_;
};

}  // namespace stepladder::run
