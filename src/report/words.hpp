// Private to the room: how the numbers of a run's report are said in words, the same on the page,
// in the sentences and in the warnings.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

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
[[nodiscard]] const char* name_of(analysis::Identification identification);

// What the sentences' numbers mean.
inline constexpr const char* kNotation =
    "In brackets: 95 % intervals. A point is 0.01 of accuracy.";

// In lines that a terminal shows whole.
[[nodiscard]] std::string wrapped(const std::string& sentence);

[[nodiscard]] std::vector<std::string> sentences_of(const RunReport& report);
[[nodiscard]] std::vector<Warning> warnings_of(const RunReport& report);

}  // namespace stepladder::report
