#include "stepladder/schedule/hyperband.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace stepladder::schedule {

Commands Hyperband::handle(const Event& event) {
  Commands commands;
  std::visit([&](const auto& what) { on(what, commands); }, event.what);
  give_work(commands);
  if (leases_.are_none()) conclusion_.ask_if_due(ladder_);
  return commands;
}

void Hyperband::on(const WorkerJoined& event, Commands&) { leases_.join(event.worker); }

void Hyperband::on(const WorkerLost& event, Commands& commands) {
  if (const auto task = leases_.lose(event.worker)) lose(*task, event.heard_at, commands);
}

void Hyperband::on(const Reported& event, Commands& commands) {
  const std::optional<Task> task = leases_.end(event.lease);
  if (!task) return;
  if (std::holds_alternative<Interrupted>(event.outcome)) return put_back(*task);
  if (std::holds_alternative<StorageFailed>(event.outcome)) {
    put_back(*task);
    return stop(commands);
  }
  if (!conclusion_.is_wanted(*task)) return drop(*task);
  const auto* crashed = std::get_if<Crashed>(&event.outcome);
  if (crashed != nullptr && task->cause != Cause::scoring) {
    if (leases_.may_try_again(task->trial)) return put_back(*task);
    commands.emplace_back(GiveUp{task->trial, crashed->reason});
  }
  end(*task, event.outcome);
}

void Hyperband::on(const StopRequested&, Commands& commands) { stop(commands); }

void Hyperband::on(const Restarted&, Commands&) {
  stopping_ = false;
  leases_.restart();
}

void Hyperband::on(const RangeExtended& event, Commands&) {
  if (!awaits_range()) return;
  if (ladder_.extend(event.extension)) return conclusion_.widen_range();
  conclusion_.keep_range();
}

void Hyperband::on(const RangeKept&, Commands&) {
  if (awaits_range()) conclusion_.keep_range();
}

void Hyperband::on(const RoundJudged& event, Commands& commands) {
  if (awaits_round() != event.rounds) return;
  conclusion_.judge_round(event.dropped);
  for (const auto& [lease, held] : leases_.all())
    if (!conclusion_.is_wanted(held.task)) commands.emplace_back(Recall{held.worker});
}

void Hyperband::on(const Grown& event, Commands&) {
  try {
    const Plan plan = grown(this->plan(), event.growth);
    Ladder::check(plan, sampler());
    if (growth_to(this->plan(), plan) != event.growth) return;
  } catch (const PlanError&) {
    return;
  }
  leases_.restart();
  leases_.forget_waiting_end();
  ladder_.grow(event.growth);
  conclusion_.grow(plan());
}

// The worker of a task was lost. What kills its workers is given up.
void Hyperband::lose(const Task& task, Steps heard_at, Commands& commands) {
  if (!conclusion_.is_wanted(task)) return drop(task);
  const Steps at = std::max(heard_at, span_of(task).from);
  if (!stopping_)
    leases_.count_loss(task.trial, at);  // workers that end with the job prove nothing
  const Losses losses = leases_.losses(task.trial);
  if (!losses.are_too_many()) return put_back(task);
  if (task.cause == Cause::scoring) {
    leases_.forget_losses(task.trial);
    leases_.close(task);
    return conclusion_.give_up_score();
  }
  const std::string reason = "its worker died " + std::to_string(losses.in_all()) +
                             " times, the last time at step " + std::to_string(at) +
                             " or soon after";
  commands.emplace_back(GiveUp{task.trial, reason});
  end(task, Crashed{reason});
}

// A task is over: with a score, diverged, or crashed for good.
void Hyperband::end(const Task& task, const Outcome& outcome) {
  leases_.close(task);
  if (task.cause != Cause::scoring) leases_.forget_losses(task.trial);
  if (task.climbs())
    ladder_.end(task, outcome);
  else
    conclusion_.end(task, outcome);
}

void Hyperband::put_back(const Task& task) {
  conclusion_.is_wanted(task) ? leases_.put_back(task) : drop(task);
}

// Of a finalist that was dropped nothing counts any more.
void Hyperband::drop(const Task& task) {
  leases_.close(task);
  conclusion_.forget(task);
}

void Hyperband::stop(Commands& commands) {
  if (std::exchange(stopping_, true)) return;
  for (const auto& [lease, held] : leases_.all()) commands.emplace_back(Recall{held.worker});
}

void Hyperband::give_work(Commands& commands) {
  while (const auto worker = leases_.free_worker()) {
    const std::optional<Task> task = next_task(commands);
    if (!task) break;
    commands.emplace_back(assign(*worker, *task));
  }
  if (!stopping_ && !finished()) return;
  for (const WorkerId worker : leases_.dismiss_free()) commands.emplace_back(Retire{worker});
}

std::optional<Task> Hyperband::next_task(Commands& commands) {
  if (stopping_ || finished()) return std::nullopt;
  while (const auto waiting = leases_.take_waiting()) {
    if (conclusion_.is_wanted(*waiting)) return waiting;
    drop(*waiting);
  }
  return conclusion_.next(ladder_, under_way(), commands);
}

UnderWay Hyperband::under_way() const {
  return {.climbing = leases_.under_way(Cause::fresh) + leases_.under_way(Cause::promoted),
          .finishing = leases_.under_way(Cause::finishing),
          .audits = leases_.under_way(Cause::audited),
          .scoring = leases_.under_way(Cause::scoring)};
}

Assign Hyperband::assign(WorkerId worker, const Task& task) {
  const Span span = span_of(task);
  Assignment assignment{.lease = leases_.give(worker, task),
                        .trial = task.trial,
                        .configuration = configuration(task.trial),
                        .from = span.from,
                        .to = span.to,
                        .horizon = span.horizon,
                        .part = task.part,
                        .draws = {},
                        .averages = plan().rung_score == RungScore::average,
                        .cooldown = span.cooldown,
                        .is_watched = leases_.losses(task.trial).any()};
  if (is_replicate(task.trial)) assignment.draws = replicates().draws_of(task.trial);
  return {.worker = worker,
          .assignment = std::move(assignment),
          .cause = task.is_retry ? Cause::retried : task.cause};
}

Span Hyperband::span_of(const Task& task) const {
  return task.climbs() ? ladder_.span_of(task) : conclusion_.span_of(task, ladder_);
}

// ---- what is known of a trial

std::vector<TrialId> Hyperband::begun() const {
  std::vector<TrialId> all;
  all.reserve(trials().size() + replicates().replicates().size());
  for (std::uint32_t i = 0; i < trials().size(); ++i) all.push_back(TrialId{i});
  for (std::uint32_t i = 0; i < replicates().replicates().size(); ++i)
    all.push_back(TrialId{kFirstReplicate + i});
  return all;
}

bool Hyperband::has_begun(TrialId id) const noexcept {
  return is_replicate(id) ? id.value - kFirstReplicate < replicates().replicates().size()
                          : id.value < trials().size();
}

const Trial& Hyperband::trial(TrialId id) const {
  return is_replicate(id) ? replicates().of(id).state : trials().at(id.value);
}

TrialId Hyperband::configured_as(TrialId id) const {
  return is_replicate(id) ? replicates().of(id).finalist : id;
}

Configuration Hyperband::configuration(TrialId id) const {
  return sampler().configuration_of(configured_as(id));
}

Steps Hyperband::horizon_at(TrialId id, Steps level) const {
  return ladder_.horizon_at(configured_as(id), level);
}

Standing Hyperband::standing(TrialId id) const {
  if (is_replicate(id)) return Standing{.trial = id, .failed = true};
  return ladder_.standing(id);
}

TrialStatus Hyperband::status(TrialId id) const {
  const Trial& known = trial(id);
  if (known.fate == Trial::Fate::diverged) return TrialStatus::diverged;
  if (known.fate == Trial::Fate::crashed) return TrialStatus::crashed;
  if (leases_.is_busy(id)) return TrialStatus::running;
  if (known.trained == plan().max_steps || model() == id || is_replicate(id))
    return TrialStatus::finished;
  return !finished() && ladder_.may_climb(id) ? TrialStatus::paused : TrialStatus::pruned;
}

}  // namespace stepladder::schedule
