#include "stepladder/report/plan_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stepladder::report {

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
      bracket.rungs[r].audited += static_cast<std::int64_t>(scheduler.brackets()[b].beside(r));
    }
  }
  for (PlanBracket& bracket : brackets)
    bracket.share = static_cast<double>(bracket.rungs.front().trials) /
                    static_cast<double>(std::max<std::size_t>(scheduler.trials().size(), 1));
  return brackets;
}

std::optional<PlanConfirmation> plan_confirmation(const schedule::Hyperband& scheduler) {
  if (!scheduler.confirmation()) return std::nullopt;
  return PlanConfirmation{.finalists = scheduler.confirmation()->finalists().size(),
                          .seeds = scheduler.confirmation()->seeds(),
                          .steps = scheduler.plan().max_steps};
}

std::string plan_text(const PlanReport& report) {
  std::string text;
  for (const PlanBracket& bracket : report.brackets) {
    if (report.brackets.size() > 1)
      text += fmt::format("Bracket {} ({:.1f} % of the trials)\n", bracket.bracket,
                          100 * bracket.share);
    for (const PlanRung& rung : bracket.rungs)
      text += fmt::format("{:>10} steps: {} trials{}\n", rung.steps, rung.trials,
                          rung.audited > 0 ? fmt::format(", and {} audited", rung.audited) : "");
  }
  if (const auto& c = report.confirmation)
    text += fmt::format("then {} steps: {} finalists, {} fresh seeds each\n", c->steps,
                        c->finalists, c->seeds);
  text += fmt::format("\nAt {:.3g} ms a step:\n{:>8} {:>12} {:>11} {:>12} {:>6} {:>16}\n",
                      1000 * report.seconds_per_step, "workers", "steps", "core-hours", "makespan",
                      "busy", "checkpoints");
  for (const PlanForWorkers& w : report.workers)
    text += fmt::format("{:>8} {:>12} {:>11.3f} {:>10.0f} s {:>4.0f} % {:>13.1f} MB\n", w.workers,
                        w.steps, w.core_hours, w.makespan, 100 * w.utilisation,
                        static_cast<double>(w.checkpoint_bytes) / 1e6);
  for (const std::string& warning : report.warnings) text += "Warning: " + warning + '\n';
  return text;
}

std::string plan_json(const PlanReport& report) {
  nlohmann::ordered_json json = {{"brackets", nlohmann::ordered_json::array()},
                                 {"workers", nlohmann::ordered_json::array()},
                                 {"warnings", report.warnings}};
  for (const PlanBracket& bracket : report.brackets) {
    nlohmann::ordered_json rungs = nlohmann::ordered_json::array();
    for (const PlanRung& rung : bracket.rungs) {
      rungs.push_back({{"steps", rung.steps}, {"trials", rung.trials}});
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
                               {"core_hours", w.core_hours},
                               {"makespan_s", w.makespan},
                               {"utilisation", w.utilisation},
                               {"checkpoint_bytes", w.checkpoint_bytes}});
  return json.dump(2) + '\n';
}

}  // namespace stepladder::report
