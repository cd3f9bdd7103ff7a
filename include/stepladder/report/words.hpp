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

// The measure that a run's metric stands for: the loss itself, or 1 - accuracy.
[[nodiscard]] double measure_of(const Score& score, analysis::Measure measure);

// A measure as the reader knows it: "0.8764", an accuracy, or "loss 0.3012".
[[nodiscard]] std::string measure_text(double measure, analysis::Measure measure_kind);
// Without "loss": for axes and tables whose heading says what it is.
[[nodiscard]] std::string bare_measure_text(double measure, analysis::Measure measure_kind);
// A difference of measures: "1.1 points" of accuracy, "0.012 in loss".
[[nodiscard]] std::string difference_text(double difference, analysis::Measure measure_kind);
[[nodiscard]] std::string difference_text(const analysis::Estimate& difference,
                                          analysis::Measure measure_kind);
// The next rounder measure that is not better than this one: accuracy 0.8764 gives 0.87's.
[[nodiscard]] double round_measure_above(double measure, analysis::Measure measure_kind);

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
// schedule.max_steps=8100 --run-dir NEW.".
[[nodiscard]] std::string new_run_text(const std::string& setting);
// "adam, sgd and momentum".
[[nodiscard]] std::string list_text(const std::vector<std::string>& items);

// What the sentences' numbers mean.
inline constexpr const char* kNotation =
    "In brackets: 95 % intervals. A point is 0.01 of accuracy.";

// In lines that a terminal shows whole.
[[nodiscard]] std::string wrapped(const std::string& sentence);

// Of a score measured on so many rows, by one metric. Nothing where it is not known: of a loss, and
// without rows (a simulated run).
[[nodiscard]] std::optional<double> standard_error_of(const Score& score, Metric metric,
                                                      std::int64_t rows);
// "0.8764 ± 0.0047", or "0.8764" where the error is not known.
[[nodiscard]] std::string score_text(const Score& score, Metric metric, std::int64_t rows);
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
