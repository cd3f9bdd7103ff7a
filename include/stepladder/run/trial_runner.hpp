// Carries assignments out on one worker: brings the trial to where the assignment begins, trains
// it, saves it, scores it. The state comes from memory if the worker still holds it, else from the
// latest checkpoint, else from step 0: training is deterministic, so all three give the same bytes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/run/materials.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/training/trainer.hpp"

namespace stepladder::run {

class TrialRunner {
 public:
  // The materials must outlive the runner and stay where they are. Throws
  // training::kernels::UnsupportedLevel where this processor lacks what the model asks for.
  TrialRunner(const Materials& materials, store::Checkpoints checkpoints);

  // Saves at the end, and on the way as often as the experiment says. Throws store::StorageError.
  [[nodiscard]] fleet::Result operator()(const Assignment& assignment,
                                         const fleet::KeepGoing& keep_going);

  // The trial at step `to` of the assignment, without scoring or saving it; `still_here` is called
  // now and then.
  [[nodiscard]] training::State state_after(const Assignment& assignment,
                                            const std::function<void()>& still_here);

 private:
  [[nodiscard]] training::Trainer& bring(const Assignment& assignment, Effort& effort);
  [[nodiscard]] training::Progress train(const Assignment& assignment,
                                         const fleet::KeepGoing& keep_going, Effort& effort);
  void save(Effort& effort);
  [[nodiscard]] fleet::Result scored(training::Trainer& trainer, const Assignment& assignment,
                                     Effort effort) const;
  [[nodiscard]] fleet::Result scored_after_cooldown(const Assignment& assignment,
                                                    const fleet::KeepGoing& keep_going,
                                                    Effort effort);
  [[nodiscard]] training::Trainer::Scored score(training::Trainer& trainer, Part part) const;

  const Materials& materials_;
  training::MakeEngine make_engine_;
  store::Checkpoints checkpoints_;
  std::unique_ptr<training::Trainer> held_;  // the trial trained last
  TrialId held_trial_;
  Steps held_horizon_ = 0;
  Steps held_saved_ = 0;                                   // its last checkpoint
  std::chrono::steady_clock::time_point held_saved_when_;  // or when this training began
};

}  // namespace stepladder::run
