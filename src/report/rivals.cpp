#include "stepladder/report/rivals.hpp"

#include <algorithm>

namespace stepladder::report {
namespace {

analysis::Estimate inverse(const analysis::Estimate& ratio) {
  return {1 / ratio.value, {1 / ratio.interval_95.high, 1 / ratio.interval_95.low}};
}

}  // namespace

std::vector<Rival> rivals_of(const RateReport& report) {
  std::vector<Rival> rivals;
  if (report.groups.empty()) return rivals;
  const std::string& own = report.groups.front().name;
  for (const analysis::PairComparison& pair : report.comparisons) {
    if ((pair.first != own && pair.second != own) || pair.differences.empty() || pair.crossover)
      continue;
    const bool is_first = pair.first == own;
    const analysis::Difference& last = pair.differences.back();
    rivals.push_back({.name = is_first ? pair.second : pair.first,
                      .ratio = is_first ? last.ratio : inverse(last.ratio),
                      .steps = last.steps,
                      .is_proven = last.p_adjusted <= 0.05});
  }
  return rivals;
}

bool is_beaten(const RateReport& report, const GroupReport& group) {
  const std::vector<Rival> rivals = rivals_of(report);
  return std::any_of(rivals.begin(), rivals.end(), [&](const Rival& rival) {
    return rival.name == group.name && rival.is_proven && rival.ratio.value < 1;
  });
}

}  // namespace stepladder::report
