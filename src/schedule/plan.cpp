#include "stepladder/schedule/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace stepladder::schedule {
namespace {

// Of R / r in the hyperband modes, whose rounds begin with about R / r trials.
constexpr std::int64_t kRoundRatioMax = std::int64_t{1} << 24;

bool is_hyperband(Mode mode) { return mode == Mode::hyperband || mode == Mode::hyperband_async; }

// eta^exponent; the caller knows that it fits, because it is at most R / r.
std::int64_t power(std::int64_t eta, std::size_t exponent) {
  std::int64_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= eta;
  return result;
}

// The bracket that begins at `first` of the levels: s is the number of promotions above it.
BracketPlan hyperband_bracket(const std::vector<Steps>& levels, std::size_t first,
                              std::int64_t eta) {
  const std::size_t s = levels.size() - 1 - first;
  const auto numerator = static_cast<std::int64_t>(levels.size()) * power(eta, s);
  const auto divisor = static_cast<std::int64_t>(s) + 1;
  return {.levels = {levels.begin() + static_cast<std::ptrdiff_t>(first), levels.end()},
          .trials = (numerator + divisor - 1) / divisor};
}

void check_limits(const Plan& plan) {
  if (plan.trials < 0 || plan.trials > kTrialsMax)
    throw PlanError("trials", "trials = " + std::to_string(plan.trials) +
                                  "; use a number from 1 to " + std::to_string(kTrialsMax));
  if (plan.total_steps < 0)
    throw PlanError("total_steps",
                    "total_steps = " + std::to_string(plan.total_steps) + "; use 1 or more");
  if (plan.trials == 0 && plan.total_steps == 0)
    throw PlanError("trials", "neither trials nor total_steps limits the run; give one of them");
  if (plan.total_steps == 0) return;
  const Steps needed =
      plan.finish_winner || plan.mode == Mode::random ? plan.max_steps : plan.min_steps;
  if (plan.total_steps < needed)
    throw PlanError("total_steps", "total_steps = " + std::to_string(plan.total_steps) +
                                       " does not even train one trial for " +
                                       std::to_string(needed) + " steps; raise it");
}

void check_confirmation(const Plan& plan) {
  const auto refuse = [](const std::string& key, std::int64_t value, std::int64_t least,
                         std::int64_t most) {
    if (value < least || value > most)
      throw PlanError(key, key + " = " + std::to_string(value) + "; use a number from " +
                               std::to_string(least) + " to " + std::to_string(most));
  };
  refuse("finalists", plan.finalists, 1, kReplicatesMax);
  refuse("confirmation_seeds", plan.confirmation_seeds, 0, kReplicatesMax / plan.finalists);
  if (plan.confirmation_seeds > 0 &&
      plan.max_steps > std::numeric_limits<Steps>::max() / kReplicatesMax / 2)
    throw PlanError("max_steps", "max_steps = " + std::to_string(plan.max_steps) +
                                     " is more than a confirmation can count; lower it, or set "
                                     "confirmation_seeds = 0");
}

void check_extension(const Plan& plan) {
  if (!(plan.extend_range_max >= 3 && plan.extend_range_max <= 1e6))
    throw PlanError("extend_range_max",
                    "extend_range_max is the factor by which a bound of the range may be passed in "
                    "all; use a number from 3 to 1e6");
  if (plan.extend_range && plan.trials == 0)
    throw PlanError("extend_range",
                    "extend_range begins further trials when all have been started, and a run that "
                    "only total_steps limits has no steps left for them; set trials as well");
}

}  // namespace

bool is_synchronous(Mode mode) {
  return mode == Mode::successive_halving || mode == Mode::hyperband || mode == Mode::top_k;
}

void check(const Plan& plan) {
  if (plan.eta < 2)
    throw PlanError("eta", "eta = " + std::to_string(plan.eta) +
                               ", but a rung keeps the best 1/eta; use 2 or more");
  if (plan.min_steps < 1)
    throw PlanError("min_steps",
                    "min_steps = " + std::to_string(plan.min_steps) + "; use 1 or more");
  if (plan.min_steps > plan.max_steps)
    throw PlanError("min_steps", "min_steps = " + std::to_string(plan.min_steps) +
                                     " is above max_steps = " + std::to_string(plan.max_steps) +
                                     "; lower min_steps or raise max_steps");
  check_limits(plan);
  if (!(plan.audit_fraction >= 0 && plan.audit_fraction <= 1))
    throw PlanError("audit_fraction",
                    "audit_fraction is the share of trials that are trained on whatever their "
                    "scores; use a number from 0 to 1");
  if (!(plan.cooldown_fraction > 0 && plan.cooldown_fraction <= 1))
    throw PlanError("cooldown_fraction",
                    "cooldown_fraction is how long a cooldown is, as a share of the rung's level; "
                    "use a number above 0 and at most 1");
  check_confirmation(plan);
  check_extension(plan);
  const auto levels = static_cast<std::int64_t>(levels_of(plan).size());
  if (plan.brackets < 0 || (is_hyperband(plan.mode) && plan.brackets > levels))
    throw PlanError("brackets", "brackets = " + std::to_string(plan.brackets) + ", but there are " +
                                    std::to_string(levels) +
                                    " (one for each rung level); use 1 to " +
                                    std::to_string(levels) + ", or 0 for all");
  if (is_hyperband(plan.mode) && plan.max_steps / plan.min_steps > kRoundRatioMax)
    throw PlanError("min_steps", "max_steps is " + std::to_string(plan.max_steps / plan.min_steps) +
                                     " times min_steps, and a round of Hyperband begins with about "
                                     "as many trials; raise min_steps");
  if (plan.mode != Mode::top_k) return;
  if (plan.top_k < 1)
    throw PlanError("top_k", "top_k = " + std::to_string(plan.top_k) + "; use 1 or more");
  if (plan.trials == 0)
    throw PlanError("trials", "mode top_k needs to know how many trials to begin with; set trials");
}

std::vector<Steps> rung_levels(Steps min_steps, Steps max_steps, std::int64_t eta) {
  std::vector<Steps> levels;
  for (Steps level = min_steps; level < max_steps; level *= eta) {
    levels.push_back(level);
    if (level > max_steps / eta) break;  // the next product is beyond max_steps, and might not fit
  }
  levels.push_back(max_steps);
  return levels;
}

std::vector<Steps> levels_of(const Plan& plan) {
  return plan.levels.empty() ? rung_levels(plan.min_steps, plan.max_steps, plan.eta) : plan.levels;
}

namespace {

void refuse_less(const std::string& key, std::int64_t before, std::int64_t now) {
  if (now >= before) return;
  throw PlanError(key, key + " = " + std::to_string(now) + ", but the run has " +
                           std::to_string(before) +
                           ", and can only be given more; to go on with it: --set schedule." + key +
                           '=' + std::to_string(before));
}

// Of a setting that is 0 where there is no limit.
void refuse_lower_limit(const std::string& key, std::int64_t before, std::int64_t now) {
  if (now == 0) return;
  if (before > 0) return refuse_less(key, before, now);
  throw PlanError(key, key + " = " + std::to_string(now) +
                           ", but the run has no such limit, and can only be given more; leave " +
                           key + " out to go on with it");
}

Growth growth_of(const Plan& plan) {
  return {.trials = plan.trials,
          .total_steps = plan.total_steps,
          .finalists = plan.finalists,
          .confirmation_seeds = plan.confirmation_seeds,
          .max_steps = plan.max_steps,
          .levels = levels_of(plan)};
}

}  // namespace

std::optional<Growth> growth_to(const Plan& from, const Plan& to) {
  refuse_lower_limit("trials", from.trials, to.trials);
  refuse_lower_limit("total_steps", from.total_steps, to.total_steps);
  refuse_less("finalists", from.finalists, to.finalists);
  refuse_less("confirmation_seeds", from.confirmation_seeds, to.confirmation_seeds);
  refuse_less("max_steps", from.max_steps, to.max_steps);
  Growth growth = growth_of(to);
  growth.levels = levels_of(from);
  if (to.max_steps > from.max_steps) {
    if (from.horizon_bound && from.rung_score != RungScore::restart)
      throw PlanError("max_steps",
                      "max_steps = " + std::to_string(to.max_steps) + ", but the run has " +
                          std::to_string(from.max_steps) +
                          ", and some of its learning-rate policies were planned for that length; "
                          "choose another --run-dir, or go on with --set schedule.max_steps=" +
                          std::to_string(from.max_steps));
    const std::vector<Steps> more = rung_levels(from.max_steps, to.max_steps, from.eta);
    growth.levels.insert(growth.levels.end(), more.begin() + 1, more.end());
  }
  return growth == growth_of(from) ? std::nullopt : std::optional(std::move(growth));
}

Plan grown(Plan plan, const Growth& growth) {
  plan.trials = growth.trials;
  plan.total_steps = growth.total_steps;
  plan.finalists = growth.finalists;
  plan.confirmation_seeds = growth.confirmation_seeds;
  plan.max_steps = growth.max_steps;
  plan.levels = growth.levels;
  return plan;
}

std::vector<BracketPlan> bracket_plans(const Plan& plan) {
  const std::vector<Steps> levels = levels_of(plan);
  switch (plan.mode) {
    case Mode::random:
      return {{.levels = {plan.max_steps}, .trials = plan.trials}};
    case Mode::top_k:
      if (plan.min_steps == plan.max_steps)
        return {{.levels = {plan.max_steps}, .trials = plan.trials}};
      return {{.levels = {plan.min_steps, plan.max_steps}, .trials = plan.trials}};
    case Mode::hyperband:
    case Mode::hyperband_async: {
      std::vector<BracketPlan> plans;
      const std::size_t count =
          plan.brackets > 0 ? static_cast<std::size_t>(plan.brackets) : levels.size();
      for (std::size_t first = 0; first < count; ++first)
        plans.push_back(hyperband_bracket(levels, first, plan.eta));
      return plans;
    }
    case Mode::successive_halving:
      if (plan.trials == 0) return {hyperband_bracket(levels, 0, plan.eta)};
      return {{.levels = levels, .trials = plan.trials}};
    default:
      return {{.levels = levels, .trials = plan.trials}};
  }
}

std::int64_t trials_in_a_round(const Plan& plan) {
  std::int64_t trials = 0;
  for (const BracketPlan& bracket : bracket_plans(plan)) trials += bracket.trials;
  return trials;
}

std::int64_t kept(std::int64_t n0, std::int64_t eta, std::size_t rung) {
  for (std::size_t i = 0; i < rung; ++i) n0 /= eta;
  return std::max<std::int64_t>(n0, 1);
}

// Smooth weighted round-robin: each bracket gains its weight, the richest is served and pays the
// sum of all weights.
BracketOrder::BracketOrder(const std::vector<BracketPlan>& plans) {
  if (plans.size() == 1) {
    pattern_ = {0};
    return;
  }
  std::int64_t total = 0;
  for (const BracketPlan& plan : plans) total += plan.trials;
  std::vector<std::int64_t> credit(plans.size(), 0);
  for (std::int64_t i = 0; i < total; ++i) {
    for (std::size_t b = 0; b < plans.size(); ++b) credit[b] += plans[b].trials;
    const auto richest = std::max_element(credit.begin(), credit.end());
    *richest -= total;
    pattern_.push_back(static_cast<std::uint32_t>(richest - credit.begin()));
  }
}

Steps confirmation_steps(const Plan& plan) {
  const std::int64_t finalists =
      plan.trials > 0 ? std::min(plan.finalists, plan.trials) : plan.finalists;
  return finalists * plan.confirmation_seeds * (plan.max_steps + cooldown_of(plan, plan.max_steps));
}

Steps cooldown_of(const Plan& plan, Steps level) {
  if (plan.rung_score != RungScore::cooldown) return 0;
  return std::max<Steps>(1, std::llround(plan.cooldown_fraction * static_cast<double>(level)));
}

Steps expected_steps(const Plan& plan) {
  if (plan.total_steps > 0) return plan.total_steps + confirmation_steps(plan);
  const std::vector<BracketPlan> plans = bracket_plans(plan);
  const double rounds = plans.size() > 1 ? static_cast<double>(plan.trials) /
                                               static_cast<double>(trials_in_a_round(plan))
                                         : 1.0;
  double total = 0;
  for (const BracketPlan& bracket : plans) {
    Steps reached = 0;
    std::int64_t trials = bracket.trials;
    for (std::size_t rung = 0; rung < bracket.levels.size(); ++rung) {
      if (plan.mode == Mode::top_k && rung > 0) trials = std::min(trials, plan.top_k);
      if (trials == 0 && plan.finish_winner && plans.size() == 1) trials = 1;
      // And the audited ones that the rule leaves behind. Where total_steps is the limit nobody
      // knows how many.
      const double beside = plan.audit_fraction *
                            static_cast<double>(std::max<std::int64_t>(bracket.trials - trials, 0));
      const Steps level = bracket.levels[rung];
      total += rounds * (static_cast<double>(trials) + beside) *
               static_cast<double>(level - reached + cooldown_of(plan, level));
      // Of a restart the most it can be: as if every configuration depended on the length.
      const bool begins_anew = plan.rung_score == RungScore::restart && plan.horizon_bound;
      reached = begins_anew ? 0 : level;
      trials /= plan.eta;
    }
  }
  return static_cast<Steps>(total) + confirmation_steps(plan);
}

}  // namespace stepladder::schedule
