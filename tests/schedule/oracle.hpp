// A second, slow reading of the scheduler's rules, for tests: it sees only the stream of events and
// commands, and says what is wrong with each entry. Leases, work that is put back, the budget and
// the run's end are here; who may climb is in ladder_oracle.hpp, who is confirmed and chosen in
// confirmation_oracle.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schedule/ladder_oracle.hpp"
#include "stepladder/schedule/messages.hpp"
#include "stepladder/trial/random.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::schedule {

class Oracle {
 public:
  // `configurations`: how many different ones there are; nothing: no end of them.
  Oracle(const Plan& plan, Seed seed, std::optional<std::int64_t> configurations = {})
      : plan_(plan), seed_(seed), ladder_(plan, configurations), configurations_(configurations) {}

  // One sentence for each thing wrong with this entry.
  std::vector<std::string> check(const wire::Entry& entry) {
    wrong_.clear();
    std::visit([this](const auto& event) { on(event); }, entry.event.what);
    const bool is_work =
        std::any_of(entry.commands.begin(), entry.commands.end(),
                    [](const Command& command) { return std::holds_alternative<Assign>(command); });
    expect(!awaits_range() || !is_work, "work while the range is in question");
    for (const Command& command : entry.commands)
      std::visit([this](const auto& order) { carry_out(order); }, command);
    expect(given_up_.empty(), "a trial is not given up that should be");
    check_idle();
    return std::move(wrong_);
  }

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::optional<TrialId> chosen() const { return chosen_; }
  [[nodiscard]] bool anyone_alive() const { return leader().has_value(); }
  // The steps that it would take to carry the best on to the end.
  [[nodiscard]] Steps left() const { return left_of(leaders().front()); }
  // Who should be confirmed, best first.
  [[nodiscard]] const std::vector<TrialId>& finalists() const { return finalists_; }
  [[nodiscard]] std::size_t trials() const { return trials_.size(); }
  [[nodiscard]] std::size_t trials_max() const {
    return static_cast<std::size_t>(std::min(trials_max_, configurations_.value_or(trials_max_)));
  }
  // Nothing is left but the end, and there is a range to ask about.
  [[nodiscard]] bool awaits_range() const {
    return plan_.extend_range && !range_is_settled_ && !stopping_ && !finished_ &&
           !anything_under_way() && !final_scored_ && !chosen_ && replicates_ == 0 &&
           trials() == trials_max() && budget_is_left() && !ladder_.anyone_may_climb();
  }
  [[nodiscard]] Steps trained(TrialId trial) const { return trials_.at(trial.value).trained; }
  [[nodiscard]] bool anything_under_way() const { return !leases_.empty() || !waiting_.empty(); }
  // Trained, and of the leases out; what is done again is not counted again.
  [[nodiscard]] Steps steps() const { return steps_; }
  // What steps() may come to: the budget, and the work that was out when the last trial was sent up
  // or started. One trial may always come to its end.
  [[nodiscard]] Steps steps_max() const {
    const Steps alone = trials_.size() > 1 ? 0 : plan_.max_steps + cooldown_to(plan_.max_steps);
    return std::max(plan_.total_steps - 1, alone) + out_at_last_;
  }

 private:
  using Entry = LadderOracle::Entry;
  struct Trial {
    std::size_t bracket = 0;
    Configuration configuration;
    Steps trained = 0;
    bool is_bound = false;       // is trained from step 0 for each rung
    std::optional<Score> score;  // the last one
    bool dead = false;
    bool is_audited = false;
    Steps counted_at = 0;  // the level it counts at in the budget
    int crashes = 0;
  };
  struct Deaths {  // of a trial's workers, since it completed a rung
    int in_all = 0;
    std::vector<Steps> here;  // those within kStepsBetweenQuestions of the furthest one
  };

  void expect(bool claim, const std::string& otherwise) {
    if (!claim) wrong_.push_back(otherwise);
  }

  // ---- events

  void release(WorkerId worker) {
    const auto found = workers_.find(worker);
    if (found == workers_.end() || !found->second) return;
    const Assignment& lost = leases_.at(*found->second);
    waiting_.emplace(lost.trial, lost);
    leases_.erase(*found->second);
    found->second.reset();
  }
  void on(const WorkerJoined& event) {
    release(event.worker);
    workers_[event.worker].reset();
  }
  void on(const WorkerLost& event) {
    const auto found = workers_.find(event.worker);
    if (found != workers_.end() && found->second && !stopping_) {
      const Assignment lost = leases_.at(*found->second);
      if (is_one_death_too_many(deaths_[lost.trial], std::max(event.heard_at, lost.from))) {
        leases_.erase(lost.lease);
        found->second.reset();
        give_up(lost);
      }
    }
    release(event.worker);
    workers_.erase(event.worker);
  }
  // One beyond the furthest place begins anew, one before it was an accident.
  static bool is_one_death_too_many(Deaths& deaths, Steps at) {
    const auto furthest = [&] { return *std::max_element(deaths.here.begin(), deaths.here.end()); };
    ++deaths.in_all;
    if (!deaths.here.empty() && at > furthest() + kStepsBetweenQuestions) deaths.here.clear();
    if (deaths.here.empty() || at >= furthest() - kStepsBetweenQuestions) deaths.here.push_back(at);
    return deaths.here.size() == 3 || deaths.in_all == 10;
  }
  void give_up(const Assignment& lost) {
    deaths_.erase(lost.trial);
    if (lost.part == Part::prune) {
      trials_.at(lost.trial.value).crashes = 2;
      complete(lost, Crashed{});
    } else if (lost.draws && lost.from < lost.to) {
      given_up_.insert(lost.trial);
    } else {
      extra_failures_ = 2;
      score_winner(lost, Crashed{});
    }
  }
  void on(const StopRequested&) { stopping_ = true; }
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
    range_ = {.min = to.min, .max = to.max};
    trials_max_ += to.trials;
    ladder_.allow(trials_max_);
  }
  void on(const Restarted&) {
    stopping_ = false;
    for (const auto& [lease, assignment] : leases_) waiting_.emplace(assignment.trial, assignment);
    leases_.clear();
    workers_.clear();
  }
  void on(const Reported& event) {
    const auto found = leases_.find(event.lease);
    if (found == leases_.end()) return;
    const Assignment done = found->second;
    leases_.erase(found);
    for (auto& [worker, lease] : workers_)
      if (lease == event.lease) lease.reset();
    if (std::holds_alternative<Interrupted>(event.outcome)) {
      waiting_.emplace(done.trial, done);
    } else if (std::holds_alternative<StorageFailed>(event.outcome)) {
      waiting_.emplace(done.trial, done);
      stopping_ = true;
    } else if (done.part == Part::prune) {
      complete(done, event.outcome);
    } else if (done.draws && done.from < done.to) {
      complete_replicate(done, event.outcome);
    } else {
      score_winner(done, event.outcome);
    }
  }

  void complete_replicate(const Assignment& done, const Outcome& outcome) {
    const bool crashed = std::holds_alternative<Crashed>(outcome);
    if (crashed && ++replicate_crashes_[done.trial] < 3) {
      waiting_.emplace(done.trial, done);
      return;
    }
    if (crashed) given_up_.insert(done.trial);
    deaths_.erase(done.trial);
  }

  void complete(const Assignment& done, const Outcome& outcome) {
    Trial& trial = trials_.at(done.trial.value);
    if (std::holds_alternative<Crashed>(outcome) && ++trial.crashes < 3) {
      waiting_.emplace(done.trial, done);
      return;
    }
    if (std::holds_alternative<Crashed>(outcome)) given_up_.insert(done.trial);
    deaths_.erase(done.trial);
    trial.score.reset();
    const auto* score = std::get_if<Score>(&outcome);
    if (score != nullptr && std::isfinite((*score)[0]) && std::isfinite((*score)[1]))
      trial.score = *score;
    trial.dead = !trial.score;
    trial.trained = done.to;
    if (trial.dead) concluding_ = false;  // what it would have used may serve others
    if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
      trial.trained = std::clamp(diverged->at, done.from, done.to);
      steps_ -=
          done.to + done.cooldown - std::clamp(diverged->at, done.from, done.to + done.cooldown);
    }
    const auto wrong =
        ladder_.enter(trial.bracket, done.to, {done.trial, trial.score}, trial.is_audited);
    expect(!wrong, wrong.value_or(""));
    trial.counted_at =
        trial.is_audited ? ladder_.level_of_audited(trial.bracket, done.trial) : trial.trained;
  }

  void score_winner(const Assignment& done, const Outcome& outcome) {
    const bool scored = std::holds_alternative<Score>(outcome);
    if (!scored) ++extra_failures_;
    if (scored && done.part == Part::final) final_scored_ = true;
    if (done.part == Part::test && (scored || extra_failures_ == 3)) finished_ = true;
  }

  // ---- commands

  void carry_out(const Assign& order) {
    const Assignment& a = order.assignment;
    const auto worker = workers_.find(order.worker);
    if (worker == workers_.end()) return expect(false, "work for a worker nobody has seen");
    expect(!worker->second.has_value(), "work for a worker that has some");
    expect(last_lease_ < a.lease, "a lease is used twice");
    expect(!stopping_ && !finished_, "work after the end");
    expect(a.horizon == (is_bound(a.configuration) ? a.to : plan_.max_steps),
           "the policy is planned for another length");
    expect(a.averages == (plan_.rung_score == RungScore::average), "an average, or none");
    expect(a.cooldown == cooldown_to(a.to), "another cooldown");
    check_rule(a);
    expect(order.cause == cause_, std::string("the cause should be ") + name_of(cause_));
    if (!a.draws) check_trial(a, trials_.at(a.trial.value));
    expect(a.is_watched == deaths_.contains(a.trial), "a trial is watched, or not, for no reason");
    last_lease_ = a.lease;
    leases_[a.lease] = a;
    worker->second = a.lease;
  }

  void check_trial(const Assignment& a, const Trial& trial) {
    expect(trial.configuration == a.configuration, "a trial changed its configuration");
    expect(a.from == (trial.is_bound && a.from < a.to ? 0 : trial.trained),
           "training does not start where it ended");
    expect(!trial.dead, "a failed trial is trained");
  }

  void check_rule(const Assignment& a) {
    if (!waiting_.empty()) {
      const auto put_back = waiting_.find(a.trial);
      if (put_back == waiting_.end()) return expect(false, "work that was put back must wait");
      expect(put_back->second.to == a.to && put_back->second.part == a.part,
             "work that was put back came out as something else");
      waiting_.erase(put_back);
      cause_ = Cause::retried;
    } else if (a.draws && a.from < a.to) {
      if (replicates_ == 0) {
        carry_on_audited();
        check_finished();
        for (const auto& finalist : leaders()) finalists_.push_back(finalist.entry.trial);
        const auto most = static_cast<std::size_t>(plan_.finalists);
        finalists_.resize(std::min(finalists_.size(), most));
      }
      concluding_ = true;
      expect(++replicates_ <= replicates_max(), "a replicate too many");
      cause_ = Cause::confirming;
    } else if (a.part != Part::prune) {
      check_scoring(a);
      cause_ = Cause::scoring;
    } else if (a.trial.value == trials_.size()) {
      start(a);
      cause_ = Cause::fresh;
    } else {
      climb(a);
    }
  }

  void start(const Assignment& a) {
    expect(may_start(), "a trial is started beyond the plan's trials or steps");
    expect(!ladder_.anyone_may_climb(), "a trial is started while another may climb");
    if (plan_.extend_range) check_rate(a);
    for (const Trial& other : trials_)
      expect(other.configuration != a.configuration, "a configuration is tried twice");
    const std::size_t bracket = ladder_.start(a.trial);
    const bool is_audited =
        ladder_.levels(bracket).size() > 1 &&
        RandomStream(seed_, Purpose::audit, a.trial.value).uniform(0) < plan_.audit_fraction;
    trials_.push_back({.bracket = bracket,
                       .configuration = a.configuration,
                       .is_bound = is_bound(a.configuration),
                       .is_audited = is_audited});
    expect(a.from == 0 && a.to == ladder_.levels(bracket).front(), "a trial starts elsewhere");
    admit(a);
  }

  // A trial lies in the range, and once that was extended in what was added.
  void check_rate(const Assignment& a) {
    const double rate = std::get<double>(*a.configuration.find("learning_rate"));
    expect(rate >= range_.min && rate <= range_.max, "a rate outside the range");
    expect(!searched_ || rate <= searched_->min || rate >= searched_->max,
           "a rate that was searched already");
  }

  void climb(const Assignment& a) {
    const std::size_t bracket = trials_.at(a.trial.value).bracket;
    const std::vector<Steps>& levels = ladder_.levels(bracket);
    const auto k = ladder_.rung_at(bracket, trials_[a.trial.value].trained);
    if (!k || *k + 1 == levels.size())
      return expect(false, "training starts at no level, or at the last");
    const std::set<TrialId> by_rule = ladder_.climbers(bracket, *k);
    const bool is_audit = !by_rule.contains(a.trial) && a.to == levels[*k + 1] &&
                          ladder_.audits(bracket, *k).contains(a.trial);
    if (budget_is_left() && (is_audit || by_rule.contains(a.trial))) {
      expect(a.to == levels[*k + 1], "a trial climbs to another rung than the next");
      for (std::size_t above = *k + 1; above + 1 < levels.size(); ++above)
        expect(ladder_.climbers(bracket, above).empty() && ladder_.audits(bracket, above).empty(),
               "a higher rung comes first");
      expect(!is_audit || by_rule.empty(), "an audited trial comes before one by the rule");
      admit(a);
      cause_ = is_audit ? Cause::audited : Cause::promoted;
      if (is_audit) return ladder_.go_ahead(bracket, a.trial);
    } else {
      expect(plan_.finish_winner, "trial " + std::to_string(a.trial.value) +
                                      " may not climb from " + std::to_string(a.from));
      expect(a.to == plan_.max_steps, "the winner is not carried on to the end");
      check_conclusion(a);
      steps_ += a.steps();
      cause_ = Cause::finishing;
      if (!leaders().empty()) ladder_.carry_on(leaders().front());
      return;
    }
    expect(ladder_.leave(bracket, *k, a.trial), "promoted twice, or without a score");
    ladder_.settle(bracket);
  }

  void check_conclusion(const Assignment& a) {
    concluding_ = true;
    expect(leases_.empty(), "the conclusion began while trials were still running");
    carry_on_audited();
    expect(leader() == a.trial, "the conclusion is about another than the best");
  }

  void check_finished() {
    const Steps left = leader() ? left_of(leaders().front()) : 0;
    expect(!plan_.finish_winner || left == 0 ||
               (plan_.total_steps > 0 && steps_ + left > plan_.total_steps),
           "the winner was not carried on");
  }

  void check_scoring(const Assignment& a) {
    if (plan_.confirmation_seeds == 0) {
      check_conclusion(a);
      check_finished();
    }
    expect(a.from == a.to, "a scoring trains");
    if (a.part == Part::final) {
      expect(plan_.confirmation_seeds == 0, "the final part is scored without fresh seeds");
      expect(!final_scored_ && !chosen_, "the final part is scored again");
    } else {
      expect(model_ == a.trial, "the test part is scored before the choice");
    }
  }

  void carry_out(const Recall& order) {
    expect(stopping_ && workers_.contains(order.worker) && workers_[order.worker].has_value(),
           "a recall of nothing");
  }
  void carry_out(const Retire& order) {
    expect(workers_.contains(order.worker) && !workers_[order.worker].has_value(),
           "a worker is retired with work in its hands");
    workers_.erase(order.worker);
    if (!stopping_ && !chosen_ && nothing_left() && !leader()) finished_ = true;
    expect(stopping_ || finished_, "a worker is retired before the end");
  }
  void carry_out(const Choose& order) {
    expect(!chosen_, "two choices");
    if (plan_.confirmation_seeds == 0) {
      expect(order.trial == leader(), "the choice is not the best");
      expect(final_scored_ || extra_failures_ == 3, "a choice before the final part was scored");
    }
    chosen_ = order.trial;
    model_ = order.model;
    extra_failures_ = 0;
  }
  void carry_out(const GiveUp& order) {
    expect(given_up_.erase(order.trial) == 1, "a trial is given up that should not be");
  }

  // ---- what is left

  void check_idle() {
    const bool idle = std::any_of(workers_.begin(), workers_.end(),
                                  [](const auto& worker) { return !worker.second.has_value(); });
    if (!idle) return;
    expect(!stopping_ && !finished_, "an idle worker is kept after the end");
    expect(awaits_range() || (nothing_left() && !leases_.empty()),
           "a worker is idle while there is work");
  }
  [[nodiscard]] bool nothing_left() const {
    if (plan_.confirmation_seeds > 0 && concluding_ && replicates_ > 0)
      return waiting_.empty() && replicates_ == replicates_max();
    return waiting_.empty() &&
           (concluding_ || !(may_start() || (budget_is_left() && ladder_.anyone_may_climb())));
  }
  [[nodiscard]] bool may_start() const {
    if (configurations_ && std::ssize(trials_) >= *configurations_) return false;
    return budget_is_left() && (plan_.trials == 0 || trials_.size() < trials_max());
  }

  [[nodiscard]] std::int64_t replicates_max() const {
    const auto alive = std::count_if(trials_.begin(), trials_.end(),
                                     [](const Trial& trial) { return trial.score.has_value(); });
    return std::min<std::int64_t>(alive, plan_.finalists) * plan_.confirmation_seeds;
  }

  [[nodiscard]] Steps left_of(const LadderOracle::Leader& leader) const {
    if (leader.level == plan_.max_steps) return 0;
    const Trial& trial = trials_[leader.entry.trial.value];
    return plan_.max_steps - (trial.is_bound ? 0 : trial.trained) + cooldown_to(plan_.max_steps);
  }

  // The best that live; an audited trial stands where the rule has let it in.
  [[nodiscard]] std::vector<LadderOracle::Leader> leaders() const {
    std::set<TrialId> dead;
    for (std::uint32_t i = 0; i < trials_.size(); ++i)
      if (!trials_[i].score) dead.insert(TrialId{i});
    return ladder_.leaders(dead);
  }
  [[nodiscard]] std::optional<TrialId> leader() const {
    const auto all = leaders();
    if (all.empty()) return std::nullopt;
    return all.front().entry.trial;
  }
  // At the end: an audited leader that has been to the last rung is an entry of it, and then so are
  // those that are better there than the leader.
  void carry_on_audited() {
    const auto to_the_end = [this](const LadderOracle::Leader& candidate) {
      return ladder_.aside_at_the_end(candidate);
    };
    if (leaders().empty()) return;
    if (plan_.finish_winner && to_the_end(leaders().front())) ladder_.carry_on(leaders().front());
    const LadderOracle::Leader best = leaders().front();
    if (best.level < plan_.max_steps) return;
    for (const LadderOracle::Leader& candidate : leaders())
      if (const auto aside = to_the_end(candidate); aside && ladder_.better(*aside, best.entry))
        ladder_.carry_on(candidate);
  }

  // Finishing the best that lives must still fit in.
  [[nodiscard]] bool budget_is_left() const {
    if (plan_.total_steps == 0 || trials_.empty()) return true;
    Steps highest = 0;
    for (const Trial& trial : trials_)
      if (trial.score) highest = std::max(highest, trial.counted_at);
    // Of a restart the most it can be.
    const bool anew = plan_.rung_score == RungScore::restart && plan_.horizon_bound.has_value();
    const Steps left = highest == plan_.max_steps
                           ? 0
                           : plan_.max_steps - (anew ? 0 : highest) + cooldown_to(plan_.max_steps);
    return steps_ + (plan_.finish_winner ? left : 0) < plan_.total_steps;
  }
  void admit(const Assignment& a) {
    steps_ += a.steps();
    out_at_last_ = a.steps();
    for (const auto& [lease, out] : leases_) out_at_last_ += out.steps();
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

  // That of the runs that are held to it.
  static constexpr Range kFirst{.min = 0.001, .max = 1};

  Plan plan_;
  Seed seed_;
  LadderOracle ladder_;
  std::optional<std::int64_t> configurations_;
  std::int64_t trials_max_ = plan_.trials;
  Range range_ = kFirst;
  std::optional<Range> searched_;  // before the last extension
  bool range_is_settled_ = false;
  std::vector<Trial> trials_;  // by id
  std::map<LeaseId, Assignment> leases_;
  std::map<WorkerId, std::optional<LeaseId>> workers_;
  std::map<TrialId, Assignment> waiting_;
  std::map<TrialId, Deaths> deaths_;
  std::set<TrialId> given_up_;  // by this event
  LeaseId last_lease_{};
  Cause cause_ = Cause::fresh;  // that the last assignment should have
  Steps steps_ = 0;
  Steps out_at_last_ = 0;
  int extra_failures_ = 0;
  bool stopping_ = false;
  bool concluding_ = false;
  bool finished_ = false;
  bool final_scored_ = false;
  std::optional<TrialId> chosen_;
  std::optional<TrialId> model_;
  std::vector<TrialId> finalists_;
  std::int64_t replicates_ = 0;  // begun
  std::map<TrialId, int> replicate_crashes_;
  std::vector<std::string> wrong_;
};

}  // namespace stepladder::schedule
