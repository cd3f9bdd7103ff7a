#include "stepladder/schedule/conclusion.hpp"

#include <algorithm>

#include "stepladder/schedule/leases.hpp"

namespace stepladder::schedule {

std::optional<Task> Conclusion::next(Ladder& ladder, const UnderWay& under_way,
                                     Commands& commands) {
  switch (phase_) {
    case Phase::climbing:
    case Phase::finishing:
      return next_of_search(ladder, under_way, commands);
    case Phase::confirming:
      return next_of_confirmation(ladder, commands);
    case Phase::scoring:
      if (under_way.scoring > 0) return std::nullopt;
      if (!scored_ && score_crashes_ < Leases::kCrashesMax)
        return Task{.trial = *leader_, .cause = Cause::scoring, .part = Part::final};
      final_score_ = scored_;
      return choose(*leader_, *leader_, ladder, commands);
    case Phase::testing:
      if (under_way.scoring > 0) return std::nullopt;
      return Task{.trial = *model_, .cause = Cause::scoring, .part = Part::test};
    case Phase::asking:
    case Phase::over:
      break;
  }
  return std::nullopt;
}

// Audits, and replicates that the end will need whatever the last results are, keep workers busy
// that the search has nothing for.
std::optional<Task> Conclusion::next_of_search(Ladder& ladder, const UnderWay& under_way,
                                               Commands& commands) {
  if (const auto task = ladder.next()) {
    phase_ = Phase::climbing;
    return task;
  }
  const bool is_climbed = under_way.climbing == 0 && !ladder.is_waiting_for_audit();
  if (is_climbed && under_way.finishing == 0) {
    if (const auto task = finish(ladder)) {
      phase_ = Phase::finishing;
      return task;
    }
  }
  if (const auto task = ladder.next_audit()) {
    if (is_climbed) phase_ = Phase::finishing;
    return task;
  }
  if (!is_climbed) return std::nullopt;
  if (under_way.finishing + under_way.audits > 0) {
    phase_ = Phase::finishing;
    return replicate_ahead(ladder, under_way);
  }
  if (ask_if_due(ladder)) return std::nullopt;
  return begin_end(ladder, commands);
}

std::optional<Task> Conclusion::finish(Ladder& ladder) {
  while (ladder.may_finish()) {
    const std::vector<Leader> best = ladder.leaders(1);
    if (best.empty() || !ladder.is_to_be_finished(best.front())) break;
    if (const auto task = ladder.finish(best.front())) return task;
  }
  return std::nullopt;
}

// Who is sure to be a finalist: whoever stays among the best even if every trial that is still
// audited comes out on top, and with them, until a rule has brought somebody to max_steps, every
// trial that an audit has brought there.
std::optional<Task> Conclusion::replicate_ahead(const Ladder& ladder, const UnderWay& under_way) {
  if (plan_.confirmation_seeds == 0 || is_range_open(ladder)) return std::nullopt;
  // Should the one that is carried on fail, what it leaves of the budget may begin further trials.
  const bool is_finishing = under_way.finishing > 0;
  if (is_finishing && plan_.total_steps > 0) return std::nullopt;
  const auto finalists = static_cast<std::size_t>(plan_.finalists);
  std::size_t taken = ladder.audits_left() + (is_finishing ? ladder.audited_to_the_end() : 0);
  if (taken >= finalists) return std::nullopt;
  const std::vector<Leader> best = ladder.leaders(finalists);
  std::vector<TrialId> sure;
  for (std::size_t i = 0; i < best.size() && taken < finalists; ++i) {
    if (ladder.awaits_audit(best[i].trial)) continue;
    if (is_finishing && ladder.is_audited_to_the_end(best[i].trial)) continue;
    if (!is_finishing || i > 0) sure.push_back(best[i].trial);
    ++taken;
  }
  const auto replicate = confirmation_.next_of(sure, plan_.confirmation_seeds, plan_.max_steps);
  if (!replicate) return std::nullopt;
  return Task{.trial = *replicate, .cause = Cause::confirming, .part = Part::final};
}

bool Conclusion::is_range_open(const Ladder& ladder) const {
  return plan_.extend_range && !range_is_settled_ && ladder.has_room_for_more();
}

bool Conclusion::ask_if_due(const Ladder& ladder) {
  const bool is_search = phase_ == Phase::climbing || phase_ == Phase::finishing;
  if (!is_search || !is_range_open(ladder) || ladder.audits_left() > 0) return false;
  const std::vector<Leader> best = ladder.leaders(1);
  const bool is_finished = best.empty() || !ladder.is_to_be_finished(best.front());
  if (!is_finished) return false;
  phase_ = Phase::asking;
  return true;
}

void Conclusion::keep_range() noexcept {
  range_is_settled_ = true;
  phase_ = Phase::climbing;
}

// With nothing under way but replicates, nothing to climb and nothing to ask.
std::optional<Task> Conclusion::begin_end(const Ladder& ladder, Commands& commands) {
  const std::vector<Leader> best = ladder.leaders(static_cast<std::size_t>(plan_.finalists));
  if (best.empty()) {
    phase_ = Phase::over;
    return std::nullopt;
  }
  if (plan_.confirmation_seeds > 0) {
    std::vector<TrialId> finalists;
    finalists.reserve(best.size());
    for (const Leader& finalist : best) finalists.push_back(finalist.trial);
    confirmation_.begin(std::move(finalists), plan_.confirmation_seeds, plan_.max_steps);
    phase_ = Phase::confirming;
    return next_of_confirmation(ladder, commands);
  }
  leader_ = best.front().trial;
  phase_ = Phase::scoring;
  return Task{.trial = *leader_, .cause = Cause::scoring, .part = Part::final};
}

std::optional<Task> Conclusion::next_of_confirmation(const Ladder& ladder, Commands& commands) {
  if (confirmation_.round_to_judge()) return std::nullopt;
  if (const auto replicate = confirmation_.next())
    return Task{.trial = *replicate, .cause = Cause::confirming, .part = Part::final};
  if (!confirmation_.is_complete()) return std::nullopt;
  const Confirmation::Choice choice = confirmation_.choice();
  final_score_ = confirmation_.mean(confirmation_.place_of(choice.finalist));
  return choose(choice.finalist, choice.model, ladder, commands);
}

// The same model is not tested again.
std::optional<Task> Conclusion::choose(TrialId trial, TrialId model, const Ladder& ladder,
                                       Commands& commands) {
  const Steps trained = this->trial(model, ladder).trained;
  const bool is_the_same = model_ == model && model_trained_ == trained && test_score_;
  chosen_ = trial;
  model_ = model;
  model_trained_ = trained;
  score_crashes_ = 0;
  commands.emplace_back(Choose{.trial = trial, .model = model});
  if (is_the_same) {
    phase_ = Phase::over;
    return std::nullopt;
  }
  test_score_.reset();
  phase_ = Phase::testing;
  return Task{.trial = model, .cause = Cause::scoring, .part = Part::test};
}

void Conclusion::end(const Task& task, const Outcome& outcome) {
  if (task.cause == Cause::confirming) {
    confirmation_.complete(task.trial, plan_.max_steps, outcome);
    return;
  }
  const auto* score = std::get_if<Score>(&outcome);
  if (score == nullptr) {
    if (++score_crashes_ == Leases::kCrashesMax) give_up_score();
  } else if (task.part == Part::final) {
    scored_ = *score;
  } else {
    test_score_ = *score;
    ++times_tested_;
    phase_ = Phase::over;
  }
}

// It does not unseat the winner: without `final` it is chosen all the same, without `test` the run
// ends.
void Conclusion::give_up_score() {
  score_crashes_ = Leases::kCrashesMax;
  if (phase_ == Phase::testing) phase_ = Phase::over;
}

std::optional<std::int64_t> Conclusion::round_to_judge() const {
  if (phase_ != Phase::confirming) return std::nullopt;
  return confirmation_.round_to_judge();
}

bool Conclusion::is_wanted(const Task& task) const {
  if (task.cause != Cause::confirming) return true;
  if (phase_ == Phase::testing || phase_ == Phase::over) return false;
  return phase_ != Phase::confirming || confirmation_.is_wanted(task.trial);
}

void Conclusion::grow(const Plan& plan) {
  if (plan.trials != plan_.trials) range_is_settled_ = false;
  plan_ = plan;
  phase_ = Phase::climbing;
  confirmation_.forget_all_under_way();
  leader_.reset();
  scored_.reset();
  score_crashes_ = 0;
}

const Trial& Conclusion::trial(TrialId id, const Ladder& ladder) const {
  return is_replicate(id) ? confirmation_.of(id).state : ladder.trials()[id.value];
}

// A replicate to the end; or nowhere, where there is only to score.
Span Conclusion::span_of(const Task& task, const Ladder& ladder) const {
  const TrialId configured =
      is_replicate(task.trial) ? confirmation_.of(task.trial).finalist : task.trial;
  const Steps trained = trial(task.trial, ladder).trained;
  const Steps to = task.cause == Cause::confirming ? plan_.max_steps : trained;
  return ladder.span(configured, trained, to);
}

}  // namespace stepladder::schedule
