// report.json: every number that the page shows, and those behind its drawings. Its keys:
// - answer, warnings: the sentences, most important first.
// - measure: what groups and comparisons are of. "error" is what a share lacks of 1; else it is the
//   metric's name.
// - extensions: of the range of learning_rate.
// - groups, comparisons: what scores say of each optimizer with a policy, and of each pair of them.
// - rungs, agreements: how many trials were scored and promoted; whether rungs agree on the order.
// - audit: what pruning cost; null where nothing was audited.
// - optimism: by how much the best share is too good, on average, because it was picked. It is
//   `expected`; `if_all_were_equal` is the most it can be. The best is that `of` so many at the
//   largest budget that has two; `error` is the standard error of one, `spread` the deviation of
//   the true ones. Null where there are not two.
// - importance: of hyperparameters, at the budget with most scores; or null.
// - trials, trials_read: every trial with its scores; how many of them were analysed.
// - workers: who did what when.
// - leaderboard: what `stepladder leaderboard --format json` writes, of all trials. In it
//   `optimism` of a finalist is what fresh seeds showed of it: the score it was picked for less
//   their mean.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

[[nodiscard]] std::string to_json(const RunReport& report);

}  // namespace stepladder::report
