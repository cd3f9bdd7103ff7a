// The phases of a run, and its end: when the ladder has nothing left to climb or to start, the best
// trial is carried on to max_steps and the audits are made; the best few are confirmed with fresh
// seeds on `final`, or the best is scored there as it is; the winner is chosen; its model is scored
// once on `test`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/schedule/confirmation.hpp"
#include "stepladder/schedule/ladder.hpp"
#include "stepladder/schedule/messages.hpp"

namespace stepladder::schedule {

enum class Phase : std::uint8_t {
  climbing,    // trials start and climb
  finishing,   // the best trial is carried on to max_steps, audited trials beside it
  asking,      // nothing goes on until it is answered whether the range is widened
  confirming,  // the finalists are trained with fresh seeds
  scoring,     // the winner is scored on `final` as it is
  testing,     // the winner is chosen, and is scored on `test`
  over,        // only retirements are left
};

// How many tasks are held by workers or wait for one, by what they are for.
struct UnderWay {
  std::size_t climbing = 0;
  std::size_t finishing = 0;
  std::size_t audits = 0;
  std::size_t scoring = 0;
};

class Conclusion {
 public:
  explicit Conclusion(const Plan& plan) : plan_(plan), confirmation_(plan.metrics) {}

  // The next task of whatever phase it is; Choose goes to the commands on the way. Nothing where
  // there is none, or none yet.
  [[nodiscard]] std::optional<Task> next(Ladder& ladder, const UnderWay& under_way,
                                         Commands& commands);
  // With nothing under way: asks for the range, where that is due.
  bool ask_if_due(const Ladder& ladder);

  // The answer. Only while asking.
  void widen_range() noexcept { phase_ = Phase::climbing; }
  void keep_range() noexcept;

  // The number of rounds of seeds after which it is asked who is behind for sure.
  [[nodiscard]] std::optional<std::int64_t> round_to_judge() const;
  void judge_round(const std::vector<TrialId>& dropped) { confirmation_.judge(dropped); }

  // A replicate or a scoring is over. The outcome is a score, Diverged or Crashed.
  void end(const Task& task, const Outcome& outcome);
  // The score that is due cannot be had, and is not tried again.
  void give_up_score();
  // Whether the outcome of a task still counts. That of a replicate of a finalist that was dropped
  // does not.
  [[nodiscard]] bool is_wanted(const Task& task) const;
  void forget(const Task& task) { confirmation_.forget(task.trial); }

  // The run goes on by another plan. The winner stays until another is chosen. Nothing is under
  // way but trials of the search.
  void grow(const Plan& plan);

  [[nodiscard]] Phase phase() const noexcept { return phase_; }
  [[nodiscard]] const Confirmation& confirmation() const noexcept { return confirmation_; }
  [[nodiscard]] Span span_of(const Task& task, const Ladder& ladder) const;

  [[nodiscard]] std::optional<TrialId> chosen() const noexcept { return chosen_; }
  // Whose weights are the run's result, from the choice on: the chosen trial's or its replicate's.
  [[nodiscard]] std::optional<TrialId> model() const noexcept { return model_; }
  // Of the chosen trial: its mean over fresh seeds where it was confirmed.
  [[nodiscard]] const std::optional<Score>& final_score() const noexcept { return final_score_; }
  [[nodiscard]] const std::optional<Score>& test_score() const noexcept { return test_score_; }
  // How often `test` was scored: once, and once more for another model of a run that has grown.
  [[nodiscard]] int times_tested() const noexcept { return times_tested_; }

 private:
  [[nodiscard]] std::optional<Task> next_of_search(Ladder& ladder, const UnderWay& under_way,
                                                   Commands& commands);
  [[nodiscard]] std::optional<Task> finish(Ladder& ladder);
  [[nodiscard]] std::optional<Task> replicate_ahead(const Ladder& ladder,
                                                    const UnderWay& under_way);
  [[nodiscard]] std::optional<Task> begin_end(const Ladder& ladder, Commands& commands);
  [[nodiscard]] std::optional<Task> next_of_confirmation(const Ladder& ladder, Commands& commands);
  [[nodiscard]] std::optional<Task> choose(TrialId trial, TrialId model, const Ladder& ladder,
                                           Commands& commands);
  [[nodiscard]] const Trial& trial(TrialId id, const Ladder& ladder) const;
  [[nodiscard]] bool is_range_open(const Ladder& ladder) const;

  Plan plan_;
  Phase phase_ = Phase::climbing;
  bool range_is_settled_ = false;
  Confirmation confirmation_;
  std::optional<TrialId> leader_;  // who is scored on `final` as it is
  std::optional<Score> scored_;    // there
  int score_crashes_ = 0;          // of the score that is due
  std::optional<TrialId> chosen_;
  std::optional<TrialId> model_;
  Steps model_trained_ = 0;
  std::optional<Score> final_score_;
  std::optional<Score> test_score_;
  int times_tested_ = 0;
};

}  // namespace stepladder::schedule
