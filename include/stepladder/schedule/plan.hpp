// What the user asked the scheduler to do: a mode, budgets, the halving factor, how many trials or
// steps. Plain data with one check, and the integer arithmetic of rung levels and brackets. What it
// leaves open is left out; an experiment file has defaults of its own.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/metrics.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::schedule {

// Settings of one state machine, not machines of their own.
enum class Mode {
  asha,  // asynchronous successive halving, promotion rule (Li et al., MLSys 2020, algorithm 2)
  asha_stopping,       // the same rungs, but a trial goes on or stops for good when it reaches one
  hyperband_async,     // several brackets of asha, each with rungs of its own
  successive_halving,  // synchronous: a rung is judged when all its trials are there (Jamieson,
                       // Talwalkar 2016)
  hyperband,           // synchronous brackets (Li et al., JMLR 2018, algorithm 1)
  pasha,   // asha whose highest rung opens only while rankings still change (Bohdal et al., ICLR
           // 2023)
  random,  // every trial straight to max_steps
  top_k,   // all trials to min_steps, the best K straight to max_steps (Egele et al. 2023's
           // "1-epoch")
};
inline constexpr std::array<std::string_view, 8> kModeWords = {
    "asha",      "asha_stopping", "hyperband_async", "successive_halving",
    "hyperband", "pasha",         "random",          "top_k"};

// Whether a rung is judged only when all its trials are there.
[[nodiscard]] bool is_synchronous(Mode mode);

enum class Promotion {
  eager,    // whoever is among the best floor(n/eta) and not promoted yet
  delayed,  // at most floor(n/eta) promotions in all (D-ASHA: Li et al., VLDB 2022, section 4.3)
};
inline constexpr std::array<std::string_view, 2> kPromotionWords = {"eager", "delayed"};

// What a rung's score means. One meaning a run, so that scores of different meaning never meet.
enum class RungScore {
  as_is,     // the weights as they are at the rung, on their way to max_steps
  average,   // an average of the weights over the training; the weights themselves go on
  cooldown,  // a copy of them, annealed to zero in some steps more; they themselves go on
  restart,   // what a run of the rung's length gives: where the policy depends on the length, the
             // trial is trained again from step 0 for every rung
};
inline constexpr std::array<std::string_view, 4> kRungScoreWords = {"as_is", "average", "cooldown",
                                                                    "restart"};
[[nodiscard]] constexpr std::string_view name_of(RungScore value) {
  return kRungScoreWords[static_cast<std::size_t>(value)];
}

struct Plan {
  Mode mode = Mode::asha;
  Promotion promotion = Promotion::eager;  // of the asynchronous promotion modes
  std::int64_t eta = 3;                    // a rung keeps the best 1/eta; at least 2
  Steps min_steps = 100;                   // the first rung's level, r
  Steps max_steps = 2700;                  // the last rung's level, R
  std::int64_t brackets = 0;  // of the hyperband modes, most aggressive first; 0: all there are
  std::int64_t trials = 40;   // how many configurations are started; 0: no limit but total_steps
  Steps total_steps =
      0;  // no assignment begins that is not needed to stay below; 0: no limit but trials
  std::int64_t top_k = 3;     // of mode top_k
  Metrics metrics;            // of the scores; one of them decides
  bool finish_winner = true;  // carry the best trial on to max_steps when nothing else is left
  RungScore rung_score = RungScore::as_is;
  double cooldown_fraction = 0.2;  // of the rung's level, in (0, 1]: how long a cooldown is
  // Which configurations depend on the length that a run is planned for; none: no configuration.
  // The experiment knows, no user has to say.
  std::optional<Condition> horizon_bound{};
  // The probability with which a trial is audited: it is trained on to max_steps, whatever its
  // score, so that what pruning costs can be measured. A pure function of (seed, trial). In [0, 1].
  double audit_fraction = 0;
  // The best `finalists` trials are trained again from step 0 with so many fresh seeds each, and
  // the best on average wins; on top of total_steps. 0 seeds: the best trial wins as it is.
  std::int64_t finalists = 3;
  std::int64_t confirmation_seeds = 0;
  // When nothing is left but the end, the range of kExtendedName may be widened and further trials
  // begun in what was added, as often as the scores ask for it, until a bound is this factor away
  // from where it was at the beginning.
  bool extend_range = false;
  double extend_range_max = 100;
  // Of a run that has grown to a higher max_steps: all its rung levels, the old ones and those that
  // were put on top. Empty: rung_levels().
  std::vector<Steps> levels{};
  friend bool operator==(const Plan&, const Plan&) = default;
};

// The plan cannot be carried out. `key` is the setting at fault, as it stands in the experiment
// file.
struct PlanError : std::runtime_error {
  PlanError(std::string setting, const std::string& message)
      : std::runtime_error(message), key(std::move(setting)) {}
  std::string key;
};

// The hyperparameter whose range is extended.
inline constexpr const char* kExtendedName = "learning_rate";

// The most trials a search may have.
inline constexpr std::int64_t kTrialsMax = std::numeric_limits<std::int32_t>::max();

// The most replicates a confirmation may have.
inline constexpr std::int64_t kReplicatesMax = 10'000;

// The cooldown before a score at this level, in steps; 0 where the plan has none.
[[nodiscard]] Steps cooldown_of(const Plan& plan, Steps level);

// The steps that the confirmation takes at most.
[[nodiscard]] Steps confirmation_steps(const Plan& plan);

// Throws PlanError: eta < 2, min_steps < 1, min_steps > max_steps, no limit or one out of range, a
// total_steps that not even one trial fits in, brackets or top_k out of range, a round of Hyperband
// with more trials than anybody can start, no number of trials for top_k,
// cooldown_fraction, audit_fraction, finalists, confirmation_seeds or extend_range_max out of
// range, extend_range in a run that only total_steps limits.
void check(const Plan& plan);

// What a run may have more of when it goes on.
struct Growth {
  std::int64_t trials = 0;
  Steps total_steps = 0;
  std::int64_t finalists = 0;
  std::int64_t confirmation_seeds = 0;
  Steps max_steps = 0;
  std::vector<Steps> levels;  // with this max_steps, lowest first
  friend bool operator==(const Growth&, const Growth&) = default;
};

// What it takes to go from one plan to the other: nothing where they have the same numbers. What
// else they have is not compared. A higher max_steps puts rungs on top, by the factor eta, and
// keeps the old ones. Throws PlanError where a number is smaller than it was, or where max_steps is
// higher and a policy was planned for the old one; check() says what is wrong with the numbers
// themselves.
[[nodiscard]] std::optional<Growth> growth_to(const Plan& from, const Plan& to);
[[nodiscard]] Plan grown(Plan plan, const Growth& growth);

// The rung levels of a plan, lowest first.
[[nodiscard]] std::vector<Steps> levels_of(const Plan& plan);

// Rung levels r, r*eta, r*eta^2, ... below R, and then R, by integer multiplication only: a
// floating-point logarithm loses a level at r = 1, R = 243, eta = 3. Needs 1 <= r <= R and eta
// >= 2.
[[nodiscard]] std::vector<Steps> rung_levels(Steps min_steps, Steps max_steps, std::int64_t eta);

struct BracketPlan {
  std::vector<Steps> levels;
  // Trials that begin in it: of the synchronous modes the exact number, of the asynchronous ones
  // the bracket's share. 0: as many as there are.
  std::int64_t trials = 0;
  friend bool operator==(const BracketPlan&, const BracketPlan&) = default;
};

// The brackets of one round, most aggressive first. One in most modes. The hyperband modes have
// bracket s = s_max .. 0 begin at the s-th level from the top with n0 = ceil((s_max+1)/(s+1) *
// eta^s) trials (JMLR 2018, algorithm 1), and so has successive halving where the plan does not say
// how many: then s = s_max.
[[nodiscard]] std::vector<BracketPlan> bracket_plans(const Plan& plan);

// The trials of one round of the hyperband modes: the sum of n0.
[[nodiscard]] std::int64_t trials_in_a_round(const Plan& plan);

// How many trials a synchronous rung keeps of the n0 its bracket began with: floor(n0 / eta^k) at
// rung k, at least 1.
[[nodiscard]] std::int64_t kept(std::int64_t n0, std::int64_t eta, std::size_t rung);

// Which bracket the asynchronous hyperband's trial goes to: a pure function of its id, with shares
// proportional to n0 that are exact after every round and spread evenly in between.
class BracketOrder {
 public:
  explicit BracketOrder(const std::vector<BracketPlan>& plans);
  [[nodiscard]] std::size_t bracket_of(TrialId trial) const noexcept {
    return pattern_[trial.value % pattern_.size()];
  }

 private:
  std::vector<std::uint32_t> pattern_;  // one round
};

// The steps such a plan takes if every rung promotes exactly floor(n / eta): a forecast, which
// asynchronous promotion exceeds a little.
[[nodiscard]] Steps expected_steps(const Plan& plan);

}  // namespace stepladder::schedule
