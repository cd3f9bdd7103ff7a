#include "stepladder/report/plan_report.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

std::string rung_text(const PlanRung& rung) {
  std::string text = counted(rung.trials, "trial");
  if (rung.carried_on > 0) text += fmt::format(", {} carried on at the end", rung.carried_on);
  if (rung.audited > 0) text += fmt::format(", and {} audited", rung.audited);
  return text;
}

// What would make more trials begin.
std::string advice_for_more(const PlanForWorkers& w) {
  if (w.is_budget_spent) return "raise total_steps";
  return w.is_exhausted ? "widen [space]" : "raise trials";
}

// Whoever has nothing to do.
std::string words_on_workers(const PlanReport& report, const PlanForWorkers& w) {
  const auto workers = static_cast<std::int64_t>(w.workers);
  const std::int64_t replicates =
      report.confirmation
          ? static_cast<std::int64_t>(report.confirmation->finalists * report.confirmation->seeds)
          : 0;
  if (workers <= w.trials) return "";
  const std::int64_t never = workers - std::max(w.trials, replicates);
  std::string text =
      fmt::format("{} but only {}", counted(workers, "worker"), counted(w.trials, "trial"));
  if (replicates > 0)
    text += fmt::format(": {} will have no work before the finalists are trained again",
                        counted(workers - w.trials, "worker"));
  if (never > 0)
    text += fmt::format("{} {} will never have work", replicates > 0 ? ", and" : ":",
                        counted(never, "worker"));
  return text + "; " + advice_for_more(w);
}

// Of a bracket whose rule brings nobody to its last rung.
std::string words_on_empty_rung(const PlanReport& report, const PlanBracket& bracket) {
  const bool is_alone = report.brackets.size() == 1;
  const bool is_spent = report.workers.back().is_budget_spent;
  const std::size_t promotions = bracket.rungs.size() - 1;
  const PlanRung& last = bracket.rungs.back();
  std::string text = is_alone ? "" : fmt::format("bracket {}: ", bracket.bracket);
  text += fmt::format("no trial is promoted to {}", counted(last.steps, "step"));
  if (is_spent)
    text += " before total_steps is spent";
  else
    text += fmt::format(": {} {}, and {} 1 in {}", bracket.rungs.front().trials,
                        bracket.rungs.front().trials == 1 ? "begins" : "begin",
                        promotions == 1
                            ? "the rung below promotes"
                            : fmt::format("each of the {} rungs below promotes", promotions),
                        report.plan.eta);
  if (last.carried_on > 0) text += ", but the best one is carried on there at the end";
  const PlanForWorkers& w = report.workers.back();
  const bool is_space = w.is_exhausted && !w.is_budget_spent;
  return text + "; " + advice_for_more(w) + (is_space ? " or raise min_steps" : " or min_steps");
}

}  // namespace

std::vector<PlanBracket> plan_brackets(const schedule::Hyperband& scheduler) {
  const std::size_t kinds = schedule::bracket_plans(scheduler.plan()).size();
  std::vector<PlanBracket> brackets;
  for (std::size_t b = 0; b < scheduler.brackets().size(); ++b) {
    const std::vector<schedule::Rung>& rungs = scheduler.brackets()[b].rungs();
    if (b < kinds) {
      brackets.push_back({.bracket = b, .share = 0, .rungs = {}});
      for (const schedule::Rung& rung : rungs)
        brackets.back().rungs.push_back({.steps = rung.level()});
    }
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): every plan has a bracket
    PlanBracket& bracket = brackets[b % kinds];
    for (std::size_t r = 0; r < rungs.size(); ++r) {
      bracket.rungs[r].trials += static_cast<std::int64_t>(rungs[r].entries().size());
      bracket.rungs[r].audited += static_cast<std::int64_t>(scheduler.beside(b, r));
    }
  }
  for (const TrialId trial : scheduler.carried_on()) {
    PlanRung& last = brackets[scheduler.trials()[trial.value].bracket % kinds].rungs.back();
    --last.trials;
    ++last.carried_on;
  }
  for (PlanBracket& bracket : brackets)
    bracket.share = static_cast<double>(bracket.rungs.front().trials) /
                    static_cast<double>(std::max<std::size_t>(scheduler.trials().size(), 1));
  return brackets;
}

std::optional<PlanConfirmation> plan_confirmation(const schedule::Hyperband& scheduler) {
  if (!scheduler.confirmation()) return std::nullopt;
  return PlanConfirmation{.finalists = scheduler.confirmation()->finalists().size(),
                          .seeds = static_cast<std::size_t>(scheduler.plan().confirmation_seeds),
                          .steps = scheduler.plan().max_steps};
}

std::vector<std::string> plan_warnings(const PlanReport& report) {
  std::vector<std::string> warnings;
  for (const PlanForWorkers& workers : report.workers)
    if (std::string words = words_on_workers(report, workers); !words.empty())
      warnings.push_back(std::move(words));
  std::size_t begun = 0;
  for (const PlanBracket& bracket : report.brackets) {
    if (bracket.rungs.front().trials == 0) continue;
    ++begun;
    // Of PASHA the scores decide which rungs there are.
    if (bracket.rungs.back().trials == 0 && report.plan.mode != schedule::Mode::pasha)
      warnings.push_back(words_on_empty_rung(report, bracket));
  }
  const std::size_t brackets = schedule::bracket_plans(report.plan).size();
  if (begun < brackets)
    warnings.push_back(fmt::format(
        "only {} of {} brackets {} trials: a round of them takes {}; {} or lower brackets", begun,
        brackets, begun == 1 ? "gets" : "get", schedule::trials_in_a_round(report.plan),
        advice_for_more(report.workers.back())));
  return warnings;
}

std::string plan_text(const PlanReport& report) {
  std::string text =
      (report.data ? report.data->words : "data: none; taken to have 784 features and 10 classes") +
      "\n\n";
  for (const PlanBracket& bracket : report.brackets) {
    if (report.brackets.size() > 1)
      text += fmt::format("Bracket {} ({:.1f} % of the trials)\n", bracket.bracket,
                          100 * bracket.share);
    for (const PlanRung& rung : bracket.rungs)
      text += fmt::format("{:>10} steps: {}\n", rung.steps, rung_text(rung));
  }
  const char* on_top = report.plan.total_steps > 0 ? ", on top of total_steps" : "";
  if (const auto& c = report.confirmation)
    text +=
        fmt::format("then {} steps: {}, {}{} each{}\n", c->steps, counted(c->finalists, "finalist"),
                    c->seeds > schedule::Confirmation::kRoundsMin ? "up to " : "",
                    counted(c->seeds, "fresh seed"), on_top);
  if (const Steps audits = report.workers.front().audit_steps; audits > 0)
    text += fmt::format("The audits take {} of all steps{}.\n", steps_text(audits), on_top);
  text += fmt::format("\nAt {:.3g} ms a step:\n{:>8} {:>12} {:>11} {:>18} {:>6} {:>16}\n",
                      1000 * report.seconds_per_step, "workers", "steps", "core-hours", "makespan",
                      "busy", "checkpoints");
  for (const PlanForWorkers& w : report.workers)
    text +=
        fmt::format("{:>8} {:>12} {:>11.3f} {:>18} {:>4.0f} % {:>13.1f} MB\n", w.workers, w.steps,
                    w.core_hours, fmt::format("{:.0f} to {:.0f} s", w.makespan_min, w.makespan),
                    100 * w.utilisation, static_cast<double>(w.checkpoint_bytes) / 1e6);
  text += fmt::format(
      "The longer makespan: no trial diverges. The shorter: {:.0f} % of them do, at once.\n",
      100 * kPlannedToDiverge);
  for (const std::string& warning : report.warnings) text += "Warning: " + warning + '\n';
  return text;
}

std::string plan_json(const PlanReport& report) {
  nlohmann::ordered_json json;
  if (const auto& d = report.data)
    json["data"] = {{"train", d->rows.train}, {"prune", d->rows.prune},  {"final", d->rows.final},
                    {"test", d->rows.test},   {"features", d->features}, {"classes", d->classes}};
  json.update(nlohmann::ordered_json{{"brackets", nlohmann::ordered_json::array()},
                                     {"workers", nlohmann::ordered_json::array()},
                                     {"warnings", report.warnings}});
  for (const PlanBracket& bracket : report.brackets) {
    nlohmann::ordered_json rungs = nlohmann::ordered_json::array();
    for (const PlanRung& rung : bracket.rungs) {
      rungs.push_back({{"steps", rung.steps}, {"trials", rung.trials}});
      if (rung.carried_on > 0) rungs.back()["carried_on"] = rung.carried_on;
      if (rung.audited > 0) rungs.back()["audited"] = rung.audited;
    }
    json["brackets"].push_back(
        {{"bracket", bracket.bracket}, {"share", bracket.share}, {"rungs", rungs}});
  }
  if (const auto& c = report.confirmation)
    json["confirmation"] = {{"finalists", c->finalists}, {"seeds", c->seeds}, {"steps", c->steps}};
  for (const PlanForWorkers& w : report.workers)
    json["workers"].push_back({{"workers", w.workers},
                               {"steps", w.steps},
                               {"audit_steps", w.audit_steps},
                               {"core_hours", w.core_hours},
                               {"makespan_s", w.makespan},
                               {"makespan_min_s", w.makespan_min},
                               {"utilisation", w.utilisation},
                               {"checkpoint_bytes", w.checkpoint_bytes}});
  return text_of(json);
}

}  // namespace stepladder::report
