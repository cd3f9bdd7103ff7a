// The end of a run, when nothing is left to start or to promote: the best is carried on to
// max_steps, confirmed, chosen and tested.
#include <algorithm>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::schedule {

std::optional<Job> Hyperband::conclude(Commands& commands) {
  if (!chosen_ && !confirmation_) {
    const std::vector<TrialId> best = leaders(static_cast<std::size_t>(plan_.finalists));
    if (best.empty()) {
      finished_ = true;
      return std::nullopt;
    }
    if (const auto job = finish(best.front())) return job;
    if (plan_.confirmation_seeds > 0) {
      confirmation_.emplace(best, plan_.confirmation_seeds,
                            TrialId{static_cast<std::uint32_t>(trials_.size())}, plan_.metric);
      return next_replicate();
    }
    if (!final_score_ && extra_crashes_ < kCrashesMax) {
      trials_[best.front().value].busy = true;
      return Job{.trial = best.front(), .part = Part::final};
    }
    return choose(best.front(), best.front(), commands);
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
std::optional<Job> Hyperband::finish(TrialId best) {
  const Trial& trial = trials_[best.value];
  Bracket& bracket = brackets_[trial.bracket];
  const std::size_t top = bracket.rungs().size() - 1;
  if (!plan_.finish_winner || trial.rung == top || !may_finish(trial)) return std::nullopt;
  bracket.promote_out_of_turn(best, trial.rung);
  const Job job{.trial = best, .rung = top};
  begin(job);
  return job;
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

void Hyperband::complete_replicate(const Job& job, const Outcome& outcome) {
  Trial& trial = trials_[job.trial.value];
  const bool crashed = std::holds_alternative<Crashed>(outcome);
  if (crashed && ++trial.crashes < kCrashesMax) {
    put_back(job);
    return;
  }
  trial.busy = false;
  trial.trained = plan_.max_steps;
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    trial.trained = std::clamp<Steps>(diverged->at, 0, plan_.max_steps);
  if (standing_of(outcome, job.trial, plan_.metric).failed)
    trial.fate = crashed ? Trial::Fate::crashed : Trial::Fate::diverged;
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

// The best living trials of the search, best first: who stands higher, then who is better there.
std::vector<TrialId> Hyperband::leaders(std::size_t count) const {
  struct Place {
    Steps level;
    Standing standing;
  };
  std::vector<Place> places;
  for (std::size_t i = 0; i < searched(); ++i) {
    const Trial& trial = trials_[i];
    const TrialId id{static_cast<std::uint32_t>(i)};
    if (trial.fate == Trial::Fate::alive && trial.score)
      places.push_back({trial.trained, standing(id)});
  }
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(count, places.size()));
  std::partial_sort(places.begin(), end, places.end(), [](const Place& a, const Place& b) {
    return a.level != b.level ? a.level > b.level : a.standing < b.standing;
  });
  std::vector<TrialId> best;
  for (auto place = places.begin(); place != end; ++place) best.push_back(place->standing.trial);
  return best;
}

}  // namespace stepladder::schedule
