// report.json: every number that the page shows, and those behind its drawings.
//
//   answer, warnings     the sentences, most important first
//   measure              what groups and comparisons are of: "error", which is 1 - accuracy, or
//   "loss" extensions           of the range of learning_rate groups, comparisons  what scores say
//   of each optimizer with a policy, and of each pair of them rungs, agreements    how many were
//   scored and promoted; whether rungs agree on the order audit                what pruning cost;
//   null where nothing was audited optimism             by how much the best accuracy is too good,
//   on average, because it was
//                        picked: `expected`, and `if_all_were_equal`, the most it can be. It is the
//                        best `of` so many at the largest budget that has two; `error` is the
//                        standard error of one, `spread` the deviation of the true accuracies.
//                        null where there are not two
//   importance           of hyperparameters, at the budget with most scores; or null
//   trials, trials_read  every trial with its scores; how many of them were analysed
//   workers              who did what when
//   leaderboard          what `stepladder leaderboard --format json` writes, of all trials. There
//                        `optimism` of a finalist is what fresh seeds showed of it: the accuracy it
//                        was picked for less their mean
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

[[nodiscard]] std::string to_json(const RunReport& report);

}  // namespace stepladder::report
