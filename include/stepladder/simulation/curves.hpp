// A table of recorded learning curves: a benchmark to schedule over without training anything. CSV
// with the header `id, any hyperparameter columns, m1..mT[, s1..sT]`: m is the heldout metric after
// each epoch, s the seconds from the start to there; without seconds an epoch takes one. A metric
// that is empty, NA, NaN or infinite means that the trial has diverged there. A cell may stand in
// double quotes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "stepladder/simulation/simulated_fleet.hpp"

namespace stepladder::simulation {

struct Curve {
  std::string id;
  std::vector<double> metric;    // [epochs]; NaN where it diverged
  std::vector<Seconds> seconds;  // [epochs], from the start
};

struct CurveTable {
  std::size_t epochs = 0;
  std::vector<Curve> curves;
};

// The table cannot be used. The text names the file and the line.
struct CurveError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws CurveError: unreadable, no metric columns, a gap in their numbers, a row of another
// length, text in a number, seconds that are missing or fall, no rows.
[[nodiscard]] CurveTable read_curves(const std::filesystem::path& file);

// Trial i is row i, steps are epochs. A score is the table's metric. The table must outlive it.
[[nodiscard]] Training training_of(const CurveTable& table);

// Of those scores: one, which is a share where it is to be large and lies in [0, 1] throughout.
[[nodiscard]] Metrics metrics_of(const CurveTable& table, Direction direction);

}  // namespace stepladder::simulation
