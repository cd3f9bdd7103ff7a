// Who gets what work: rungs from the top down, else a new trial, within the budget.
#include <algorithm>
#include <utility>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::schedule {

void Hyperband::give_work(Commands& commands) {
  while (!idle_.empty()) {
    const WorkerId worker = *idle_.begin();
    const std::optional<Job> job = next_job(commands);
    if (!job) break;
    idle_.erase(idle_.begin());
    commands.emplace_back(assign(worker, *job));
  }
  if (!stopping_ && !finished_) return;
  for (const WorkerId worker : std::exchange(idle_, {})) {
    workers_.erase(worker);
    commands.emplace_back(Retire{worker});
  }
}

std::optional<Job> Hyperband::next_job(Commands& commands) {
  if (stopping_ || finished_) return std::nullopt;
  if (!waiting_.empty()) {
    const Job job = waiting_.front();
    waiting_.pop_front();
    return job;
  }
  if (const auto job = climb()) return job;
  if (const auto job = next_replicate()) return job;
  if (!leases_.empty()) return std::nullopt;  // what is running may still open something
  if (awaits_range()) return std::nullopt;
  return conclude(commands);
}

// get_job of algorithm 2 of Li et al. (MLSys 2020): rungs from the top down, best first; else a new
// trial.
std::optional<Job> Hyperband::climb() {
  if (chosen_ || final_score_ || confirmation_ || !budget_is_left()) return std::nullopt;
  const std::optional<Job> job = climbable_.empty() ? new_trial() : next_climb();
  if (!job) return std::nullopt;
  begin(*job);
  steps_admitted_ = steps_committed_ + steps_to_finish();
  return job;
}

Job Hyperband::next_climb() {
  const std::size_t bracket = *climbable_.begin();
  const std::optional<Climb> climb = brackets_[bracket].take();
  refresh(bracket);
  return {.trial = climb->trial, .rung = climb->rung};
}

void Hyperband::begin(const Job& job) {
  trials_[job.trial.value].busy = true;
  steps_committed_ += span_of(job).steps();
}

void Hyperband::refresh(std::size_t bracket) {
  if (brackets_[bracket].has_climb()) {
    climbable_.insert(bracket);
  } else {
    climbable_.erase(bracket);
  }
}

// Before a job begins: what is spent or under way, and what finishing the winner will take, must
// leave room.
bool Hyperband::budget_is_left() const {
  if (plan_.total_steps == 0 || trials_.empty()) return true;  // check(): one trial fits in
  return steps_committed_ + steps_to_finish() < plan_.total_steps;
}

// What carrying the highest trial on to max_steps would take now.
Steps Hyperband::steps_to_finish() const {
  if (!plan_.finish_winner) return 0;
  const Steps highest = standing_at_.empty() ? 0 : standing_at_.rbegin()->first;
  if (highest == plan_.max_steps) return 0;
  const bool begins_anew = plan_.rung_score == RungScore::restart && plan_.horizon_bound;
  return plan_.max_steps - (begins_anew ? 0 : highest) + cooldown_of(plan_, plan_.max_steps);
}

// A winner that fails on the way up has used what was set aside for it. The next one may have what
// the last job that was let in left, no more.
bool Hyperband::may_finish(TrialId id) const {
  if (plan_.total_steps == 0) return true;
  const Trial& trial = trials_[id.value];
  if (trial.trained == plan_.max_steps) return true;
  const Job job{.trial = id, .rung = brackets_[trial.bracket].rungs().size() - 1};
  return steps_committed_ + span_of(job).steps() <= std::max(plan_.total_steps, steps_admitted_);
}

std::optional<Job> Hyperband::new_trial() {
  const std::optional<std::size_t> bracket = bracket_for_new_trial();
  if (!bracket) return std::nullopt;
  const TrialId trial{static_cast<std::uint32_t>(trials_.size())};
  trials_.push_back({.bracket = static_cast<std::uint32_t>(*bracket)});
  return Job{.trial = trial, .rung = 0};
}

std::optional<std::size_t> Hyperband::bracket_for_new_trial() {
  const auto started = static_cast<std::int64_t>(trials_.size());
  if (plan_.trials > 0 && started >= trials_max()) return std::nullopt;
  if (!is_synchronous(plan_.mode))
    return bracket_order_.bracket_of(TrialId{static_cast<std::uint32_t>(started)});
  if (places_left_ == 0) {
    const BracketPlan& next = bracket_plans_[brackets_.size() % bracket_plans_.size()];
    places_left_ = plan_.trials > 0 ? std::min(next.trials, trials_max() - started) : next.trials;
    brackets_.emplace_back(next.levels, Rule::synchronous, plan_.eta, places_left_,
                           plan_.mode == Mode::top_k ? plan_.top_k : 0);
  }
  --places_left_;
  return brackets_.size() - 1;
}

Assign Hyperband::assign(WorkerId worker, const Job& job) {
  const LeaseId lease{next_lease_.value++};
  leases_.emplace(lease, Lease{worker, job});
  workers_[worker] = lease;
  const Span span = span_of(job);
  Assignment assignment{.lease = lease,
                        .trial = job.trial,
                        .configuration = configuration(job.trial),
                        .from = span.from,
                        .to = span.to,
                        .horizon = span.horizon,
                        .part = job.part,
                        .draws = {},
                        .averages = plan_.rung_score == RungScore::average,
                        .cooldown = span.cooldown,
                        .is_audited = is_audited(job.trial),
                        .is_watched = trials_[job.trial.value].losses.any()};
  if (is_replicate(job.trial)) assignment.draws = confirmation_->draws_of(job.trial);
  return Assign{worker, std::move(assignment)};
}

Steps Hyperband::level_of(const Job& job) const {
  return brackets_[trials_[job.trial.value].bracket].rungs()[job.rung].level();
}

// To the job's rung, or a replicate to the end; or nowhere, where there is only to score.
Hyperband::Span Hyperband::span_of(const Job& job) const {
  const Steps trained = trials_[job.trial.value].trained;
  Span span{.from = trained, .to = trained, .horizon = plan_.max_steps};
  if (job.part == Part::prune) span.to = level_of(job);
  if (job.part == Part::final && is_replicate(job.trial)) span.to = plan_.max_steps;
  span.horizon = horizon_at(job.trial, span.to);
  if (begins_anew(job.trial) && span.from < span.to) span.from = 0;
  span.cooldown = cooldown_of(plan_, span.to);
  return span;
}

}  // namespace stepladder::schedule
