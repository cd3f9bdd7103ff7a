// The end of a run, when nothing is left to start or to promote: the best is carried on to
// max_steps, confirmed, chosen and tested.
#include <algorithm>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::schedule {

std::optional<Job> Hyperband::conclude(Commands& commands) {
  if (!chosen_ && !confirmation_) {
    std::vector<Leader> best = leaders(static_cast<std::size_t>(plan_.finalists));
    if (best.empty()) {
      finished_ = true;
      return std::nullopt;
    }
    const TrialId leader = best.front().trial;
    if (is_to_be_finished(best.front())) {
      Bracket& bracket = brackets_[trials_[leader.value].bracket];
      const Job job{.trial = leader, .rung = bracket.rungs().size() - 1};
      if (!bracket.carry_on(leader, best.front().rung)) return conclude(commands);
      begin(job);
      return job;
    }
    if (admit_better(best.front())) return conclude(commands);
    if (plan_.confirmation_seeds > 0) {
      std::vector<TrialId> finalists;
      finalists.reserve(best.size());
      for (const Leader& finalist : best) finalists.push_back(finalist.trial);
      confirmation_.emplace(finalists, plan_.confirmation_seeds,
                            TrialId{static_cast<std::uint32_t>(trials_.size())}, plan_.metric);
      return next_replicate();
    }
    if (!final_score_ && extra_crashes_ < kCrashesMax) {
      trials_[leader.value].busy = true;
      return Job{.trial = leader, .part = Part::final};
    }
    return choose(leader, leader, commands);
  }
  if (!chosen_) {
    const Confirmation::Choice choice = confirmation_->choice();
    const auto place = std::find(confirmation_->finalists().begin(),
                                 confirmation_->finalists().end(), choice.finalist);
    final_score_ =
        confirmation_->mean(static_cast<std::size_t>(place - confirmation_->finalists().begin()));
    return choose(choice.finalist, choice.model, commands);
  }
  trials_[model_->value].busy = true;
  return Job{.trial = *model_, .part = Part::test};
}

// The best is carried on to max_steps, where the plan wants it and the budget has room.
bool Hyperband::is_to_be_finished(const Leader& best) const {
  const Trial& trial = trials_[best.trial.value];
  const std::size_t last = brackets_[trial.bracket].rungs().size() - 1;
  return plan_.finish_winner && best.rung < last && may_finish(best.trial);
}

// An audited trial that the rule had left behind, but that is better at max_steps than the best of
// those that the rule brought there, was wrongly left behind: it takes its place.
bool Hyperband::admit_better(const Leader& best) {
  if (best.level < plan_.max_steps) return false;
  bool is_any_better = false;
  for (const auto& [id, counted_at] : audited_at_) {
    const Trial& trial = trials_[id.value];
    if (trial.trained < plan_.max_steps || trial.fate != Trial::Fate::alive) continue;
    const std::optional<Leader> place = place_of(id);
    if (place->level == plan_.max_steps || !(standing(id) < best.standing)) continue;
    static_cast<void>(brackets_[trial.bracket].carry_on(id, place->rung));
    is_any_better = true;
  }
  return is_any_better;
}

std::optional<Job> Hyperband::next_replicate() {
  if (!confirmation_ || begun_replicates_ == confirmation_->replicates()) return std::nullopt;
  const TrialId trial{static_cast<std::uint32_t>(trials_.size())};
  trials_.push_back({.busy = true});
  ++begun_replicates_;
  return Job{.trial = trial, .part = Part::final};
}

Job Hyperband::choose(TrialId trial, TrialId model, Commands& commands) {
  chosen_ = trial;
  model_ = model;
  extra_crashes_ = 0;
  commands.emplace_back(Choose{.trial = trial, .model = model});
  trials_[model.value].busy = true;
  return Job{.trial = model, .part = Part::test};
}

void Hyperband::complete_replicate(const Job& job, const Outcome& outcome, Commands& commands) {
  if (!tries_again(job, outcome, commands)) end_replicate(job, outcome);
}

void Hyperband::end_replicate(const Job& job, const Outcome& outcome) {
  Trial& trial = trials_[job.trial.value];
  trial.busy = false;
  trial.losses = {};
  trial.trained = plan_.max_steps;
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    trial.trained = std::clamp<Steps>(diverged->at, 0, plan_.max_steps);
  if (standing_of(outcome, job.trial, plan_.metric).failed)
    trial.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
  confirmation_->complete(job.trial, outcome);
}

void Hyperband::complete_extra(const Job& job, const Outcome& outcome) {
  trials_[job.trial.value].busy = false;
  if (const auto* score = std::get_if<Score>(&outcome)) {
    (job.part == Part::final ? final_score_ : test_score_) = *score;
  } else {
    ++extra_crashes_;
  }
  // A score that cannot be had does not unseat the winner: without `final` it is chosen all the
  // same, without `test` the run ends.
  if (test_score_ || (chosen_ && extra_crashes_ >= kCrashesMax)) finished_ = true;
}

}  // namespace stepladder::schedule
