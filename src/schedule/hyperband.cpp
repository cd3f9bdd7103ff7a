#include "stepladder/schedule/hyperband.hpp"

#include <algorithm>
#include <utility>

namespace stepladder::schedule {

namespace {

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
  if (plan.extend_range && sampler.extendable(kExtendedName) == nullptr)
    throw PlanError(
        "extend_range",
        "extend_range widens a range of learning_rate that is searched on a logarithmic "
        "scale and depends on no other hyperparameter; give one, for example "
        "learning_rate = { min = 0.001, max = 1.0, scale = \"log\" }");
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
  const Steps at = std::max(heard_at, span_of(job).from);
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

}  // namespace stepladder::schedule
