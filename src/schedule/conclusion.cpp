#include "stepladder/schedule/conclusion.hpp"

#include <algorithm>

#include "stepladder/schedule/leases.hpp"

namespace stepladder::schedule {

std::optional<Task> Conclusion::next(Ladder& ladder, bool is_anything_under_way,
                                     Commands& commands) {
  switch (phase_) {
    case Phase::climbing:
    case Phase::finishing:
      return next_of_search(ladder, is_anything_under_way);
    case Phase::confirming: {
      if (const auto replicate = next_replicate()) return replicate;
      if (is_anything_under_way) return std::nullopt;
      const Confirmation::Choice choice = confirmation_->choice();
      final_score_ = confirmation_->mean(confirmation_->place_of(choice.finalist));
      return choose(choice.finalist, choice.model, commands);
    }
    case Phase::scoring:
      if (is_anything_under_way) return std::nullopt;
      if (!final_score_ && score_crashes_ < Leases::kCrashesMax)
        return Task{.trial = *leader_, .cause = Cause::scoring, .part = Part::final};
      return choose(*leader_, *leader_, commands);
    case Phase::testing:
      if (is_anything_under_way) return std::nullopt;
      return Task{.trial = *model_, .cause = Cause::scoring, .part = Part::test};
    case Phase::asking:
    case Phase::over:
      break;
  }
  return std::nullopt;
}

std::optional<Task> Conclusion::next_of_search(Ladder& ladder, bool is_anything_under_way) {
  if (const auto task = ladder.next()) {
    phase_ = Phase::climbing;
    return task;
  }
  if (is_anything_under_way) return std::nullopt;  // it may still open something
  if (ask_if_due(ladder)) return std::nullopt;
  return begin_end(ladder);
}

bool Conclusion::ask_if_due(const Ladder& ladder) {
  const bool is_search = phase_ == Phase::climbing || phase_ == Phase::finishing;
  if (!is_search || !plan_.extend_range || range_is_settled_) return false;
  if (!ladder.has_room_for_more()) return false;
  phase_ = Phase::asking;
  return true;
}

void Conclusion::keep_range() noexcept {
  range_is_settled_ = true;
  phase_ = Phase::climbing;
}

// With nothing under way, nothing to climb and nothing to ask.
std::optional<Task> Conclusion::begin_end(Ladder& ladder) {
  const auto finalists_max = static_cast<std::size_t>(plan_.finalists);
  std::vector<Leader> best = ladder.leaders(finalists_max);
  while (!best.empty()) {
    if (ladder.is_to_be_finished(best.front())) {
      if (const auto task = ladder.finish(best.front())) {
        phase_ = Phase::finishing;
        return task;
      }
    } else if (!ladder.admit_better(best.front())) {
      break;
    }
    best = ladder.leaders(finalists_max);
  }
  if (best.empty()) {
    phase_ = Phase::over;
    return std::nullopt;
  }
  if (plan_.confirmation_seeds > 0) {
    std::vector<TrialId> finalists;
    finalists.reserve(best.size());
    for (const Leader& finalist : best) finalists.push_back(finalist.trial);
    confirmation_.emplace(finalists, plan_.confirmation_seeds,
                          TrialId{static_cast<std::uint32_t>(ladder.trials().size())},
                          plan_.metrics);
    phase_ = Phase::confirming;
    return next_replicate();
  }
  leader_ = best.front().trial;
  phase_ = Phase::scoring;
  return Task{.trial = *leader_, .cause = Cause::scoring, .part = Part::final};
}

std::optional<Task> Conclusion::next_replicate() {
  if (replicates_.size() == confirmation_->replicates()) return std::nullopt;
  const TrialId id = confirmation_->replicate(replicates_.size());
  replicates_.emplace_back();
  return Task{.trial = id, .cause = Cause::confirming, .part = Part::final};
}

Task Conclusion::choose(TrialId trial, TrialId model, Commands& commands) {
  chosen_ = trial;
  model_ = model;
  score_crashes_ = 0;
  phase_ = Phase::testing;
  commands.emplace_back(Choose{.trial = trial, .model = model});
  return Task{.trial = model, .cause = Cause::scoring, .part = Part::test};
}

void Conclusion::end(const Task& task, const Outcome& outcome) {
  if (task.cause == Cause::confirming) return end_replicate(task.trial, outcome);
  const auto* score = std::get_if<Score>(&outcome);
  if (score == nullptr) {
    if (++score_crashes_ == Leases::kCrashesMax) give_up_score();
  } else if (task.part == Part::final) {
    final_score_ = *score;
  } else {
    test_score_ = *score;
    phase_ = Phase::over;
  }
}

// It does not unseat the winner: without `final` it is chosen all the same, without `test` the run
// ends.
void Conclusion::give_up_score() {
  score_crashes_ = Leases::kCrashesMax;
  if (phase_ == Phase::testing) phase_ = Phase::over;
}

void Conclusion::end_replicate(TrialId id, const Outcome& outcome) {
  Trial& replicate = replicates_[confirmation_->index_of(id)];
  replicate.trained = plan_.max_steps;
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    replicate.trained = std::clamp<Steps>(diverged->at, 0, plan_.max_steps);
  if (standing_of(outcome, id, plan_.metrics).failed)
    replicate.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
  confirmation_->complete(id, outcome);
}

const Trial& Conclusion::trial(TrialId id, const Ladder& ladder) const {
  return is_replicate(id) ? replicates_[confirmation_->index_of(id)] : ladder.trials()[id.value];
}

// A replicate to the end; or nowhere, where there is only to score.
Span Conclusion::span_of(const Task& task, const Ladder& ladder) const {
  const TrialId configured =
      is_replicate(task.trial) ? confirmation_->finalist_of(task.trial) : task.trial;
  const Steps trained = trial(task.trial, ladder).trained;
  const Steps to = task.cause == Cause::confirming ? plan_.max_steps : trained;
  return ladder.span(configured, trained, to);
}

}  // namespace stepladder::schedule
