#include "stepladder/report/run_report_json.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/report/words.hpp"

namespace stepladder::report {
namespace {

using report::json_of;

using nlohmann::ordered_json;

template <class T, class Make>
ordered_json array_of(const std::vector<T>& items, const Make& make) {
  ordered_json json = ordered_json::array();
  for (const T& item : items) json.push_back(make(item));
  return json;
}

ordered_json json_of(const analysis::Estimate& estimate) {
  return {{"value", estimate.value}, {"interval_95", json_of(estimate.interval_95)}};
}

ordered_json json_of(const std::optional<analysis::Estimate>& estimate) {
  return or_null(estimate, [](const analysis::Estimate& known) { return json_of(known); });
}

ordered_json json_of(const analysis::CountedShare& share) {
  return {{"count", share.count}, {"of", share.of}, {"share", json_of(share.share)}};
}

ordered_json json_of(const record::Stop& stop, const Metrics& metrics) {
  ordered_json json = {{"steps", stop.steps}};
  if (stop.score) json.update(scores_json(metrics, *stop.score));
  if (stop.diverged_at) json["diverged_at"] = *stop.diverged_at;
  return json;
}

ordered_json json_of(const record::TrialPath& path, const Metrics& metrics) {
  return {{"trial", path.trial.value},
          {"status", name_of(path.status)},
          {"bracket", path.bracket},
          {"group", path.group},
          {"learning_rate", or_null(path.learning_rate)},
          {"audited", path.is_audited},
          {"aim", path.aim},
          {"scores",
           array_of(path.stops, [&](const record::Stop& stop) { return json_of(stop, metrics); })}};
}

ordered_json json_of(const analysis::AtBudget& at) {
  return {{"steps", at.steps},
          {"identification", name_of(at.best.identification)},
          {"best_rate", json_of(at.best.rate)},
          {"score", json_of(at.score)},
          {"cost_of_twice_the_rate", json_of(at.twice)},
          {"cost_of_half_the_rate", json_of(at.half)},
          {"gain_of_three_times_the_steps", json_of(at.tripled)},
          {"divergence",
           {{"highest_survivor", or_null(at.divergence.highest_survivor)},
            {"lowest_diverged", or_null(at.divergence.lowest_diverged)},
            {"limit", json_of(at.divergence.limit)}}}};
}

struct EdgeJson {
  static const char* name_of(analysis::Side side) {
    return side == analysis::Side::low ? "low" : "high";
  }
  ordered_json operator()(const analysis::BestAtBound& edge) const {
    return {{"kind", "best_at_bound"},
            {"side", name_of(edge.side)},
            {"bound", edge.bound},
            {"best_rate_95", json_of(edge.best_rate_95)}};
  }
  ordered_json operator()(const analysis::Crowded& edge) const {
    return {{"kind", "crowded"},
            {"side", name_of(edge.side)},
            {"bound", edge.bound},
            {"steps", edge.steps},
            {"best_is_there", edge.best_is_there},
            {"of_best_three", edge.of_best_three}};
  }
  ordered_json operator()(const analysis::NoDivergence& edge) const {
    return {{"kind", "no_divergence"},
            {"highest_rate", edge.highest_rate},
            {"scores_turn", edge.scores_turn}};
  }
  ordered_json operator()(const analysis::StillImproving& edge) const {
    return {{"kind", "still_improving"},
            {"from", edge.from},
            {"to", edge.to},
            {"gain", edge.gain},
            {"standard_error", edge.standard_error}};
  }
};

const char* name_of(analysis::NoAnswer no_answer) {
  return no_answer == analysis::NoAnswer::none             ? "none"
         : no_answer == analysis::NoAnswer::too_few_scores ? "too_few_scores"
                                                           : "one_rate";
}

ordered_json json_of(const GroupReport& group) {
  const analysis::Response& response = group.response;
  ordered_json json = {
      {"name", group.name},
      {"optimizer", group.optimizer},
      {"policy", group.policy},
      {"trials", response.trials},
      {"scores", response.scores},
      {"silence", name_of(response.no_answer)},
      {"range", {group.range.min, group.range.max}},
      {"budgets",
       array_of(response.budgets, [](const analysis::AtBudget& at) { return json_of(at); })},
      {"slope", json_of(response.slope)},
      {"edges", array_of(group.edges,
                         [](const analysis::Edge& edge) { return std::visit(EdgeJson{}, edge); })}};
  json["iso"] = nullptr;
  if (group.iso)
    json["iso"] = {
        {"measure", group.iso->measure},
        {"ways", array_of(group.iso->ways, [](const IsoPoint& way) {
           return ordered_json{{"learning_rate", way.learning_rate}, {"steps", way.steps}};
         })}};
  json["map"] = nullptr;
  if (group.map)
    json["map"] = {
        {"rates", group.map->rates}, {"steps", group.map->steps}, {"measure", group.map->measure}};
  return json;
}

ordered_json json_of(const analysis::PairComparison& pair) {
  ordered_json json = {{"first", pair.first}, {"second", pair.second}};
  json["differences"] = array_of(pair.differences, [](const analysis::Difference& difference) {
    return ordered_json{{"steps", difference.steps},
                        {"ratio", json_of(difference.ratio)},
                        {"p_value", difference.p_value},
                        {"p_adjusted", difference.p_adjusted}};
  });
  json["crossover"] = nullptr;
  if (pair.crossover)
    json["crossover"] = {{"better_before", pair.crossover->better_before},
                         {"steps", json_of(pair.crossover->steps)}};
  return json;
}

ordered_json json_of(const RungReport& rung, const record::Leaderboard& board) {
  return {
      {"bracket", rung.bracket},   {"steps", rung.steps},
      {"entries", rung.entries},   {"failed", rung.failed},
      {"promoted", rung.promoted}, {"best", json_of(board.metrics, rung.best, board.rows.prune)}};
}

ordered_json json_of(const analysis::PruningAudit& audit) {
  ordered_json rungs = ordered_json::array();
  for (const analysis::PruningAudit::AtRung& rung : audit.rungs)
    rungs.push_back(
        {{"steps", rung.steps}, {"better_than_median", json_of(rung.better_than_median)}});
  return {{"audited", audit.audited},
          {"would_stay", audit.would_stay},
          {"better_than_median", json_of(audit.better_than_median)},
          {"better_than_best", json_of(audit.better_than_best)},
          {"rungs", std::move(rungs)}};
}

ordered_json json_of(const ImportanceReport& report) {
  const analysis::Importance& importance = report.importance;
  return {{"steps", report.steps},
          {"configurations", importance.configurations},
          {"predicted", importance.predicted},
          {"alone",
           array_of(importance.alone,
                    [](const analysis::Effect& effect) {
                      return ordered_json{{"name", effect.name}, {"share", json_of(effect.share)}};
                    })},
          {"pairs", array_of(importance.pairs,
                             [](const analysis::PairEffect& effect) {
                               return ordered_json{{"first", effect.first},
                                                   {"second", effect.second},
                                                   {"share", json_of(effect.share)}};
                             })},
          {"beyond_pairs", importance.beyond_pairs}};
}

ordered_json json_of(const std::map<WorkerId, std::vector<record::Stretch>>& workers) {
  ordered_json json = ordered_json::array();
  for (const auto& [worker, stretches] : workers) {
    ordered_json own = ordered_json::array();
    for (const record::Stretch& stretch : stretches) {
      ordered_json one = {
          {"from", stretch.from}, {"to", stretch.to}, {"doing", record::name_of(stretch.doing)}};
      if (stretch.trial) one["trial"] = stretch.trial->value;
      own.push_back(std::move(one));
    }
    json.push_back({{"worker", worker.value}, {"stretches", std::move(own)}});
  }
  return json;
}

}  // namespace

ordered_json json_of(const std::vector<GroupReport>& groups) {
  return array_of(groups, [](const GroupReport& group) { return json_of(group); });
}

ordered_json json_of(const std::vector<analysis::PairComparison>& pairs) {
  return array_of(pairs, [](const analysis::PairComparison& pair) { return json_of(pair); });
}

std::string to_json(const RunReport& r) {
  ordered_json json = {{"answer", r.answer}};
  json["warnings"] = array_of(r.warnings, [](const Warning& warning) {
    return ordered_json{{"what", warning.what}, {"advice", warning.advice}};
  });
  json["measure"] = measure_name(r.rates.metric);
  json["extensions"] = json_of(r.board.extensions);
  json["groups"] = json_of(r.rates.groups);
  json["comparisons"] = json_of(r.rates.comparisons);
  json["rungs"] = array_of(r.rungs, [&](const RungReport& rung) { return json_of(rung, r.board); });
  json["audit"] = r.audit ? json_of(*r.audit) : ordered_json(nullptr);
  json["agreements"] = array_of(r.agreements, [](const analysis::RungAgreement& agreement) {
    return ordered_json{{"lower", agreement.lower},
                        {"upper", agreement.upper},
                        {"trials", agreement.trials},
                        {"tau_b", json_of(agreement.tau_b)},
                        {"of_survivors", agreement.of_survivors}};
  });
  json["optimism"] = nullptr;
  if (r.optimism)
    json["optimism"] = {{"of", r.optimism->of},
                        {"error", r.optimism->error},
                        {"spread", r.optimism->spread},
                        {"expected", r.optimism->expected},
                        {"if_all_were_equal", r.optimism->if_all_were_equal}};
  json["importance"] = r.importance ? json_of(*r.importance) : ordered_json(nullptr);
  json["trials_read"] = r.trials_read;
  json["trials"] = array_of(
      r.paths, [&](const record::TrialPath& path) { return json_of(path, r.board.metrics); });
  json["workers"] = json_of(r.workers);
  json["leaderboard"] = json_of(r.board, r.board.entries.size());
  return text_of(json, 1);
}

}  // namespace stepladder::report
