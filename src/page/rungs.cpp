#include "rungs.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "html.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

namespace {

std::string percent_text(const analysis::CountedShare& share) {
  const auto [value, interval] = share.share;
  return fmt::format("{:.0f} % [{:.0f}, {:.0f}]", 100 * value, 100 * interval.low,
                     100 * interval.high);
}

std::string audit(const report::RunReport& r) {
  if (!r.audit) return "";
  const analysis::CountedShare& median = r.audit->better_than_median;
  std::string html = paragraph(
      fmt::format("Audit: {} went on to the end whatever {} scores, which shows what pruning "
                  "costs. Of the {} that pruning would have ended, {} came out better than half of "
                  "those it kept (false-prune rate {}), {} better than all of "
                  "them.",
                  report::counted(r.audit->audited, "trial"),
                  r.audit->audited == 1 ? "its" : "their", median.of, median.count,
                  percent_text(median), r.audit->better_than_best.count),
      "note");
  Table wrong({{"steps"}, {"would have ended there"}, {"wrongly"}, {"false-prune rate [95 %]"}});
  for (const analysis::PruningAudit::AtRung& rung : r.audit->rungs) {
    const analysis::CountedShare& share = rung.better_than_median;
    wrong.add({steps_text(rung.steps), fmt::format("{}", share.of), fmt::format("{}", share.count),
               percent_text(share)});
  }
  return html + wrong.html();
}

std::string agreement(const report::RunReport& r) {
  if (r.agreements.empty()) return "";
  Table order({{"steps"}, {"and"}, {"Kendall's τ [95 %]"}, {"trials"}});
  bool of_survivors = false;
  for (const analysis::RungAgreement& agreement : r.agreements) {
    of_survivors = of_survivors || agreement.of_survivors;
    order.add({steps_text(agreement.lower), steps_text(agreement.upper),
               report::with_interval(agreement.tau_b.value, agreement.tau_b.interval_95,
                                     [](double value) { return decimals_text(value, 2); }),
               fmt::format("{}", agreement.trials)});
  }
  return paragraph(fmt::format("Do rungs agree on the order of trials? Kendall's τ is 1 where all "
                               "pairs of trials stand in the same order, and 0 where chance "
                               "decides.{}",
                               of_survivors ? " Only promoted trials are in both rungs, which "
                                              "makes τ smaller."
                                            : ""),
                   "note") +
         order.html();
}

}  // namespace

std::string rungs(const report::RunReport& r) {
  const bool has_brackets =
      std::any_of(r.rungs.begin(), r.rungs.end(),
                  [](const report::RungReport& rung) { return rung.bracket > 0; });
  std::vector<Table::Column> columns = {
      {"steps"}, {"entries"}, {"failed"}, {"promoted"}, {"best score"}};
  if (has_brackets) columns.insert(columns.begin(), {"bracket"});
  Table table(columns);
  for (const report::RungReport& rung : r.rungs) {
    if (rung.entries == 0 && has_brackets) continue;
    std::vector<std::string> cells = {
        steps_text(rung.steps), fmt::format("{}", rung.entries), fmt::format("{}", rung.failed),
        fmt::format("{}", rung.promoted),
        rung.best ? report::bare_measure_text(report::measure_of(*rung.best, r.board.metrics),
                                              r.rates.metric)
                  : kNothing};
    if (has_brackets) cells.insert(cells.begin(), fmt::format("{}", rung.bracket));
    table.add(std::move(cells));
  }
  return paragraph(
             "A rung is a number of steps at which trials are scored. Entries are the trials "
             "that got there; those that failed, diverged or crashed, are never promoted to "
             "the next one.",
             "note") +
         table.html() + audit(r) + agreement(r);
}

}  // namespace stepladder::page
