// A second, slow reading of the scheduler's rules, for tests: it hears the events, says itself what
// should be answered, and what is wrong with the answer. Leases, work that is put back, the budget
// and the phases of a run are here; who may climb is in ladder_oracle.hpp, who is confirmed and
// chosen in confirmation_oracle.hpp. Configurations are those of the sampler, which has tests of
// its own.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schedule/confirmation_oracle.hpp"
#include "schedule/ladder_oracle.hpp"
#include "stepladder/schedule/messages.hpp"
#include "stepladder/search/sampler.hpp"
#include "stepladder/trial/random.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::schedule {

inline SearchSpace rate_space() {
  return {{{"learning_rate", Range{.min = 0.001, .max = 1, .scale = Scale::log}},
           {"policy", Choices{{Value{std::string("constant")}, Value{std::string("linear")}}}}}};
}

class Oracle {
 public:
  // `configurations`: how many different ones there are; nothing: no end of them.
  Oracle(const Plan& plan, const search::Sampler& sampler,
         std::optional<std::int64_t> configurations = {})
      : plan_(plan),
        seed_(sampler.seed()),
        sampler_(sampler),
        ladder_(plan, configurations),
        confirmation_(plan),
        configurations_(configurations) {}

  // One sentence for each thing wrong with this entry.
  std::vector<std::string> check(const wire::Entry& entry) {
    wrong_.clear();
    expected_.clear();
    std::visit([this](const auto& event) { on(event); }, entry.event.what);
    give_work();
    compare(entry.commands);
    for (const std::string& complaint : ladder_.complaints()) wrong_.push_back(complaint);
    return std::move(wrong_);
  }

  [[nodiscard]] bool finished() const { return phase_ == Phase::over; }
  [[nodiscard]] std::optional<TrialId> chosen() const { return chosen_; }
  [[nodiscard]] std::optional<TrialId> model() const { return model_; }
  [[nodiscard]] int times_tested() const { return times_tested_; }
  [[nodiscard]] bool anyone_alive() const { return !leaders().empty(); }
  // The steps that it would take to carry the best on to the end.
  [[nodiscard]] Steps left() const {
    const LadderOracle::Leader best = leaders().front();
    return best.level == plan_.max_steps ? 0 : span_to_the_end(best.entry.trial);
  }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const LadderOracle& ladder() const { return ladder_; }
  [[nodiscard]] const ConfirmationOracle& confirmation() const { return confirmation_; }
  [[nodiscard]] std::size_t trials() const { return trials_.size(); }
  [[nodiscard]] std::size_t trials_max() const {
    const std::int64_t trials = plan_.trials + extended_trials_;
    return static_cast<std::size_t>(std::min(trials, configurations_.value_or(trials)));
  }
  // Nothing is left but the end, and there is a range to ask about.
  [[nodiscard]] bool awaits_range() const {
    if (stopping_ || phase_ != Phase::searching || !is_range_open() || anything_under_way())
      return false;
    return audits_to_come().empty() && !may_be_finished();
  }
  [[nodiscard]] std::optional<std::int64_t> awaits_round() const {
    return stopping_ || phase_ != Phase::confirming ? std::nullopt : confirmation_.asks();
  }
  // Whether anything that is wanted is held or waits.
  [[nodiscard]] bool anything_under_way() const {
    return !held_.empty() || std::any_of(waiting_.begin(), waiting_.end(),
                                         [this](const Job& job) { return is_wanted(job); });
  }
  // Of the search: trained, and of the leases out; what is done again is not counted again, and
  // audits are not counted.
  [[nodiscard]] Steps steps() const { return steps_; }
  // What steps() may come to: the budget, and the work that was out when the last trial was sent up
  // or started. One trial may always come to its end.
  [[nodiscard]] Steps steps_max() const {
    const Steps alone = trials_.size() > 1 ? 0 : plan_.max_steps + cooldown_to(plan_.max_steps);
    return std::max(plan_.total_steps - 1, alone) + out_at_last_;
  }

 private:
  enum class Phase { searching, confirming, scoring, testing, over };
  struct Trial {
    bool is_bound = false;  // is trained from step 0 for each rung
    Steps trained = 0;
    std::optional<Score> score;  // the last one
    bool dead = false;
  };
  struct Job {
    TrialId trial;
    Cause cause = Cause::fresh;  // the first time
    std::size_t rung = 0;
    Part part = Part::prune;
    bool is_retry = false;
  };
  struct Held {
    WorkerId worker;
    Job job;
    Assignment assignment;
  };
  struct Deaths {  // of a trial's workers, since it completed a rung
    int in_all = 0;
    std::vector<Steps> here;  // those within kStepsBetweenQuestions of the furthest one
  };

  void expect(bool claim, const std::string& otherwise) {
    if (!claim) wrong_.push_back(otherwise);
  }

  // ---- events

  std::optional<Held> take_from(WorkerId worker) {
    for (const auto& [lease, held] : held_) {
      if (held.worker != worker) continue;
      const Held taken = held;
      held_.erase(lease);
      return taken;
    }
    return std::nullopt;
  }
  void put_back(Job job) {
    job.is_retry = true;
    if (!is_wanted(job)) return confirmation_.drop(job.trial);
    waiting_.push_back(job);
  }
  void on(const WorkerJoined& event) {
    if (const auto held = take_from(event.worker)) put_back(held->job);
    workers_.insert(event.worker);
  }
  void on(const WorkerLost& event) {
    workers_.erase(event.worker);
    const auto held = take_from(event.worker);
    if (!held) return;
    const Job& job = held->job;
    if (!is_wanted(job) || stopping_) return put_back(job);
    const Steps at = std::max(event.heard_at, held->assignment.from);
    if (!is_one_death_too_many(deaths_[job.trial], at)) return put_back(job);
    deaths_.erase(job.trial);
    if (job.cause == Cause::scoring) return give_up_score();
    expected_.push_back(GiveUp{job.trial, {}});
    end(*held, Crashed{});
  }
  // One beyond the furthest place begins anew, one before it was an accident.
  static bool is_one_death_too_many(Deaths& deaths, Steps at) {
    const auto furthest = [&] { return *std::max_element(deaths.here.begin(), deaths.here.end()); };
    ++deaths.in_all;
    if (!deaths.here.empty() && at > furthest() + kStepsBetweenQuestions) deaths.here.clear();
    if (deaths.here.empty() || at >= furthest() - kStepsBetweenQuestions) deaths.here.push_back(at);
    return deaths.here.size() == 3 || deaths.in_all == 10;
  }
  void on(const StopRequested&) { stop(); }
  void stop() {
    if (stopping_) return;
    stopping_ = true;
    for (const auto& [lease, held] : held_) expected_.push_back(Recall{held.worker});
  }
  void on(const Restarted&) {
    stopping_ = false;
    all_workers_are_gone();
  }
  void all_workers_are_gone() {
    const std::map<LeaseId, Held> gone = std::exchange(held_, {});
    for (const auto& [lease, held] : gone) put_back(held.job);
    workers_.clear();
  }
  void on(const RangeKept&) { range_is_settled_ = range_is_settled_ || awaits_range(); }
  void on(const RangeExtended& event) {
    if (!awaits_range()) return;
    const search::Extension& to = event.extension;
    const bool is_wider = (to.min < range_.min && to.max >= range_.max) ||
                          (to.min <= range_.min && to.max > range_.max);
    const bool is_too_wide = to.min < kFirst.min / plan_.extend_range_max * (1 - 1e-3) ||
                             to.max > kFirst.max * plan_.extend_range_max * (1 + 1e-3);
    range_is_settled_ =
        to.name != "learning_rate" || !is_wider || is_too_wide || to.min <= 0 || to.trials < 1;
    if (range_is_settled_) return;
    searched_ = range_;
    draws_from_all_ = kNever;
    range_ = {.min = to.min, .max = to.max};
    sampler_.extend(to, TrialId{static_cast<std::uint32_t>(trials_.size())});
    extended_trials_ += to.trials;
    ladder_.allow(plan_.trials + extended_trials_);
  }
  void on(const RoundJudged& event) {
    if (!awaits_round() || *awaits_round() != event.rounds) return;
    confirmation_.judge(event.rounds, event.dropped);
    for (const auto& [lease, held] : held_)
      if (!is_wanted(held.job)) expected_.push_back(Recall{held.worker});
  }
  void on(const Grown& event) {
    const auto plan = grown_plan(event.growth);
    if (!plan) return;
    all_workers_are_gone();
    std::erase_if(waiting_, [](const Job& job) { return job.part != Part::prune; });
    // What an extension has promised keeps to what was added.
    const std::size_t planned = std::max(trials_.size(), trials_max());
    if (plan->trials != plan_.trials) range_is_settled_ = false;
    plan_ = *plan;
    sampler_.draw_from_all(TrialId{static_cast<std::uint32_t>(planned)});
    draws_from_all_ = std::min(draws_from_all_, planned);
    ladder_.grow(plan_, plan_.trials + extended_trials_);
    confirmation_.grow(plan_);
    phase_ = Phase::searching;
    leader_.reset();
    score_failures_ = 0;
  }
  // More of something, less of nothing; nothing where it does not fit.
  [[nodiscard]] std::optional<Plan> grown_plan(const Growth& growth) const {
    const auto is_less = [](std::int64_t now, std::int64_t before) {
      return before == 0 ? now != 0 : now != 0 && now < before;
    };
    if (is_less(growth.trials, plan_.trials) || is_less(growth.total_steps, plan_.total_steps) ||
        growth.finalists < plan_.finalists ||
        growth.confirmation_seeds < plan_.confirmation_seeds || growth.max_steps < plan_.max_steps)
      return std::nullopt;
    std::vector<Steps> levels = levels_of(plan_);
    if (growth.max_steps > plan_.max_steps) {
      if (plan_.horizon_bound && plan_.rung_score != RungScore::restart) return std::nullopt;
      for (Steps level = plan_.max_steps * plan_.eta; level < growth.max_steps; level *= plan_.eta)
        levels.push_back(level);
      levels.push_back(growth.max_steps);
    }
    Plan plan = plan_;
    plan.trials = growth.trials;
    plan.total_steps = growth.total_steps;
    plan.finalists = growth.finalists;
    plan.confirmation_seeds = growth.confirmation_seeds;
    plan.max_steps = growth.max_steps;
    if (plan == plan_ || levels != growth.levels) return std::nullopt;
    plan.levels = levels;
    try {
      schedule::check(plan);
    } catch (const PlanError&) {
      return std::nullopt;
    }
    return plan;
  }

  void on(const Reported& event) {
    const auto found = held_.find(event.lease);
    if (found == held_.end()) return;
    const Held held = found->second;
    held_.erase(found);
    const Job& job = held.job;
    if (std::holds_alternative<Interrupted>(event.outcome)) return put_back(job);
    if (std::holds_alternative<StorageFailed>(event.outcome)) {
      put_back(job);
      return stop();
    }
    if (!is_wanted(job)) return confirmation_.drop(job.trial);
    if (std::holds_alternative<Crashed>(event.outcome) && job.cause != Cause::scoring) {
      if (++crashes_[job.trial] < 3) return put_back(job);
      expected_.push_back(GiveUp{job.trial, {}});
    }
    if (job.cause != Cause::scoring) deaths_.erase(job.trial);
    end(held, event.outcome);
  }

  static std::optional<Score> score_in(const Outcome& outcome) {
    const auto* score = std::get_if<Score>(&outcome);
    if (score == nullptr || !std::isfinite((*score)[0]) || !std::isfinite((*score)[1]))
      return std::nullopt;
    return *score;
  }
  // A job is over, well or badly.
  void end(const Held& held, const Outcome& outcome) {
    const Job& job = held.job;
    const Assignment& done = held.assignment;
    if (job.cause == Cause::scoring) return end_scoring(job, outcome);
    const std::optional<Score> score = score_in(outcome);
    Steps trained = done.to;
    Steps unused = 0;
    if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
      trained = std::clamp(diverged->at, done.from, done.to);
      unused =
          done.to + done.cooldown - std::clamp(diverged->at, done.from, done.to + done.cooldown);
    }
    if (job.cause == Cause::confirming) {
      // Where it stands is of no use to anybody once it failed.
      return confirmation_.end(job.trial, trained, score);
    }
    Trial& trial = trials_.at(job.trial.value);
    trial.trained = trained;
    trial.score = score;
    trial.dead = !score;
    if (job.cause == Cause::audited)
      return ladder_.end_audit(job.trial, job.rung, {job.trial, score});
    steps_ -= unused;
    ladder_.enter(job.trial, job.rung, {job.trial, score});
  }
  void end_scoring(const Job& job, const Outcome& outcome) {
    if (!std::holds_alternative<Score>(outcome)) {
      if (++score_failures_ == 3) give_up_score();
    } else if (job.part == Part::final) {
      is_final_scored_ = true;
    } else {
      is_tested_ = true;
      ++times_tested_;
      phase_ = Phase::over;
    }
  }
  void give_up_score() {
    score_failures_ = 3;
    if (phase_ == Phase::testing) phase_ = Phase::over;
  }

  // ---- what should be answered

  [[nodiscard]] bool is_wanted(const Job& job) const {
    if (job.cause != Cause::confirming || phase_ == Phase::searching) return true;
    return phase_ == Phase::confirming && confirmation_.is_wanted(job.trial);
  }
  [[nodiscard]] std::set<WorkerId> idle() const {
    std::set<WorkerId> free = workers_;
    for (const auto& [lease, held] : held_) free.erase(held.worker);
    return free;
  }
  // Held or waiting, of these causes.
  [[nodiscard]] std::size_t under_way(const std::set<Cause>& causes) const {
    std::size_t count = 0;
    for (const auto& [lease, held] : held_) count += causes.contains(held.job.cause) ? 1 : 0;
    for (const Job& job : waiting_) count += causes.contains(job.cause) ? 1 : 0;
    return count;
  }
  [[nodiscard]] bool is_busy(TrialId trial) const {
    return std::any_of(held_.begin(), held_.end(),
                       [&](const auto& held) { return held.second.job.trial == trial; }) ||
           std::any_of(waiting_.begin(), waiting_.end(),
                       [&](const Job& job) { return job.trial == trial; });
  }

  void give_work() {
    while (!stopping_ && !finished() && !idle().empty()) {
      const std::optional<Job> job = demand();
      if (!job) break;
      assign(*idle().begin(), *job);
    }
    if (!stopping_ && !finished()) return;
    for (const WorkerId worker : idle()) {
      expected_.push_back(Retire{worker});
      workers_.erase(worker);
    }
  }
  // What a free worker is to do.
  std::optional<Job> demand() {
    while (!waiting_.empty()) {
      const Job job = waiting_.front();
      waiting_.pop_front();
      if (is_wanted(job)) return job;
      confirmation_.drop(job.trial);
    }
    if (awaits_range()) return std::nullopt;
    if (phase_ == Phase::searching) {
      if (const auto job = search()) return job;
      // Replicates may be under way already, of those that will be among the finalists.
      if (under_way(kOfTheSearch) > 0 || awaits_range()) return std::nullopt;
      begin_end();
    }
    if (phase_ == Phase::confirming) {
      if (confirmation_.asks()) return std::nullopt;
      if (const auto id = confirmation_.next())
        return Job{.trial = *id, .cause = Cause::confirming, .part = Part::final};
      if (!confirmation_.is_complete()) return std::nullopt;
      choose(confirmation_.choice());
    }
    if (under_way({Cause::scoring}) > 0) return std::nullopt;
    if (phase_ == Phase::scoring) {
      if (!is_final_scored_ && score_failures_ < 3)
        return Job{.trial = *leader_, .cause = Cause::scoring, .part = Part::final};
      choose({*leader_, *leader_});
    }
    if (phase_ == Phase::testing)
      return Job{.trial = *model_, .cause = Cause::scoring, .part = Part::test};
    return std::nullopt;
  }

  std::optional<Job> search() {
    if (trials_.empty() || budget_is_left()) {
      if (const auto climb = ladder_.next_climb()) {
        admit(span(climb->trial, level(climb->trial, climb->rung)));
        return Job{.trial = climb->trial, .cause = Cause::promoted, .rung = climb->rung};
      }
      const bool is_exhausted = configurations_ && std::ssize(trials_) >= *configurations_;
      if (!is_exhausted && (plan_.trials == 0 || trials_.size() < trials_max())) return start();
    }
    const bool is_climbed =
        under_way({Cause::fresh, Cause::promoted}) == 0 && !ladder_.awaits_an_audit();
    if (is_climbed && under_way({Cause::finishing}) == 0)
      while (may_be_finished()) {
        const TrialId best = leaders().front().entry.trial;
        const Steps steps = span_to_the_end(best);
        if (ladder_.carry_on(best)) continue;
        steps_ += steps;
        return Job{.trial = best,
                   .cause = Cause::finishing,
                   .rung = ladder_.levels(ladder_.bracket_of(best)).size() - 1};
      }
    if (const std::vector<TrialId> audits = audits_to_come(); !audits.empty()) {
      const TrialId trial = audits.front();
      return Job{.trial = trial, .cause = Cause::audited, .rung = ladder_.begin_audit(trial)};
    }
    if (!is_climbed || under_way({Cause::finishing, Cause::audited}) == 0) return std::nullopt;
    return ahead();
  }

  std::optional<Job> start() {
    const TrialId id{static_cast<std::uint32_t>(trials_.size())};
    static_cast<void>(sampler_.settle(std::ssize(trials_) + 1));
    const Configuration configuration = sampler_.configuration_of(id);
    if (plan_.extend_range) check_rate(configuration);
    for (std::uint32_t other = 0; configurations_ && other < id.value; ++other)
      expect(sampler_.configuration_of(TrialId{other}) != configuration,
             "a configuration is tried twice");
    ladder_.start(id);
    trials_.push_back({.is_bound = is_bound(configuration)});
    admit(span(id, level(id, 0)));
    return Job{.trial = id, .cause = Cause::fresh};
  }
  // A trial lies in the range, and once that was extended in what was added.
  void check_rate(const Configuration& configuration) {
    const double rate = std::get<double>(*configuration.find("learning_rate"));
    expect(rate >= range_.min && rate <= range_.max, "a rate outside the range");
    expect(!searched_ || trials_.size() >= draws_from_all_ || rate <= searched_->min ||
               rate >= searched_->max,
           "a rate that was searched already");
  }

  // The best is to be carried on to max_steps, and may be.
  [[nodiscard]] bool may_be_finished() const {
    if (!plan_.finish_winner || highest() == plan_.max_steps || leaders().empty()) return false;
    const TrialId best = leaders().front().entry.trial;
    if (ladder_.is_audit_out(best)) return false;
    if (ladder_.at_the_end(best)) return true;
    return plan_.total_steps == 0 ||
           steps_ + span_to_the_end(best) <= std::max(plan_.total_steps, admitted_);
  }
  // In their order: the one trained least first.
  [[nodiscard]] std::vector<TrialId> audits_to_come() const {
    std::vector<TrialId> audits;
    for (std::uint32_t i = 0; i < trials_.size(); ++i) {
      const TrialId id{i};
      if (trials_[i].score && is_audited(id) && !is_busy(id) && ladder_.has_rungs_left(id))
        audits.push_back(id);
    }
    std::stable_sort(audits.begin(), audits.end(), [this](TrialId a, TrialId b) {
      return trials_[a.value].trained < trials_[b.value].trained;
    });
    return audits;
  }
  [[nodiscard]] bool is_audited(TrialId id) const {
    return ladder_.levels(ladder_.bracket_of(id)).size() > 1 &&
           RandomStream(seed_, Purpose::audit, id.value).uniform(0) < plan_.audit_fraction;
  }

  // A replicate of a trial that will be among the finalists whatever comes.
  std::optional<Job> ahead() {
    const bool is_finishing = under_way({Cause::finishing}) > 0;
    if (plan_.confirmation_seeds == 0 || is_range_open() || (is_finishing && plan_.total_steps > 0))
      return std::nullopt;
    const std::vector<TrialId> sure = sure_finalists(is_finishing);
    const auto id =
        confirmation_.begin_one(sure, std::min<std::int64_t>(plan_.confirmation_seeds, 3));
    if (!id) return std::nullopt;
    return Job{.trial = *id, .cause = Cause::confirming, .part = Part::final};
  }
  [[nodiscard]] std::vector<TrialId> sure_finalists(bool is_finishing) const {
    std::set<TrialId> open;  // whose audit is under way or to come
    for (const TrialId id : audits_to_come()) open.insert(id);
    for (std::uint32_t i = 0; i < trials_.size(); ++i)
      if (ladder_.is_audit_out(TrialId{i})) open.insert(TrialId{i});
    // Nobody is brought to max_steps yet: who has been there by an audit may come to stand there.
    if (is_finishing)
      for (std::uint32_t i = 0; i < trials_.size(); ++i)
        if (trials_[i].score && ladder_.at_the_end(TrialId{i})) open.insert(TrialId{i});
    std::size_t taken = open.size();
    std::vector<TrialId> sure;
    bool is_first = true;
    for (const LadderOracle::Leader& leader : best_leaders()) {
      const TrialId trial = leader.entry.trial;
      const bool is_the_finished = std::exchange(is_first, false) && is_finishing;
      if (open.contains(trial)) continue;
      if (taken++ >= static_cast<std::size_t>(plan_.finalists)) break;
      if (!is_the_finished) sure.push_back(trial);
    }
    return sure;
  }
  // As many as there are finalists.
  [[nodiscard]] std::vector<LadderOracle::Leader> best_leaders() const {
    std::vector<LadderOracle::Leader> best = leaders();
    best.resize(std::min(best.size(), static_cast<std::size_t>(plan_.finalists)));
    return best;
  }

  void begin_end() {
    std::vector<TrialId> finalists;
    for (const LadderOracle::Leader& leader : best_leaders())
      finalists.push_back(leader.entry.trial);
    if (finalists.empty()) {
      phase_ = Phase::over;
    } else if (plan_.confirmation_seeds > 0) {
      phase_ = Phase::confirming;
      confirmation_.begin(finalists);
    } else {
      phase_ = Phase::scoring;
      leader_ = finalists.front();
      is_final_scored_ = false;
    }
  }
  void choose(const ConfirmationOracle::Choice& choice) {
    expected_.push_back(Choose{.trial = choice.trial, .model = choice.model});
    const Steps trained = trained_of(choice.model);
    const bool is_the_same = is_tested_ && model_ == choice.model && model_trained_ == trained;
    chosen_ = choice.trial;
    model_ = choice.model;
    model_trained_ = trained;
    score_failures_ = 0;
    phase_ = is_the_same ? Phase::over : Phase::testing;
    is_tested_ = is_the_same;
  }

  void assign(WorkerId worker, const Job& job) {
    Assignment a{.lease = LeaseId{next_lease_++}, .trial = job.trial, .part = job.part};
    const bool is_of_replicate = is_replicate(job.trial);
    const TrialId owner = is_of_replicate ? confirmation_.at(job.trial).finalist : job.trial;
    a.configuration = sampler_.configuration_of(owner);
    a.from = trained_of(job.trial);
    a.to = a.from;
    if (job.cause == Cause::confirming) a.to = plan_.max_steps;
    if (job.part == Part::prune) a.to = level(job.trial, job.rung);
    if (is_bound(a.configuration) && a.from < a.to) a.from = 0;
    a.horizon = is_bound(a.configuration) ? a.to : plan_.max_steps;
    a.averages = plan_.rung_score == RungScore::average;
    a.cooldown = cooldown_to(a.to);
    a.is_watched = deaths_.contains(job.trial);
    if (is_of_replicate)
      a.draws = TrialId{(1U << 31U) + static_cast<std::uint32_t>(confirmation_.at(job.trial).seed)};
    held_[a.lease] = {worker, job, a};
    expected_.push_back(Assign{worker, a, job.is_retry ? Cause::retried : job.cause});
  }

  // ---- the answer

  void compare(const Commands& commands) {
    for (std::size_t i = 0; i < std::max(commands.size(), expected_.size()); ++i) {
      const std::string should = i < expected_.size() ? text(expected_[i]) : "nothing";
      const std::string is = i < commands.size() ? text(commands[i]) : "nothing";
      expect(is == should,
             "answer " + std::to_string(i) + " is " + is + ", but should be " + should);
      if (is != should) return;
      const auto* assign = std::get_if<Assign>(&commands[i]);
      expect(assign == nullptr || *assign == std::get<Assign>(expected_[i]),
             is + ": something else about it is wrong");
    }
  }
  static std::string text(const Command& command) {
    if (const auto* order = std::get_if<Assign>(&command)) {
      const Assignment& a = order->assignment;
      return "worker " + std::to_string(order->worker.value) + " lease " +
             std::to_string(a.lease.value) + " trial " + std::to_string(a.trial.value) + " from " +
             std::to_string(a.from) + " to " + std::to_string(a.to) + " part " +
             std::to_string(static_cast<int>(a.part)) + ' ' + name_of(order->cause);
    }
    if (const auto* order = std::get_if<Recall>(&command))
      return "recall " + std::to_string(order->worker.value);
    if (const auto* order = std::get_if<Retire>(&command))
      return "retire " + std::to_string(order->worker.value);
    if (const auto* order = std::get_if<Choose>(&command))
      return "choose " + std::to_string(order->trial.value) + " by " +
             std::to_string(order->model.value);
    return "give up " + std::to_string(std::get<GiveUp>(command).trial.value);
  }

  // ---- what is known

  [[nodiscard]] Steps level(TrialId trial, std::size_t rung) const {
    return ladder_.levels(ladder_.bracket_of(trial))[rung];
  }
  [[nodiscard]] Steps trained_of(TrialId id) const {
    return is_replicate(id) ? confirmation_.at(id).trained : trials_.at(id.value).trained;
  }
  [[nodiscard]] Steps span(TrialId trial, Steps to) const {
    const Trial& known = trials_.at(trial.value);
    return to - (known.is_bound ? 0 : known.trained) + cooldown_to(to);
  }
  [[nodiscard]] Steps span_to_the_end(TrialId trial) const {
    return span(trial, ladder_.levels(ladder_.bracket_of(trial)).back());
  }
  [[nodiscard]] std::vector<LadderOracle::Leader> leaders() const {
    std::set<TrialId> dead;
    for (std::uint32_t i = 0; i < trials_.size(); ++i)
      if (trials_[i].dead) dead.insert(TrialId{i});
    return ladder_.leaders(dead);
  }
  // The level to which the rule, or finishing, has brought a living trial.
  [[nodiscard]] Steps highest() const {
    Steps level = 0;
    for (std::uint32_t i = 0; i < trials_.size(); ++i)
      if (!trials_[i].dead) level = std::max(level, ladder_.level_by_rule(TrialId{i}));
    return level;
  }
  [[nodiscard]] bool is_range_open() const {
    return plan_.extend_range && !range_is_settled_ && trials_.size() == trials_max() &&
           budget_is_left() && !ladder_.anyone_may_climb();
  }

  // ---- the budget: finishing the best that lives must still fit in

  [[nodiscard]] Steps steps_to_finish() const {
    if (!plan_.finish_winner || highest() == plan_.max_steps) return 0;
    // Of a restart the most it can be.
    const bool anew = plan_.rung_score == RungScore::restart && plan_.horizon_bound.has_value();
    return plan_.max_steps - (anew ? 0 : highest()) + cooldown_to(plan_.max_steps);
  }
  [[nodiscard]] bool budget_is_left() const {
    return plan_.total_steps == 0 || steps_ + steps_to_finish() < plan_.total_steps;
  }
  void admit(Steps steps) {
    steps_ += steps;
    admitted_ = steps_ + steps_to_finish();
    out_at_last_ = steps;
    for (const auto& [lease, held] : held_)
      if (held.job.part == Part::prune && held.job.cause != Cause::audited)
        out_at_last_ += held.assignment.steps();
  }

  [[nodiscard]] bool is_bound(const Configuration& configuration) const {
    const Value* policy = configuration.find("policy");
    return plan_.rung_score == RungScore::restart && plan_.horizon_bound && policy != nullptr &&
           *policy == Value{std::string("linear")};
  }
  [[nodiscard]] Steps cooldown_to(Steps level) const {
    if (plan_.rung_score != RungScore::cooldown) return 0;
    return std::max<Steps>(1, std::lround(plan_.cooldown_fraction * static_cast<double>(level)));
  }

  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
  // That of the runs that are held to it.
  static constexpr Range kFirst{.min = 0.001, .max = 1};
  inline static const std::set<Cause> kOfTheSearch{Cause::fresh, Cause::promoted, Cause::finishing,
                                                   Cause::audited};

  Plan plan_;
  Seed seed_;
  search::Sampler sampler_;
  LadderOracle ladder_;
  ConfirmationOracle confirmation_;
  Phase phase_ = Phase::searching;
  bool stopping_ = false;
  std::int64_t extended_trials_ = 0;
  std::optional<std::int64_t> configurations_;
  Range range_ = kFirst;
  std::optional<Range> searched_;        // before the last extension
  std::size_t draws_from_all_ = kNever;  // the first trial that may lie anywhere again
  bool range_is_settled_ = false;
  std::vector<Trial> trials_;  // by id
  std::set<WorkerId> workers_;
  std::map<LeaseId, Held> held_;
  std::deque<Job> waiting_;
  std::uint64_t next_lease_ = 1;
  std::map<TrialId, Deaths> deaths_;
  std::map<TrialId, int> crashes_;
  Steps steps_ = 0;
  Steps admitted_ = 0;  // with finishing, when the last task of the search was let in
  Steps out_at_last_ = 0;
  std::optional<TrialId> leader_;  // who is scored on `final`
  bool is_final_scored_ = false;
  int score_failures_ = 0;
  std::optional<TrialId> chosen_;
  std::optional<TrialId> model_;
  Steps model_trained_ = 0;
  bool is_tested_ = false;  // the model
  int times_tested_ = 0;
  Commands expected_;
  std::vector<std::string> wrong_;
};

}  // namespace stepladder::schedule
