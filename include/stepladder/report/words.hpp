// How the numbers of a run's report are said in words, the same on the page,
// in the sentences and in the warnings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/response.hpp"
#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// The measure (analysis::measure_of) of the metric that decides. Of a metric that has none it is
// the value, turned so that smaller is better.
[[nodiscard]] double measure_of(const Score& score, const Metrics& metrics);

// A measure as the reader knows it: "0.8764", a share, or "loss 0.3012".
[[nodiscard]] std::string measure_text(double measure, const Metric& metric);
// Without the name: for axes and tables whose heading says what it is.
[[nodiscard]] std::string bare_measure_text(double measure, const Metric& metric);
// A difference of measures: "1.1 points" of a share, "0.012 in loss".
[[nodiscard]] std::string difference_text(double difference, const Metric& metric);
[[nodiscard]] std::string difference_text(const analysis::Estimate& difference,
                                          const Metric& metric);
// The next rounder measure that is not better than this one: a share of 0.8764 gives 0.87's.
[[nodiscard]] double round_measure_above(double measure, const Metric& metric);
// "a loss", "an accuracy".
[[nodiscard]] std::string with_article(const Metric& metric);
// What a measure is called: "loss", or "error" of a share.
[[nodiscard]] std::string measure_name(const Metric& metric);

// "0.11 [0.070, 0.18]".
[[nodiscard]] std::string estimate_text(const analysis::Estimate& estimate, int digits = 2);
[[nodiscard]] std::string interval_text(const analysis::Interval& interval, int digits = 2);

// "12 trials", "1 trial".
[[nodiscard]] std::string counted(std::int64_t number, const char* thing);
[[nodiscard]] inline std::string counted(std::size_t number, const char* thing) {
  return counted(static_cast<std::int64_t>(number), thing);
}
// "2,700 steps", "1 step".
[[nodiscard]] std::string counted_steps(Steps steps);

// A bound of a range, as the user may have written it: "0.001", with no more digits than it has.
[[nodiscard]] std::string bound_text(double value);

// "from [0.001, 1] to [0.001, 10]", and "trials 40 to 53".
[[nodiscard]] std::string extension_text(const schedule::Extended& extended);
[[nodiscard]] std::string trials_text(const schedule::Extended& extended);

// "0.11 [0.070, 0.18]", or what there is to say where the best rate is not known.
[[nodiscard]] std::string best_rate_text(const analysis::BestRate& best);
// What a run cannot do any more, another one can: "Begin a new run: the same command with --set
// schedule.max_steps=8100 --run-dir NEW (about 8,100 steps).". 0 steps: not known.
[[nodiscard]] std::string new_run_text(const std::string& setting, Steps steps);
// How a run is given more, and about how many steps that takes.
[[nodiscard]] std::string more_text(const std::string& setting, Steps steps);
// "adam, sgd and momentum".
[[nodiscard]] std::string list_text(const std::vector<std::string>& items);

// What the sentences' numbers mean.
[[nodiscard]] std::string notation_text(const Metrics& metrics);

// In lines that a terminal shows whole.
[[nodiscard]] std::string wrapped(const std::string& sentence);

// Of a value measured on so many rows. Nothing where it is not known: of what is no share, and
// without rows (a simulated run).
[[nodiscard]] std::optional<double> standard_error_of(const Metric& metric, double value,
                                                      std::int64_t rows);
// "0.8764 ± 0.0047", or "0.8764" where the error is not known.
[[nodiscard]] std::string value_text(const Metric& metric, double value, std::int64_t rows);
// "0.8764 [0.8701, 0.8823]", or "0.8764" without an interval. `number` writes each of the three.
using NumberText = std::string (*)(double);
[[nodiscard]] std::string four_decimals(double value);
[[nodiscard]] std::string with_interval(double value,
                                        const std::optional<analysis::Interval>& interval_95,
                                        NumberText number = four_decimals);
// A mean with its interval; `nothing` where there is none.
[[nodiscard]] std::string spread_text(const std::optional<analysis::Spread>& spread,
                                      const char* nothing = "-", NumberText number = four_decimals);
// What the heldout scores of a run are: on which rows, and of which weights.
[[nodiscard]] std::string scores_text(const record::Leaderboard& leaderboard);
[[nodiscard]] std::string duration_text(Seconds seconds);

// Four significant digits are enough for a reader; the exact values are in the JSON.
[[nodiscard]] std::string short_text(const Value& value);
[[nodiscard]] std::string short_text(const Configuration& configuration);

}  // namespace stepladder::report
