#include "formats.hpp"

#include "stepladder/report/words.hpp"

namespace stepladder::report {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

ordered_json json_of(const Configuration& configuration) {
  ordered_json json = ordered_json::object();
  for (const Setting& setting : configuration.settings)
    std::visit([&](const auto& value) { json[setting.name] = value; }, setting.value);
  return json;
}

ordered_json scores_json(const Metrics& metrics, const Score& score) {
  return by_metric(metrics, [&](std::size_t i) { return score[i]; });
}

ordered_json standard_errors_json(const Metrics& metrics, const Score& score, std::int64_t rows) {
  ordered_json json = ordered_json::object();
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (const auto error = standard_error_of(metrics.all[i], score[i], rows))
      json[metrics.all[i].name] = *error;
  return json;
}

ordered_json json_of(const Metrics& metrics, const std::optional<Score>& score, std::int64_t rows) {
  return or_null(score, [&](const Score& known) {
    return ordered_json{{"scores", scores_json(metrics, known)},
                        {"standard_errors", standard_errors_json(metrics, known, rows)},
                        {"rows", rows}};
  });
}

ordered_json json_of(const analysis::Interval& interval) { return {interval.low, interval.high}; }

ordered_json json_of(const std::optional<analysis::Interval>& interval) {
  return or_null(interval, [](const analysis::Interval& known) { return json_of(known); });
}

ordered_json json_of(const std::optional<analysis::Spread>& spread) {
  if (!spread) return nullptr;
  return {{"count", spread->count},
          {"mean", spread->mean},
          {"standard_deviation", or_null(spread->standard_deviation)},
          {"interval_95", json_of(spread->interval_95)}};
}

ordered_json json_of(const Metrics& metrics, const record::ScoreSpread& spread) {
  return by_metric(metrics, [&](std::size_t i) { return json_of(spread.of(i)); });
}

ordered_json json_of(const std::vector<schedule::Extended>& extensions) {
  ordered_json json = ordered_json::array();
  for (const auto& extended : extensions)
    json.push_back({{"hyperparameter", schedule::kExtendedName},
                    {"from", ordered_json::array({extended.from.min, extended.from.max})},
                    {"to", ordered_json::array({extended.to.min, extended.to.max})},
                    {"first_trial", extended.first.value},
                    {"trials", extended.trials}});
  return json;
}

}  // namespace stepladder::report
