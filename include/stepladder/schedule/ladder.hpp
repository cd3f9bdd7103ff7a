// The search: brackets of rungs that trials climb, which trial climbs next, when a new one starts,
// and what the budget of steps allows. It knows no workers and nothing of the end of a run.
//
// Audits show what pruning costs: a share of the trials is trained on to max_steps, rung by rung,
// after the rule has left them behind. No rule knows of it: an audited trial is an entry only of
// the rungs that the rule lets it into. What it has achieved beyond is kept aside; where the rule
// comes to it later, that enters and is not trained again. Audits are not part of total_steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "stepladder/schedule/bracket.hpp"
#include "stepladder/schedule/budget.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/schedule/task.hpp"
#include "stepladder/schedule/trial.hpp"
#include "stepladder/search/sampler.hpp"

namespace stepladder::schedule {

// Where a trial stands: the highest rung that it is an entry of.
struct Leader {
  TrialId trial;
  std::size_t rung = 0;
  Steps level = 0;    // of that rung
  Standing standing;  // there
};

// The searched range was widened, and further trials were begun in what was added.
struct Extended {
  Range from;
  Range to;
  TrialId first;  // of `trials`
  std::int64_t trials = 0;
};

class Ladder {
 public:
  // Throws PlanError where the plan cannot be carried out, alone or with this sampler: it has no
  // range that could be extended.
  Ladder(const Plan& plan, search::Sampler sampler);
  // Throws the same.
  static void check(const Plan& plan, const search::Sampler& sampler);

  // The next task, which has begun: rungs from the top down, best first; else a new trial. Nothing
  // where nobody may climb and no trial may start, or where the budget is spent.
  [[nodiscard]] std::optional<Task> next();
  // The next audit, which has begun: of the trials that wait for one the one trained least, by one
  // rung. For when next() has nothing.
  [[nodiscard]] std::optional<Task> next_audit();
  // A task of the ladder is over. The outcome is a score, Diverged or Crashed for good.
  void end(const Task& task, const Outcome& outcome);

  // More of what a run may have, as growth_to() gives it. What the rule has left behind may climb
  // again.
  void grow(const Growth& growth);

  // Whether all trials were started, nobody may climb, and steps are left for more trials.
  [[nodiscard]] bool has_room_for_more() const;
  // Widens the range. False where there is no such range to go on in; then nothing changes.
  [[nodiscard]] bool extend(const search::Extension& extension);

  // The best living trials, best first: who stands higher, then who is better there. An audited
  // trial stands where the rule has brought it; but at max_steps where it has come there and is
  // better than the last of those that the rule brought there.
  [[nodiscard]] std::vector<Leader> leaders(std::size_t count) const;
  // Whether the plan wants the best trial to be carried on to max_steps, and no rule has brought
  // one there.
  [[nodiscard]] bool may_finish() const {
    return plan_.finish_winner && budget_.highest() < plan_.max_steps;
  }
  // Whether it has to be, and the budget has room. Not while an audit brings it on.
  [[nodiscard]] bool is_to_be_finished(const Leader& best) const;
  // Carries it on. Nothing where it has been there already, by an audit: then it enters the last
  // rung, and others may lead now.
  [[nodiscard]] std::optional<Task> finish(const Leader& best);
  // Whom that let into a last rung, to which the rule had not brought them, in that order.
  [[nodiscard]] const std::vector<TrialId>& carried_on() const noexcept { return carried_on_; }
  // Whether an audit of this trial is under way or to come.
  [[nodiscard]] bool awaits_audit(TrialId trial) const;
  // How many trials that is.
  [[nodiscard]] std::size_t audits_left() const noexcept {
    return audits_.size() + audits_under_way_.size();
  }
  // Whether the rule has come to a rung that an audit is on its way to. Then it goes on when that
  // ends, as with a task of its own.
  [[nodiscard]] bool is_waiting_for_audit() const;
  // Whether an audit has brought this living trial to max_steps, and no rule.
  [[nodiscard]] bool is_audited_to_the_end(TrialId trial) const;
  // How many trials that is.
  [[nodiscard]] std::size_t audited_to_the_end() const;
  // How many trials have completed a rung by an audit, without being an entry of it.
  [[nodiscard]] std::size_t beside(std::size_t bracket, std::size_t rung) const;

  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
  [[nodiscard]] const search::Sampler& sampler() const noexcept { return sampler_; }
  // In the order they were begun. All but the synchronous modes have one round of them; those begin
  // another round when every bracket of the one before has its trials.
  [[nodiscard]] const std::vector<Bracket>& brackets() const noexcept { return brackets_; }
  [[nodiscard]] const std::vector<Trial>& trials() const noexcept { return trials_; }  // by id
  // How many trials may be started, extensions included; 0: no limit but total_steps. Not more than
  // there are different configurations, as far as that is known.
  [[nodiscard]] std::int64_t trials_max() const noexcept;
  // Whether a trial was started for every configuration that could be found, and that ended the
  // search: see search::Sampler::settle().
  [[nodiscard]] bool is_exhausted() const noexcept;
  [[nodiscard]] const std::vector<Extended>& extensions() const noexcept { return extensions_; }
  // That a trial was begun for, or nullptr.
  [[nodiscard]] const Extended* extension_of(TrialId trial) const;
  // Whether it is trained on to max_steps whatever its score; not where its bracket has one rung.
  [[nodiscard]] bool is_audited(TrialId trial) const;
  // Whether a trial that is not at work may still climb.
  [[nodiscard]] bool may_climb(TrialId trial) const;
  // The run length that the policy of a training to `level` is planned for.
  [[nodiscard]] Steps horizon_at(TrialId trial, Steps level) const;
  // A training of this trial's configuration from a level to a level.
  [[nodiscard]] Span span(TrialId trial, Steps from, Steps to) const;
  [[nodiscard]] Span span_of(const Task& task) const;
  // By its last outcome; a trial without one stands as a failed one.
  [[nodiscard]] Standing standing(TrialId trial) const;

 private:
  // What audits brought an audited trial beyond the rung that the rule has brought it to.
  struct Beyond {
    Standing at_rule;                        // how it stood there
    std::map<std::size_t, Standing> beyond;  // by rung of its bracket
    bool is_awaited = false;                 // the rule has come to the rung that is under way
  };
  [[nodiscard]] std::optional<Task> climb();
  void enter(TrialId trial, std::size_t rung, const Standing& standing);
  void keep_aside(TrialId trial, std::size_t rung, const Standing& standing);
  void await_audit(TrialId trial);
  [[nodiscard]] std::optional<Task> new_trial();
  [[nodiscard]] std::optional<std::size_t> bracket_for_new_trial();
  [[nodiscard]] std::int64_t trials_there_are(std::int64_t wanted);
  void count_configurations();
  void refresh(std::size_t bracket);
  [[nodiscard]] bool begins_anew(TrialId trial) const;
  [[nodiscard]] bool may_extend(const search::Extension& extension) const;
  [[nodiscard]] std::optional<Leader> place_of(TrialId trial) const;
  void count_at(TrialId trial, Steps level);

  Plan plan_;
  search::Sampler sampler_;
  std::vector<BracketPlan> bracket_plans_;
  BracketOrder bracket_order_;
  std::vector<Bracket> brackets_;
  std::size_t round_ = 0;  // synchronous: the first bracket since the run has grown
  // Where they are too few for the plan: for so many trials there are different ones.
  std::optional<std::int64_t> configurations_;
  std::set<std::size_t> climbable_;  // brackets in which a trial may climb
  std::int64_t places_left_ = 0;     // synchronous: in the bracket begun last
  std::vector<Trial> trials_;
  Budget budget_;
  std::map<TrialId, Beyond> beyond_;
  std::set<std::pair<Steps, TrialId>> audits_;  // that wait, by what the trial is trained
  std::set<TrialId> audits_under_way_;
  std::vector<Extended> extensions_;
  std::vector<TrialId> carried_on_;
};

}  // namespace stepladder::schedule
