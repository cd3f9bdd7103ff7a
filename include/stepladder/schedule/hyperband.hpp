// The scheduler: a deterministic state machine from events to commands. It has no clock, file, log,
// thread or network; fed the same events it gives the same commands, which is what makes a parallel
// run replayable, a crash harmless and a simulation honest. Successive halving with the promotion
// rule (Li et al., MLSys 2020) and random search are settings of it, not classes.
//
// The life of a run: the ladder is climbed until nothing can be promoted or started; with
// extend_range it is then asked whether the searched range shall be widened, and goes on; with
// finish_winner the best trial of the highest rung is carried on to max_steps; the best few are
// confirmed with fresh seeds on the `final` part, or the best is scored there as it is; the winner
// is chosen; its model is scored once on `test`. Then every worker is retired.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "stepladder/schedule/bracket.hpp"
#include "stepladder/schedule/confirmation.hpp"
#include "stepladder/schedule/losses.hpp"
#include "stepladder/schedule/messages.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/search/sampler.hpp"

namespace stepladder::schedule {

enum class TrialStatus { running, paused, pruned, finished, diverged, crashed };

struct Trial {
  enum class Fate : std::uint8_t { alive, diverged, crashed };
  Steps trained = 0;           // the level of the last rung it completed
  std::optional<Score> score;  // on `prune`, at that level; none for a replicate
  std::uint32_t bracket = 0;
  std::uint8_t rung =
      0;  // of its bracket: the one it stands in, or is on its way to for the first time
  Fate fate = Fate::alive;
  std::uint8_t crashes = 0;
  Losses losses;      // of its workers, since it completed a rung
  bool busy = false;  // assigned, or waiting to be assigned again
};

// What a worker is working on: a trial on its way to a rung, a replicate of a finalist, or (part
// other than prune) a score for the winner.
struct Job {
  TrialId trial;
  std::size_t rung = 0;
  Part part = Part::prune;
};

class Hyperband {
 public:
  // A trial that crashed this often is given up.
  static constexpr int kCrashesMax = 3;

  // Throws PlanError where the plan cannot be carried out, alone or with this sampler: a grid has
  // only so many trials.
  Hyperband(const Plan& plan, search::Sampler sampler);

  // The only mutator. Accepts every event at any time.
  [[nodiscard]] Commands handle(const Event& event);

  // The choice is made and tested (or no trial ever got a score): only retirements are left.
  [[nodiscard]] bool finished() const noexcept { return finished_; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
  [[nodiscard]] const search::Sampler& sampler() const noexcept { return sampler_; }
  // In the order they were begun. All but the synchronous modes have one round of them; those begin
  // another round when every bracket of the one before has its trials.
  [[nodiscard]] const std::vector<Bracket>& brackets() const noexcept { return brackets_; }
  // By id; the replicates of the confirmation come last.
  [[nodiscard]] const std::vector<Trial>& trials() const noexcept { return trials_; }
  // How many of them belong to the search: all but the replicates.
  [[nodiscard]] std::size_t searched() const noexcept {
    return trials_.size() - (confirmation_ ? begun_replicates_ : 0);
  }
  [[nodiscard]] bool is_replicate(TrialId trial) const noexcept {
    return trial.value >= searched();
  }
  // How many trials the search may start, extensions included; 0: no limit but total_steps.
  [[nodiscard]] std::int64_t trials_max() const noexcept;

  // Whether nothing is left but the end, and nobody has said yet whether the range stays. Until
  // RangeExtended or RangeKept is handled nothing goes on. After RangeKept it is not asked again.
  [[nodiscard]] bool awaits_range() const;
  struct Extended {
    Range from;
    Range to;
    TrialId first;  // of `trials`
    std::int64_t trials = 0;
  };
  [[nodiscard]] const std::vector<Extended>& extensions() const noexcept { return extensions_; }
  // That a trial of the search was begun for, or nullptr.
  [[nodiscard]] const Extended* extension_of(TrialId trial) const;

  // Whether it climbs every rung of its bracket whatever its score; not where that has only one.
  [[nodiscard]] bool is_audited(TrialId trial) const;
  [[nodiscard]] TrialStatus status(TrialId trial) const;
  [[nodiscard]] Configuration configuration(TrialId trial) const;
  // The run length that the policy of a training of this trial to `level` is planned for.
  [[nodiscard]] Steps horizon_at(TrialId trial, Steps level) const;
  // Where a trial stands by its last outcome; a trial without one stands as a failed one.
  [[nodiscard]] Standing standing(TrialId trial) const;
  struct Leader {
    TrialId trial;
    std::size_t rung = 0;  // the highest that it is an entry of
    Steps level = 0;       // of that
    Standing standing;     // there
  };
  // The best living trials of the search, best first: who stands higher, then who is better there.
  [[nodiscard]] std::vector<Leader> leaders(std::size_t count) const;
  [[nodiscard]] std::size_t workers() const noexcept { return workers_.size(); }
  // By lease, hence in order of assignment.
  struct Lease {
    WorkerId worker;
    Job job;
  };
  [[nodiscard]] const std::map<LeaseId, Lease>& leases() const noexcept { return leases_; }

  // From when the search is over; nothing where the plan has no confirmation_seeds.
  [[nodiscard]] const std::optional<Confirmation>& confirmation() const noexcept {
    return confirmation_;
  }
  [[nodiscard]] std::optional<TrialId> chosen() const noexcept { return chosen_; }
  // Whose weights are the run's result, from the choice on: the chosen trial's or its replicate's.
  [[nodiscard]] std::optional<TrialId> model() const noexcept { return model_; }
  // Of the chosen trial: its mean over fresh seeds where it was confirmed.
  [[nodiscard]] const std::optional<Score>& final_score() const noexcept { return final_score_; }
  [[nodiscard]] const std::optional<Score>& test_score() const noexcept { return test_score_; }

 private:
  void on(const WorkerJoined& event, Commands& commands);
  void on(const Reported& event, Commands& commands);
  void on(const WorkerLost& event, Commands& commands);
  void on(const StopRequested& event, Commands& commands);
  void on(const Restarted& event, Commands& commands);
  void on(const RangeExtended& event, Commands& commands);
  void on(const RangeKept& event, Commands& commands);
  [[nodiscard]] bool may_extend(const search::Extension& extension) const;

  struct Span {  // what a worker has to train
    Steps from = 0;
    Steps to = 0;
    Steps cooldown = 0;
    Steps horizon = 0;
    [[nodiscard]] Steps steps() const noexcept { return to - from + cooldown; }
  };
  [[nodiscard]] Steps level_of(const Job& job) const;
  [[nodiscard]] Span span_of(const Job& job) const;
  [[nodiscard]] bool begins_anew(TrialId trial) const;
  void complete(const Job& job, const Outcome& outcome, Commands& commands);
  void complete_replicate(const Job& job, const Outcome& outcome, Commands& commands);
  // Whether a crash is to be tried again, and was put back.
  bool tries_again(const Job& job, const Outcome& outcome, Commands& commands);
  void enter(const Job& job, const Outcome& outcome);
  void end_replicate(const Job& job, const Outcome& outcome);
  void complete_extra(const Job& job, const Outcome& outcome);
  void leave_level(TrialId id);
  std::optional<Lease> end_lease(WorkerId worker);
  void lose(const Job& job, Steps heard_at, Commands& commands);
  void put_back(const Job& job);
  void stop(Commands& commands);
  void give_work(Commands& commands);
  std::optional<Job> next_job(Commands& commands);
  std::optional<Job> climb();
  Job next_climb();
  std::optional<Job> new_trial();
  std::optional<std::size_t> bracket_for_new_trial();
  [[nodiscard]] bool budget_is_left() const;
  [[nodiscard]] Steps steps_to_finish() const;
  [[nodiscard]] bool may_finish(TrialId trial) const;
  void begin(const Job& job);
  std::optional<Job> conclude(Commands& commands);
  [[nodiscard]] bool is_to_be_finished(const Leader& best) const;
  [[nodiscard]] std::optional<Job> next_replicate();
  Job choose(TrialId trial, TrialId model, Commands& commands);
  void refresh(std::size_t bracket);
  [[nodiscard]] std::optional<Leader> place_of(TrialId trial) const;
  [[nodiscard]] bool admit_better(const Leader& best);
  [[nodiscard]] Assign assign(WorkerId worker, const Job& job);

  Plan plan_;
  search::Sampler sampler_;
  std::vector<BracketPlan> bracket_plans_;
  BracketOrder bracket_order_;
  std::vector<Bracket> brackets_;
  std::set<std::size_t> climbable_;  // brackets in which a trial may climb
  std::int64_t places_left_ = 0;     // synchronous: in the bracket begun last
  std::vector<Trial> trials_;
  std::map<WorkerId, std::optional<LeaseId>> workers_;
  std::set<WorkerId> idle_;
  std::map<LeaseId, Lease> leases_;
  std::deque<Job> waiting_;  // jobs whose worker was lost or interrupted
  LeaseId next_lease_{1};
  Steps steps_committed_ =
      0;  // by every job ever begun, repeats not counted; what a divergence saved is given back
  Steps steps_admitted_ = 0;  // with finishing the winner, when the last job was let in
  // How many living trials' last score is of a level. An audited one counts where it was an entry
  // when it reported last: the rule may have let it in further since.
  std::map<Steps, std::int64_t> standing_at_;
  std::map<TrialId, Steps> audited_at_;  // which level that was
  std::vector<Extended> extensions_;
  bool range_is_settled_ = false;
  bool stopping_ = false;
  bool finished_ = false;
  std::uint8_t extra_crashes_ = 0;  // of the winner's scoring on the part that is due
  std::optional<Confirmation> confirmation_;
  std::size_t begun_replicates_ = 0;
  std::optional<TrialId> chosen_;
  std::optional<TrialId> model_;
  std::optional<Score> final_score_;
  std::optional<Score> test_score_;
};

}  // namespace stepladder::schedule
