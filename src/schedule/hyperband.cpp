#include "stepladder/schedule/hyperband.hpp"

#include <algorithm>
#include <utility>

#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {

namespace {

bool is_synchronous(Mode mode) {
  return mode == Mode::successive_halving || mode == Mode::hyperband || mode == Mode::top_k;
}

Rule rule_of(const Plan& plan) {
  if (is_synchronous(plan.mode)) return Rule::synchronous;
  if (plan.mode == Mode::asha_stopping) return Rule::stopping;
  if (plan.mode == Mode::pasha) return Rule::progressive;
  return plan.promotion == Promotion::delayed ? Rule::delayed : Rule::eager;
}

const Plan& checked(const Plan& plan, const search::Sampler& sampler) {
  check(plan);
  const auto configurations = sampler.configurations();
  if (configurations && static_cast<std::uint64_t>(plan.trials) > *configurations)
    throw PlanError("trials", "trials = " + std::to_string(plan.trials) +
                                  ", but the grid has only " + std::to_string(*configurations) +
                                  " configurations; lower trials");
  if (configurations && plan.trials == 0)
    throw PlanError("trials",
                    "a grid of " + std::to_string(*configurations) +
                        " configurations needs a limit; set trials to that number or less");
  return plan;
}

}  // namespace

Hyperband::Hyperband(const Plan& plan, search::Sampler sampler)
    : plan_(checked(plan, sampler)),
      sampler_(std::move(sampler)),
      bracket_plans_(bracket_plans(plan_)),
      bracket_order_(bracket_plans_) {
  if (is_synchronous(plan_.mode)) return;  // these begin a bracket when they have trials for it
  for (const BracketPlan& bracket : bracket_plans_)
    brackets_.emplace_back(bracket.levels, rule_of(plan_), plan_.eta);
}

Commands Hyperband::handle(const Event& event) {
  Commands commands;
  std::visit([&](const auto& what) { on(what, commands); }, event.what);
  give_work(commands);
  return commands;
}

void Hyperband::on(const WorkerJoined& event, Commands&) {
  // It comes back empty-handed, whatever it held.
  if (const std::optional<Lease> lease = end_lease(event.worker)) put_back(lease->job);
  workers_[event.worker] = std::nullopt;
  idle_.insert(event.worker);
}

void Hyperband::on(const WorkerLost& event, Commands& commands) {
  const std::optional<Lease> lease = end_lease(event.worker);
  workers_.erase(event.worker);
  idle_.erase(event.worker);
  if (lease) lose(lease->job, event.heard_at, commands);
}

void Hyperband::on(const Reported& event, Commands& commands) {
  const auto found = leases_.find(event.lease);
  if (found == leases_.end()) return;
  const Lease lease = found->second;
  leases_.erase(found);
  workers_[lease.worker] = std::nullopt;
  idle_.insert(lease.worker);
  if (std::holds_alternative<Interrupted>(event.outcome)) {
    put_back(lease.job);
  } else if (std::holds_alternative<StorageFailed>(event.outcome)) {
    put_back(lease.job);
    stop(commands);
  } else if (lease.job.part == Part::prune) {
    complete(lease.job, event.outcome, commands);
  } else if (lease.job.part == Part::final && is_replicate(lease.job.trial)) {
    complete_replicate(lease.job, event.outcome, commands);
  } else {
    complete_extra(lease.job, event.outcome);
  }
}

void Hyperband::on(const StopRequested&, Commands& commands) { stop(commands); }

void Hyperband::on(const Restarted&, Commands&) {
  stopping_ = false;
  for (const auto& [lease, held] : std::exchange(leases_, {})) put_back(held.job);
  workers_.clear();
  idle_.clear();
}

std::optional<Hyperband::Lease> Hyperband::end_lease(WorkerId worker) {
  const auto found = workers_.find(worker);
  if (found == workers_.end() || !found->second) return std::nullopt;
  const auto lease = leases_.find(*std::exchange(found->second, std::nullopt));
  const Lease ended = lease->second;
  leases_.erase(lease);
  return ended;
}

void Hyperband::lose(const Job& job, Steps heard_at, Commands& commands) {
  Trial& trial = trials_[job.trial.value];
  const Steps at = std::max(heard_at, trial.trained);
  if (!stopping_) trial.losses.add(at);  // workers that end with the job are no evidence
  if (!trial.losses.are_too_many()) return put_back(job);
  const int deaths = trial.losses.in_all();
  trial.losses = {};
  const bool is_of_replicate = job.part == Part::final && is_replicate(job.trial);
  if (job.part != Part::prune && !is_of_replicate) {  // the score that is due cannot be had
    extra_crashes_ = kCrashesMax - 1;
    return complete_extra(job, Crashed{});
  }
  const std::string reason = "its worker died " + std::to_string(deaths) +
                             " times, the last time at step " + std::to_string(at) +
                             " or soon after";
  commands.emplace_back(GiveUp{job.trial, reason});
  if (is_of_replicate) {
    end_replicate(job, Crashed{reason});
  } else {
    enter(job, Crashed{reason});
  }
}

void Hyperband::put_back(const Job& job) { waiting_.push_back(job); }

void Hyperband::stop(Commands& commands) {
  if (std::exchange(stopping_, true)) return;
  for (const auto& [lease, held] : leases_) commands.emplace_back(Recall{held.worker});
}

Steps Hyperband::level_of(const Job& job) const {
  return brackets_[trials_[job.trial.value].bracket].rungs()[job.rung].level();
}

void Hyperband::complete(const Job& job, const Outcome& outcome, Commands& commands) {
  if (!tries_again(job, outcome, commands)) enter(job, outcome);
}

bool Hyperband::tries_again(const Job& job, const Outcome& outcome, Commands& commands) {
  const auto* crashed = std::get_if<Crashed>(&outcome);
  if (crashed == nullptr) return false;
  if (++trials_[job.trial.value].crashes < kCrashesMax) {
    put_back(job);
    return true;
  }
  commands.emplace_back(GiveUp{job.trial, crashed->reason});
  return false;
}

void Hyperband::enter(const Job& job, const Outcome& outcome) {
  Trial& trial = trials_[job.trial.value];
  const Standing standing = standing_of(outcome, job.trial, plan_.metric);
  const Span span = span_of(job);
  const Steps level = span.to;
  leave_level(job.trial);
  trial.busy = false;
  trial.losses = {};
  trial.rung = static_cast<std::uint8_t>(job.rung);
  trial.trained = level;
  if (!standing.failed) {
    trial.score = std::get<Score>(outcome);
  } else {
    trial.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
    if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
      const Steps end = level + span.cooldown;
      steps_committed_ -= end - std::clamp(diverged->at, span.from, end);
      trial.trained = std::clamp(diverged->at, span.from, level);
    }
  }
  brackets_[trial.bracket].complete(job.rung, standing, is_audited(job.trial));
  refresh(trial.bracket);
  if (standing.failed) return;
  const Steps counted = is_audited(job.trial) ? place_of(job.trial)->level : level;
  if (is_audited(job.trial)) audited_at_[job.trial] = counted;
  ++standing_at_[counted];
}

// Only the living are counted, so whoever has a score is there.
void Hyperband::leave_level(TrialId id) {
  if (!trials_[id.value].score) return;
  const auto audited = audited_at_.find(id);
  const auto level =
      standing_at_.find(audited != audited_at_.end() ? audited->second : trials_[id.value].trained);
  if (--level->second == 0) standing_at_.erase(level);
}

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
  if (plan_.trials > 0 && started >= plan_.trials) return std::nullopt;
  if (!is_synchronous(plan_.mode))
    return bracket_order_.bracket_of(TrialId{static_cast<std::uint32_t>(started)});
  if (places_left_ == 0) {
    const BracketPlan& next = bracket_plans_[brackets_.size() % bracket_plans_.size()];
    places_left_ = plan_.trials > 0 ? std::min(next.trials, plan_.trials - started) : next.trials;
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

Steps Hyperband::horizon_at(TrialId trial, Steps level) const {
  return begins_anew(trial) ? level : plan_.max_steps;
}

bool Hyperband::begins_anew(TrialId trial) const {
  if (plan_.rung_score != RungScore::restart || !plan_.horizon_bound) return false;
  const Condition& bound = *plan_.horizon_bound;
  const Configuration its = configuration(trial);
  const Value* value = its.find(bound.name);
  return value != nullptr &&
         std::find(bound.values.begin(), bound.values.end(), *value) != bound.values.end();
}

Configuration Hyperband::configuration(TrialId trial) const {
  return sampler_.configuration_of(is_replicate(trial) ? confirmation_->finalist_of(trial) : trial);
}

bool Hyperband::is_audited(TrialId id) const {
  if (plan_.audit_fraction <= 0 || is_replicate(id)) return false;
  if (brackets_[trials_[id.value].bracket].rungs().size() < 2) return false;
  return RandomStream(sampler_.seed(), Purpose::audit, id.value).uniform(0) < plan_.audit_fraction;
}

TrialStatus Hyperband::status(TrialId id) const {
  const Trial& trial = trials_.at(id.value);
  if (trial.fate == Trial::Fate::diverged) return TrialStatus::diverged;
  if (trial.fate == Trial::Fate::crashed) return TrialStatus::crashed;
  if (trial.busy) return TrialStatus::running;
  if (trial.trained == plan_.max_steps || chosen_ == id || is_replicate(id))
    return TrialStatus::finished;
  const bool may_climb = !finished_ && brackets_[trial.bracket].may_climb(id, trial.rung);
  return may_climb ? TrialStatus::paused : TrialStatus::pruned;
}

Standing Hyperband::standing(TrialId id) const {
  const Trial& trial = trials_.at(id.value);
  if (trial.fate != Trial::Fate::alive || !trial.score)
    return Standing{.failed = true, .trial = id};
  return standing_of(*trial.score, id, plan_.metric);
}

}  // namespace stepladder::schedule
