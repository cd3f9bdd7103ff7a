// The phases of a run, and its end: when the ladder has nothing left to climb or to start, the best
// trial is carried on to max_steps; the best few are confirmed with fresh seeds on `final`, or the
// best is scored there as it is; the winner is chosen; its model is scored once on `test`.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/schedule/confirmation.hpp"
#include "stepladder/schedule/ladder.hpp"
#include "stepladder/schedule/messages.hpp"

namespace stepladder::schedule {

enum class Phase : std::uint8_t {
  climbing,    // trials start and climb
  asking,      // nothing goes on until it is answered whether the range is widened
  finishing,   // the best trial was carried on to max_steps; trials climb where it made room
  confirming,  // the finalists are trained with fresh seeds
  scoring,     // the winner is scored on `final` as it is
  testing,     // the winner is chosen, and is scored on `test`
  over,        // only retirements are left
};

class Conclusion {
 public:
  explicit Conclusion(const Plan& plan) : plan_(plan) {}

  // The next task of whatever phase it is; Choose goes to the commands on the way. Nothing where
  // there is none, or none yet. is_anything_under_way: tasks are held that may change what is next.
  [[nodiscard]] std::optional<Task> next(Ladder& ladder, bool is_anything_under_way,
                                         Commands& commands);
  // With nothing under way: asks for the range, where that is due.
  bool ask_if_due(const Ladder& ladder);

  // The answer. Only while asking.
  void widen_range() noexcept { phase_ = Phase::climbing; }
  void keep_range() noexcept;

  // A replicate or a scoring is over. The outcome is a score, Diverged or Crashed.
  void end(const Task& task, const Outcome& outcome);
  // The score that is due cannot be had, and is not tried again.
  void give_up_score();

  [[nodiscard]] Phase phase() const noexcept { return phase_; }
  // From when the search is over; nothing where the plan has no confirmation_seeds.
  [[nodiscard]] const std::optional<Confirmation>& confirmation() const noexcept {
    return confirmation_;
  }
  // Those begun, by id.
  [[nodiscard]] const std::vector<Trial>& replicates() const noexcept { return replicates_; }
  [[nodiscard]] Span span_of(const Task& task, const Ladder& ladder) const;

  [[nodiscard]] std::optional<TrialId> chosen() const noexcept { return chosen_; }
  // Whose weights are the run's result, from the choice on: the chosen trial's or its replicate's.
  [[nodiscard]] std::optional<TrialId> model() const noexcept { return model_; }
  // Of the chosen trial: its mean over fresh seeds where it was confirmed.
  [[nodiscard]] const std::optional<Score>& final_score() const noexcept { return final_score_; }
  [[nodiscard]] const std::optional<Score>& test_score() const noexcept { return test_score_; }

 private:
  [[nodiscard]] std::optional<Task> next_of_search(Ladder& ladder, bool is_anything_under_way);
  [[nodiscard]] std::optional<Task> begin_end(Ladder& ladder);
  [[nodiscard]] std::optional<Task> next_replicate();
  [[nodiscard]] Task choose(TrialId trial, TrialId model, Commands& commands);
  [[nodiscard]] const Trial& trial(TrialId id, const Ladder& ladder) const;
  [[nodiscard]] bool is_replicate(TrialId id) const noexcept {
    return confirmation_ && confirmation_->is_replicate(id);
  }
  void end_replicate(TrialId id, const Outcome& outcome);

  Plan plan_;
  Phase phase_ = Phase::climbing;
  bool range_is_settled_ = false;
  std::optional<Confirmation> confirmation_;
  std::vector<Trial> replicates_;
  std::optional<TrialId> leader_;  // who is scored on `final` as it is
  int score_crashes_ = 0;          // of the score that is due
  std::optional<TrialId> chosen_;
  std::optional<TrialId> model_;
  std::optional<Score> final_score_;
  std::optional<Score> test_score_;
};

}  // namespace stepladder::schedule
