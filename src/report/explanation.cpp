#include "stepladder/report/explanation.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

using schedule::Bracket;
using schedule::Hyperband;
using schedule::PromotionRule;
using schedule::Rung;

// The standings of a rung, best first.
std::vector<Standing> ranked(const Rung& rung) {
  std::vector<Standing> standings;
  for (const Rung::Entry& entry : rung.entries()) standings.push_back(entry.standing);
  std::sort(standings.begin(), standings.end());
  return standings;
}

std::size_t place_of(TrialId trial, const std::vector<Standing>& ranking) {
  const auto found = std::find_if(ranking.begin(), ranking.end(),
                                  [trial](const Standing& s) { return s.trial == trial; });
  return static_cast<std::size_t>(found - ranking.begin()) + 1;
}

const Bracket& bracket_of(const Hyperband& scheduler, TrialId trial) {
  return scheduler.brackets()[scheduler.trials()[trial.value].bracket];
}

std::vector<std::string> levels_of(const Bracket& bracket) {
  std::vector<std::string> levels;
  for (const Rung& rung : bracket.rungs()) levels.push_back(steps_text(rung.level()));
  return levels;
}

std::size_t rung_at(const Bracket& bracket, Steps level) {
  const auto found = std::find_if(bracket.rungs().begin(), bracket.rungs().end(),
                                  [level](const Rung& rung) { return rung.level() == level; });
  return static_cast<std::size_t>(found - bracket.rungs().begin());
}

// "accuracy 0.91 (loss 0.3)": the metric that decides, then the others in their order.
std::string words_for(const Standing& standing, const Metrics& metrics) {
  if (standing.failed) return "no score";
  const auto text_of = [](const Metric& metric, double key) {
    return fmt::format("{} {:.6g}", metric.name, metric.key(key));  // turned twice: as it was
  };
  std::string others;
  for (std::size_t i = 0, next = 1; i < metrics.size(); ++i)
    if (i != metrics.deciding)
      others += (others.empty() ? "" : ", ") + text_of(metrics.all[i], standing.keys[next++]);
  return text_of(metrics.first(), standing.keys[0]) + (others.empty() ? "" : " (" + others + ')');
}

std::string words_for(const Outcome& outcome, const Metrics& metrics) {
  if (const auto* score = std::get_if<Score>(&outcome)) {
    std::string text;
    for (std::size_t i = 0; i < metrics.size(); ++i)
      text +=
          fmt::format("{}{} {:.6g}", i == 0 ? "scored: " : ", ", metrics.all[i].name, (*score)[i]);
    return text;
  }
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    return fmt::format("diverged at step {}; it can never be promoted", diverged->at);
  if (const auto* interrupted = std::get_if<Interrupted>(&outcome))
    return fmt::format("given back at step {}, to be gone on with", interrupted->at);
  if (const auto* failed = std::get_if<StorageFailed>(&outcome))
    return "put back, because its worker's storage failed: " + failed->reason;
  return "crashed: " + std::get<Crashed>(outcome).reason;
}

const char* words_for(PromotionRule rule) {
  switch (rule) {
    case PromotionRule::eager:
      return "a rung promotes whoever is among its best floor(n/eta)";
    case PromotionRule::delayed:
      return "a rung promotes whoever is among its best floor(n/eta), and at most so many in all";
    case PromotionRule::progressive:
      return "an open rung promotes whoever is among its best floor(n/eta)";
    case PromotionRule::stopping:
      return "a trial goes on if it is within the best max(1, floor(n/eta)) when it enters";
    case PromotionRule::synchronous:
      return "a rung promotes its best when all its trials are there";
  }
  return "";
}

// What would have carried the trial beyond the rung where it ended.
std::string what_was_missing(const Hyperband& scheduler, TrialId trial, std::size_t index) {
  const Bracket& bracket = bracket_of(scheduler, trial);
  const Rung& rung = bracket.rungs()[index];
  const std::vector<Standing> ranking = ranked(rung);
  const std::size_t place = place_of(trial, ranking);
  const std::size_t top = bracket.places(index);
  std::string text =
      fmt::format("At the end it was {} of {} in rung {}, which may promote its best {}.", place,
                  ranking.size(), rung.level(), top);
  if (ranking[place - 1].failed) return text + " A trial without a score is never promoted.";
  if (top == 0)
    return text +
           fmt::format(" With {} more trials in that rung the best one would have been promoted.",
                       static_cast<std::size_t>(scheduler.plan().eta) - ranking.size());
  if (place <= top) return text + " It would have been promoted had the run gone on.";
  return text +
         fmt::format(" It would have taken more than {} (trial {}) to be among them; it had {}.",
                     words_for(ranking[top - 1], scheduler.plan().metrics),
                     ranking[top - 1].trial.value,
                     words_for(ranking[place - 1], scheduler.plan().metrics));
}

std::string last_heard(const schedule::Event& event) {
  const auto* lost = std::get_if<schedule::WorkerLost>(&event.what);
  return lost == nullptr ? "" : fmt::format(", last heard of at step {}", lost->heard_at);
}

}  // namespace

void Explanation::add(const wire::Entry& entry, const Hyperband& scheduler) {
  const Seconds at = entry.event.at;
  for (const schedule::Stretch& ended : ledger_.add(entry.event, entry.commands))
    if (ended.work && ended.work->trial == trial_) on_end(ended, entry.event, scheduler);
  for (const schedule::Command& command : entry.commands) {
    if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
      const TrialId assigned = assign->assignment.trial;
      if (assigned == trial_) on_assign(*assign, at, scheduler);
      if (!is_finalist_ && is_replicate(assigned) &&
          scheduler.replicates().of(assigned).finalist == trial_) {
        is_finalist_ = true;
        say(at, fmt::format("a finalist: trained again from step 0 with up to {} fresh seeds",
                            scheduler.plan().confirmation_seeds));
      }
    }
    if (const auto* choose = std::get_if<schedule::Choose>(&command)) on_choose(*choose, at);
    if (const auto* give_up = std::get_if<schedule::GiveUp>(&command))
      if (give_up->trial == trial_) say(at, "it was given up: " + give_up->reason);
  }
}

void Explanation::on_choose(const schedule::Choose& choose, Seconds at) {
  if (choose.trial == trial_) {
    say(at, choose.model == trial_
                ? "it was chosen as the winner"
                : "it was chosen as the winner; its best replicate is the model");
  } else if (choose.model == trial_) {
    say(at, fmt::format("it is the model of the winner, trial {}", choose.trial.value));
  }
}

void Explanation::on_end(const schedule::Stretch& stretch, const schedule::Event& event,
                         const Hyperband& scheduler) {
  const Seconds at = stretch.to;
  if (stretch.report == nullptr)
    return say(at, fmt::format("worker {} was lost{}", stretch.worker.value, last_heard(event)));
  const schedule::Work& work = *stretch.work;
  const Outcome& outcome = stretch.report->outcome;
  say(at, words_for(outcome, scheduler.plan().metrics));
  if (work.part != Part::prune) return;
  const Bracket& bracket = bracket_of(scheduler, trial_);
  const std::size_t index = rung_at(bracket, work.to);
  const std::vector<Standing> ranking = ranked(bracket.rungs()[index]);
  const std::size_t place = place_of(trial_, ranking);
  if (place > ranking.size()) {  // it did not complete the rung, or not by the rule
    if (work.cause == schedule::Cause::audited && !std::holds_alternative<Interrupted>(outcome))
      say(at, fmt::format("it is no entry of rung {}, where only the audit has brought it; it will "
                          "be if the rule promotes it",
                          work.to));
    return;
  }
  stay_ = Stay{.rung = index, .place = place, .entries = ranking.size()};
  const bool is_last = index + 1 == bracket.rungs().size();
  say(at,
      fmt::format("entered rung {} as {} of {}{}", work.to, place, ranking.size(),
                  is_last ? ", the last one"
                          : fmt::format("; the best {} may be promoted", bracket.places(index))));
}

void Explanation::on_assign(const schedule::Assign& assign, Seconds at,
                            const Hyperband& scheduler) {
  const Assignment& a = assign.assignment;
  if (stay_ && !std::exchange(stay_->has_left, true)) say_why(assign.cause, at, scheduler);
  if (a.from < a.to)
    say(at, fmt::format("worker {} trains it from step {} to {}{}{} (assignment {})",
                        assign.worker.value, a.from, a.to,
                        a.cooldown > 0
                            ? fmt::format(", and a copy through {} steps of cooldown", a.cooldown)
                            : "",
                        a.part == Part::final ? ", to be scored on the final rows" : "",
                        a.lease.value));
  else
    say(at, fmt::format("worker {} scores it on the {} rows", assign.worker.value,
                        a.part == Part::final ? "final" : "test"));
}

// Why it leaves the rung it stands in.
void Explanation::say_why(schedule::Cause cause, Seconds at, const Hyperband& scheduler) {
  const Bracket& bracket = bracket_of(scheduler, trial_);
  const Rung& rung = bracket.rungs()[stay_->rung];
  const std::vector<Standing> ranking = ranked(rung);
  const std::string standing =
      fmt::format("it was {} of {}, the best {} may be promoted", place_of(trial_, ranking),
                  ranking.size(), bracket.places(stay_->rung));
  if (cause == schedule::Cause::promoted)
    say(at, fmt::format("promoted from rung {}: {}", rung.level(), standing));
  if (cause == schedule::Cause::audited)
    say(at, fmt::format("goes on from rung {} because it is audited: {}", rung.level(), standing));
  if (cause == schedule::Cause::finishing)
    say(at, fmt::format("carried on from rung {} as the best of the highest rung when nothing else "
                        "was left to do",
                        rung.level()));
}

void Explanation::say(Seconds at, const std::string& what) {
  lines_.push_back(fmt::format("{:>10.2f} s  {}", at, what));
}

std::string Explanation::text(const Hyperband& scheduler) const {
  if (!scheduler.has_begun(trial_))
    return fmt::format("Trial {} was not started; there are trials 0 to {}.", trial_.value,
                       static_cast<std::int64_t>(scheduler.trials().size()) - 1);
  if (is_replicate(trial_)) return replicate_text(scheduler);
  const schedule::Trial& trial = scheduler.trials()[trial_.value];
  const Bracket& bracket = scheduler.brackets()[trial.bracket];
  std::string text = fmt::format(
      "Trial {}: {}\nBracket {}; its rungs, the steps after which trials are scored: {}; {}.\n{}\n",
      trial_.value, stepladder::text(scheduler.configuration(trial_)), trial.bracket,
      list_text(levels_of(bracket)), words_for(bracket.rule()),
      scheduler.is_audited(trial_) ? "Audited: when the search has ended it is trained on whatever "
                                     "its scores, which shows what "
                                     "pruning costs.\n"
                                   : "");
  if (const auto* extended = scheduler.extension_of(trial_))
    text += fmt::format("Begun when the range of learning_rate was extended {}.\n",
                        extension_text(*extended));
  for (const std::string& line : lines_) text += line + '\n';
  text += '\n';
  const schedule::TrialStatus status = scheduler.status(trial_);
  if (status == schedule::TrialStatus::running) return text + "It is at work.\n";
  if (trial.fate != schedule::Trial::Fate::alive || trial.trained == scheduler.plan().max_steps ||
      !stay_)
    return text + (trial.trained == scheduler.plan().max_steps ? "It reached the last rung.\n"
                                                               : "It ended there.\n");
  const Rung& rung = bracket.rungs()[stay_->rung];
  if (bracket.rule() == PromotionRule::stopping)
    return text + fmt::format(
                      "It stopped in rung {}: it came as {} of {}, and only the best {} of them "
                      "went on.\n",
                      rung.level(), stay_->place, stay_->entries,
                      std::max<std::size_t>(
                          1, stay_->entries / static_cast<std::size_t>(scheduler.plan().eta)));
  return text + what_was_missing(scheduler, trial_, stay_->rung) + '\n';
}

std::string Explanation::replicate_text(const Hyperband& scheduler) const {
  const schedule::Confirmation::Replicate& replicate = scheduler.replicates().of(trial_);
  std::string text = fmt::format(
      "Replicate {} of trial {}: {}\nThe same configuration with fresh random numbers: seed {}, "
      "which the other finalists' replicates\nof that number have too.\n\n",
      replicate.seed + 1, replicate.finalist.value,
      stepladder::text(scheduler.configuration(trial_)), replicate.seed + 1);
  for (const std::string& line : lines_) text += line + '\n';
  return text;
}

}  // namespace stepladder::report
