// What scores say about learning rates and steps: of each group (an optimizer with a learning-rate
// policy) at its own best rate. Of one run, or of several together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/comparison.hpp"
#include "stepladder/analysis/edges.hpp"
#include "stepladder/analysis/observation.hpp"
#include "stepladder/analysis/response.hpp"
#include "stepladder/record/evidence.hpp"

namespace stepladder::report {

// What the map is coloured by: the surface's prediction on a grid, lowest rate and budget first.
struct MapGrid {
  std::vector<double> rates;
  std::vector<double> steps;
  std::vector<std::vector<double>> measure;  // [step][rate]
};

struct IsoPoint {  // a way to reach a score
  double learning_rate = 0;
  double steps = 0;
};
struct IsoScore {
  double measure = 0;
  std::vector<IsoPoint> ways;
};

struct GroupReport {  // an optimizer with a learning-rate policy
  std::string name;   // "momentum with exponential decay"
  std::string label;  // short: without what all groups have in common
  std::string optimizer;
  std::string policy;
  analysis::RateRange range;  // that was searched, and what of it was tried outside
  analysis::Response response;
  std::vector<analysis::Edge> edges;
  std::vector<analysis::Edge> signs;  // the edges that speak for a wider range
  std::optional<MapGrid> map;
  std::optional<IsoScore> iso;
};

struct RateReport {
  Metric metric;                    // that decides; what is compared is its measure
  std::vector<GroupReport> groups;  // best first; empty where the space has no learning rate
  std::vector<analysis::PairComparison> comparisons;
};

[[nodiscard]] RateReport make_rate_report(const record::RateEvidence& evidence);
// Of at least one run, all with the same metric: one answer. Each run has an effect of its own on
// its scores, since its heldout rows are its own.
[[nodiscard]] RateReport make_rate_report(const std::vector<record::RateEvidence>& runs);

// What is sure of it, in words, most important first.
[[nodiscard]] std::vector<std::string> sentences_of(const RateReport& report);

}  // namespace stepladder::report
