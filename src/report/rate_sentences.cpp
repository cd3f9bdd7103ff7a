#include "stepladder/report/rate_sentences.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "stepladder/report/rivals.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {

namespace {

using analysis::AtBudget;
using analysis::BestRate;
using analysis::Identification;
using analysis::NoAnswer;
using analysis::Response;

constexpr std::size_t kOthersMost = 4;  // more are read in the table

bool excludes_zero(const analysis::Estimate& estimate) { return !estimate.interval_95.contains(0); }

// What lies beyond the range was not tried: there the interval has one end only.
std::string bounded_text(const BestRate& best, const analysis::RateRange& range) {
  const bool is_low = best.identification == Identification::at_lower_bound;
  const analysis::Interval within = best.rate.interval_95;
  const double bound = is_low ? range.min : range.max;
  // The middle of what is likely means something where it lies well within the range.
  const double away = std::abs(std::log(best.rate.value / bound));
  const bool is_inside = bound > 0 && away > 0.1 * std::log(range.max / range.min);
  return fmt::format(
      "{}{} {}. How far {} is not identified: rates {} to the {} one searched, {}, may be as good.",
      is_inside ? fmt::format("about {}, ", number_text(best.rate.value)) : "",
      is_low ? "at most" : "at least", number_text(is_low ? within.high : within.low),
      is_low ? "below" : "above", is_low ? "down" : "up", is_low ? "lowest" : "highest",
      bound_text(bound > 0 ? bound
                 : is_low  ? within.low
                           : within.high));
}

std::string best_rate_sentence(const GroupReport& group, const AtBudget& at) {
  const std::string start = fmt::format("At {} the best initial learning rate for {} is ",
                                        counted_steps(at.steps), group.name);
  switch (at.best.identification) {
    case Identification::identified:
      return start + estimate_text(at.best.rate) + '.';
    case Identification::at_divergence:
      return start + "about as high as does not diverge: " + estimate_text(at.best.rate) + '.';
    case Identification::at_lower_bound:
    case Identification::at_upper_bound:
      return start + bounded_text(at.best, group.range);
    case Identification::flat:
      return start + "not identified: the scores do not tell the rates tried apart.";
  }
  return "";
}

// What three times the steps do to the best rate.
std::string drift_text(const analysis::Estimate& slope) {
  const auto factor = [](double power) { return std::pow(3, power); };
  if (!excludes_zero(slope))
    return fmt::format(
        "it is not shown to change with the steps: with three times the steps it is {} times as "
        "high.",
        estimate_text({.value = factor(slope.value),
                       .interval_95 = {.low = factor(slope.interval_95.low),
                                       .high = factor(slope.interval_95.high)}}));
  const bool falls = slope.value < 0;
  const double sign = falls ? -1 : 1;
  const double least = sign * (falls ? slope.interval_95.high : slope.interval_95.low);
  const double most = sign * (falls ? slope.interval_95.low : slope.interval_95.high);
  return fmt::format("with three times the steps it is {} times {}.",
                     estimate_text({.value = factor(sign * slope.value),
                                    .interval_95 = {.low = factor(least), .high = factor(most)}}),
                     falls ? "lower" : "higher");
}

// How the best rate moves with the number of steps: what it is at the smallest budget where it is
// known, or, where it is not known at the largest, at the largest where it is.
std::string movement_sentence(const Response& response) {
  const AtBudget& last = response.budgets.back();
  const auto is_known = [](const AtBudget& at) { return at.best.is_identified(); };
  const AtBudget* other = nullptr;
  for (const AtBudget& at : response.budgets)
    if (is_known(at) && (other == nullptr || !is_known(last))) other = &at;
  if (other == nullptr || other->steps == last.steps) return "";
  std::string text =
      fmt::format("With {} it {} {}", counted_steps(other->steps),
                  is_known(last) ? "would be" : "is", estimate_text(other->best.rate));
  return response.slope ? text + "; " + drift_text(*response.slope) : text + '.';
}

// The other groups' best rates, each at its own largest budget.
std::string others_sentence(const RateReport& report) {
  std::vector<const GroupReport*> others;
  for (std::size_t i = 1; i < report.groups.size(); ++i)
    if (!report.groups[i].response.budgets.empty()) others.push_back(&report.groups[i]);
  if (others.empty() || others.size() > kOthersMost) return "";
  const auto steps_of = [](const GroupReport* group) {
    return group->response.budgets.back().steps;
  };
  const Steps steps = steps_of(others.front());
  const bool at_one = std::all_of(others.begin(), others.end(), [&](const GroupReport* group) {
    return steps_of(group) == steps;
  });
  std::vector<std::string> known;
  std::vector<std::string> unknown;
  for (const GroupReport* group : others) {
    const BestRate& best = group->response.budgets.back().best;
    const std::string who = group->label + (at_one ? "" : " at " + counted_steps(steps_of(group)));
    if (best.identification == Identification::flat)
      unknown.push_back(who);
    else
      known.push_back(best_rate_text(best) + " for " + who);
  }
  std::string text = at_one ? fmt::format("At {} the best rate is ", counted_steps(steps))
                            : std::string("The best rate is ");
  text += list_text(known);
  if (!unknown.empty())
    text += (known.empty() ? "" : "; it is ") + ("not identified for " + list_text(unknown));
  return text + '.';
}

std::string gain_text(const Response& response) {
  const AtBudget* at = nullptr;
  for (const AtBudget& budget : response.budgets)
    if (budget.tripled) at = &budget;
  if (at == nullptr) return "";
  const std::string range =
      fmt::format("from {} to {}", steps_text(at->steps), steps_text(3 * at->steps));
  if (!excludes_zero(*at->tripled))
    return fmt::format("Three times the steps, {}, are not shown to pay: {}", range,
                       difference_text(*at->tripled, response.metrics.first()));
  return fmt::format("Three times the steps, {}, are worth {}", range,
                     difference_text(*at->tripled, response.metrics.first()));
}

std::string penalty_text(const Response& response) {
  for (auto at = response.budgets.rbegin(); at != response.budgets.rend(); ++at) {
    if (!at->twice && !at->half) continue;
    std::string text = fmt::format("at {} ", counted_steps(at->steps));
    if (at->twice && at->half)
      return text + fmt::format("twice the best rate costs {} and half of it {}",
                                difference_text(*at->twice, response.metrics.first()),
                                difference_text(*at->half, response.metrics.first()));
    return text + fmt::format("{} the best rate costs {}", at->twice ? "twice" : "half",
                              difference_text(at->twice ? *at->twice : *at->half,
                                              response.metrics.first()));
  }
  return "";
}

// Where the best group's rate is not known at two budgets, the first other one's that is tells how
// rate and steps are related.
std::string movement_elsewhere(const RateReport& report) {
  if (report.groups.front().response.slope) return "";
  for (const GroupReport& group : report.groups) {
    if (!group.response.slope) continue;
    const AtBudget* first = nullptr;
    const AtBudget* last = nullptr;
    for (const AtBudget& at : group.response.budgets) {
      if (!at.best.is_identified()) continue;
      if (first == nullptr) first = &at;
      last = &at;
    }
    const std::string penalty = penalty_text(group.response);
    return fmt::format("How rate and steps are related shows in {}: {} is best at {}, {} at {}; {}",
                       group.name, estimate_text(first->best.rate), counted_steps(first->steps),
                       estimate_text(last->best.rate), steps_text(last->steps),
                       drift_text(*group.response.slope)) +
           (penalty.empty() ? "" : " There, " + penalty + '.');
  }
  return "";
}

std::string worth_sentence(const Response& response) {
  const std::string gain = gain_text(response);
  std::string penalty = penalty_text(response);
  if (gain.empty() && penalty.empty()) return "";
  if (!gain.empty() && !penalty.empty()) return gain + "; " + penalty + '.';
  if (gain.empty()) penalty.front() = 'A';
  return gain + penalty + '.';
}

std::string iso_sentence(const GroupReport& group) {
  if (!group.iso) return "";
  const auto& ways = group.iso->ways;
  const Metric& metric = group.response.metrics.first();
  std::string what = fmt::format("{} of {}", with_article(metric),
                                 metric.is_share() ? decimals_text(1 - group.iso->measure, 2)
                                                   : number_text(group.iso->measure));
  what.front() = 'A';
  return fmt::format("{} takes about {} steps at rate {}, or {} at {}.", what,
                     number_text(ways[0].steps), number_text(ways[0].learning_rate),
                     number_text(ways[1].steps), number_text(ways[1].learning_rate));
}

const std::string& label_of(const RateReport& report, const std::string& name) {
  for (const GroupReport& group : report.groups)
    if (group.name == name) return group.label;
  return name;
}

std::string crossover_sentence(const RateReport& report, const analysis::PairComparison& pair) {
  const bool is_first = pair.crossover->better_before == pair.first;
  return fmt::format("Each at its own best rate, {} is better below {} steps and {} above.",
                     label_of(report, pair.crossover->better_before),
                     estimate_text(pair.crossover->steps),
                     label_of(report, is_first ? pair.second : pair.first));
}

std::string comparison_sentence(const RateReport& report) {
  const std::vector<Rival> rivals = rivals_of(report);
  if (rivals.empty()) return "";
  const bool at_one = std::all_of(rivals.begin(), rivals.end(), [&](const Rival& rival) {
    return rival.steps == rivals.front().steps;
  });
  std::vector<std::string> beaten;
  std::vector<std::string> better;
  std::vector<std::string> equal;
  for (const Rival& rival : rivals)
    (!rival.is_proven        ? equal
     : rival.ratio.value < 1 ? beaten
                             : better)
        .push_back(fmt::format("{} ({}{})", label_of(report, rival.name),
                               estimate_text(rival.ratio),
                               at_one ? "" : " at " + counted_steps(rival.steps)));
  std::vector<std::string> parts;
  if (!beaten.empty()) parts.push_back("beats " + list_text(beaten));
  if (!better.empty()) parts.push_back("is beaten by " + list_text(better));
  if (!equal.empty()) parts.push_back("shows no significant difference from " + list_text(equal));
  return fmt::format(
      "Each at its own best rate{}, {} {}; the numbers are its {} divided by the other's.",
      at_one ? " at " + counted_steps(rivals.front().steps) : "", report.groups.front().label,
      list_text(parts), report.metric.is_share() ? "error rate" : report.metric.name);
}

}  // namespace

std::string silence_text(const GroupReport& group) {
  const Response& response = group.response;
  if (response.no_answer == NoAnswer::one_rate)
    return fmt::format(
        "All trials of {} have one learning rate, so the run cannot say which rate is best.",
        group.name);
  return fmt::format("For {} the run has {}, too few to say which learning rate is best.",
                     group.name, counted(response.scores, "score"));
}

std::vector<std::string> sentences_of(const RateReport& report) {
  if (report.groups.empty()) return {};
  const GroupReport& best = report.groups.front();
  std::vector<std::string> sentences;
  const auto say = [&sentences](std::string sentence) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  };
  if (best.response.budgets.empty()) {
    say(silence_text(best));
  } else {
    const std::string movement = movement_sentence(best.response);
    say(best_rate_sentence(best, best.response.budgets.back()) +
        (movement.empty() ? "" : ' ' + movement));
    say(worth_sentence(best.response));
    say(movement_elsewhere(report));
    say(others_sentence(report));
  }
  say(iso_sentence(best));
  for (const analysis::PairComparison& pair : report.comparisons)
    if (pair.crossover) say(crossover_sentence(report, pair));
  say(comparison_sentence(report));
  return sentences;
}

}  // namespace stepladder::report
