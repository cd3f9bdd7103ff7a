// The search: brackets of rungs that trials climb, which trial climbs next, when a new one starts,
// and what the budget of steps allows. It knows no workers and nothing of the end of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
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

  // The next task, which has begun: rungs from the top down, best first; else a new trial. Nothing
  // where nobody may climb and no trial may start, or where the budget is spent.
  [[nodiscard]] std::optional<Task> next();
  // A task of the ladder is over. The outcome is a score, Diverged or Crashed for good.
  void end(const Task& task, const Outcome& outcome);

  // Whether all trials were started, nobody may climb, and steps are left for more trials.
  [[nodiscard]] bool has_room_for_more() const;
  // Widens the range. False where there is no such range to go on in; then nothing changes.
  [[nodiscard]] bool extend(const search::Extension& extension);

  // The best living trials, best first: who stands higher, then who is better there.
  [[nodiscard]] std::vector<Leader> leaders(std::size_t count) const;
  // Whether the plan wants the best trial to be carried on to max_steps, and the budget has room.
  [[nodiscard]] bool is_to_be_finished(const Leader& best) const;
  // Carries it on. Nothing where it has been there already, ahead of the rule: then it enters the
  // last rung, and others may lead now.
  [[nodiscard]] std::optional<Task> finish(const Leader& best);
  // An audited trial that the rule had left behind, but that is better at max_steps than the best
  // of those that the rule brought there, takes its place there. Whether there was any.
  [[nodiscard]] bool admit_better(const Leader& best);
  // Whom these two let into a last rung, to which the rule had not brought them, in that order.
  [[nodiscard]] const std::vector<TrialId>& carried_on() const noexcept { return carried_on_; }

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
  // Whether it climbs every rung of its bracket whatever its score; not where that has only one.
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
  [[nodiscard]] Task climb();
  [[nodiscard]] std::optional<Task> new_trial();
  [[nodiscard]] std::optional<std::size_t> bracket_for_new_trial();
  [[nodiscard]] std::int64_t trials_there_are(std::int64_t wanted);
  void refresh(std::size_t bracket);
  void count_at(TrialId trial, Steps level);
  [[nodiscard]] bool begins_anew(TrialId trial) const;
  [[nodiscard]] bool may_extend(const search::Extension& extension) const;
  [[nodiscard]] std::optional<Leader> place_of(TrialId trial) const;

  Plan plan_;
  search::Sampler sampler_;
  std::vector<BracketPlan> bracket_plans_;
  BracketOrder bracket_order_;
  std::vector<Bracket> brackets_;
  // Where they are too few for the plan: for so many trials there are different ones.
  std::optional<std::int64_t> configurations_;
  std::set<std::size_t> climbable_;  // brackets in which a trial may climb
  std::int64_t places_left_ = 0;     // synchronous: in the bracket begun last
  std::vector<Trial> trials_;
  Budget budget_;
  // An audited trial counts where it was an entry when it reported last: the rule may have let it
  // in further since.
  std::map<TrialId, Steps> audited_at_;
  std::vector<Extended> extensions_;
  std::vector<TrialId> carried_on_;
};

}  // namespace stepladder::schedule
