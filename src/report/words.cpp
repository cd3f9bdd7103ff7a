#include "stepladder/report/words.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/core.h>

#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {

using analysis::Estimate;
using analysis::Identification;

namespace {

constexpr double kPoints = 100;  // of a share

// One decimal is enough from 0.1 on; below, one digit that is not 0.
std::string small_text(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 0.095 || size < 0.0005 ? 1 : size >= 0.0095 ? 2 : 3;
  return decimals_text(value, decimals);
}

}  // namespace

double measure_of(const Score& score, const Metrics& metrics) {
  const double value = score[metrics.deciding];
  return analysis::measure_of(metrics.first(), value).value_or(metrics.first().key(value));
}

std::string bare_measure_text(double measure, const Metric& metric) {
  if (!metric.is_share()) return number_text(analysis::value_of(metric, measure), 4);
  return four_decimals(std::max(1 - measure, 0.0));  // a modelled error may be above 1
}

std::string measure_text(double measure, const Metric& metric) {
  return (metric.is_share() ? "" : metric.name + ' ') + bare_measure_text(measure, metric);
}

std::string difference_text(double difference, const Metric& metric) {
  if (!metric.is_share()) return number_text(difference, 2) + " in " + metric.name;
  const std::string points = small_text(kPoints * difference);
  return points + (points == "1.0" ? " point" : " points");
}

std::string difference_text(const Estimate& difference, const Metric& metric) {
  const auto [low, high] = difference.interval_95;
  if (!metric.is_share()) {
    // What is nothing beside the rest is 0.
    const double size = std::max({std::abs(difference.value), std::abs(low), std::abs(high)});
    const auto text = [size](double value) {
      return number_text(std::abs(value) < 1e-3 * size ? 0 : value, 2);
    };
    return fmt::format("{} in {} [{}, {}]", text(difference.value), metric.name, text(low),
                       text(high));
  }
  return fmt::format("{} points [{}, {}]", small_text(kPoints * difference.value),
                     small_text(kPoints * low), small_text(kPoints * high));
}

double round_measure_above(double measure, const Metric& metric) {
  if (metric.is_share()) return 1 - std::floor((1 - measure) * 100) / 100;
  const double unit = std::pow(10, std::floor(std::log10(measure)) - 1);
  return std::ceil(measure / unit) * unit;
}

std::string with_article(const Metric& metric) {
  const bool is_vowel = std::string_view("aeiou").find(metric.name.front()) != std::string::npos;
  return (is_vowel ? "an " : "a ") + metric.name;
}

std::string measure_name(const Metric& metric) { return metric.is_share() ? "error" : metric.name; }

std::string notation_text(const Metrics& metrics) {
  const auto share = metrics.share();
  return "In brackets: 95 % intervals." +
         (share ? " A point is 0.01 of " + metrics.all[*share].name + '.' : "");
}

std::string interval_text(const analysis::Interval& interval, int digits) {
  return fmt::format("[{}, {}]", number_text(interval.low, digits),
                     number_text(interval.high, digits));
}

std::string estimate_text(const Estimate& estimate, int digits) {
  return number_text(estimate.value, digits) + ' ' + interval_text(estimate.interval_95, digits);
}

std::string wrapped(const std::string& sentence) {
  constexpr std::size_t kColumns = 110;
  std::string text = sentence;
  std::size_t line = 0;
  std::size_t space = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') space = i;
    if (i - line < kColumns || space == std::string::npos) continue;
    text[space] = '\n';
    line = space + 1;
    space = std::string::npos;
  }
  return text;
}

std::string counted(std::int64_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string counted_steps(Steps steps) {
  return steps_text(steps) + (steps == 1 ? " step" : " steps");
}

std::string bound_text(double value) { return plain_text(value); }

std::string extension_text(const schedule::Extended& extended) {
  const auto text = [](const Range& range) {
    return fmt::format("[{}, {}]", bound_text(range.min), bound_text(range.max));
  };
  return fmt::format("from {} to {}", text(extended.from), text(extended.to));
}

std::string trials_text(const schedule::Extended& extended) {
  if (extended.trials == 1) return fmt::format("trial {}", extended.first.value);
  return fmt::format("trials {} to {}", extended.first.value,
                     extended.first.value + extended.trials - 1);
}

std::string best_rate_text(const analysis::BestRate& best) {
  switch (best.identification) {
    case Identification::identified:
      return estimate_text(best.rate);
    case Identification::at_divergence:
      return estimate_text(best.rate) + ", up to divergence";
    case Identification::at_lower_bound:
      return "at most " + number_text(best.rate.interval_95.high);
    case Identification::at_upper_bound:
      return "at least " + number_text(best.rate.interval_95.low);
    case Identification::flat:
      return "not identified";
  }
  return "";
}

std::string new_run_text(const std::string& setting, Steps steps) {
  return fmt::format("Begin a new run: the same command with --set {} --run-dir NEW{}.", setting,
                     steps > 0 ? fmt::format(" (about {})", counted_steps(steps)) : "");
}

std::string more_text(const std::string& setting, Steps steps) {
  return fmt::format("Go on with this run: the same command with --set {} (about {} more).",
                     setting, counted_steps(steps));
}

std::string list_text(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i)
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

std::optional<double> standard_error_of(const Metric& metric, double value, std::int64_t rows) {
  if (!metric.is_share() || rows < 1) return std::nullopt;
  return analysis::standard_error(value, rows);
}

std::string value_text(const Metric& metric, double value, std::int64_t rows) {
  const std::optional<double> error = standard_error_of(metric, value, rows);
  return four_decimals(value) + (error ? " ± " + four_decimals(*error) : "");
}

std::string four_decimals(double value) { return fmt::format("{:.4f}", value); }

std::string with_interval(double value, const std::optional<analysis::Interval>& interval_95,
                          NumberText number) {
  if (!interval_95) return number(value);
  return fmt::format("{} [{}, {}]", number(value), number(interval_95->low),
                     number(interval_95->high));
}

std::string spread_text(const std::optional<analysis::Spread>& spread, const char* nothing,
                        NumberText number) {
  return spread ? with_interval(spread->mean, spread->interval_95, number) : nothing;
}

namespace {

std::string meaning_text(schedule::RungScore meaning) {
  switch (meaning) {
    case schedule::RungScore::as_is:
      return "of the weights as they are at that step";
    case schedule::RungScore::average:
      return "of the average of the weights up to that step";
    case schedule::RungScore::cooldown:
      return "of a copy of the weights, trained on while its rate falls to 0";
    case schedule::RungScore::restart:
      return "what a run of that length gives";
  }
  return "";
}

}  // namespace

std::string scores_text(const record::Leaderboard& l) {
  const std::string meaning =
      fmt::format("{} (rung_score = \"{}\")", meaning_text(l.rung_score), name_of(l.rung_score));
  if (l.rows.prune <= 0) return fmt::format("Scores are made up or from a table, and {}.", meaning);
  return fmt::format(
      "Scores are on the {} prune rows, heldout rows that decide which trials go on, ± a standard "
      "error; they are {}.",
      steps_text(l.rows.prune), meaning);
}

std::string duration_text(Seconds seconds) {
  const auto whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{:.1f} s", seconds);
  if (whole < 3600) return fmt::format("{} min {:02d} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02d} min", whole / 3600, whole / 60 % 60);
}

std::string short_text(const Value& value) {
  if (const auto* real = std::get_if<double>(&value)) return plain_text(*real);
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return text(value);
}

std::string short_text(const Configuration& configuration) {
  std::string result;
  for (const Setting& setting : configuration.settings)
    result += (result.empty() ? "" : " ") + setting.name + '=' + short_text(setting.value);
  return result;
}

}  // namespace stepladder::report
