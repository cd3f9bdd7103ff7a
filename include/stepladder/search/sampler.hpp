// Where the next configuration comes from. A sampler has a row of points: the configurations to try
// first, then Sobol points, random draws or the combinations of a grid. Trial i takes the next
// point whose configuration equals no earlier trial's, so no configuration is trained twice. All of
// it is a pure function of (search space, settings, extensions, seed, trial id): a trial's
// configuration depends neither on the order in which results arrive nor on how many workers there
// are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::search {

enum class Method {
  sobol,   // Owen-scrambled Sobol points: see sobol.hpp
  random,  // independent draws
  grid,    // every combination, the last hyperparameter of the file varying fastest
};
inline constexpr std::array<std::string_view, 3> kMethodWords = {"sobol", "random", "grid"};

struct Settings {
  Method method = Method::sobol;
  std::int64_t grid_points = 5;  // of a range, evenly spaced on its scale, both ends included
  // Tried first, as trials 0, 1, ..., each once; what they leave open is sampled.
  std::vector<Configuration> first;
  friend bool operator==(const Settings&, const Settings&) = default;
};

// The most combinations a grid may have, and the most trials an extension.
inline constexpr std::uint64_t kGridMax = 1'000'000;

// So many points in a row whose configurations were all tried, and the search is over: a new one
// would be rare, and this takes ten milliseconds.
inline constexpr int kKnownInARowMax = 10'000;

// A range of the space is searched further out, from some trial on.
struct Extension {
  std::string name;  // the hyperparameter
  double min = 0;    // its range from here on
  double max = 0;
  std::int64_t trials = 0;  // that take their values from what was added, 1 to kGridMax
  friend bool operator==(const Extension&, const Extension&) = default;
};

class Sampler {
 public:
  // Throws SpaceError if the space cannot be sampled: see check(); more than kSobolDimensionsMax
  // hyperparameters for Sobol points; a grid of more than kGridMax combinations; a first
  // configuration with a name that the space does not have.
  Sampler(SearchSpace space, Seed seed, Settings settings = {});

  // Finds the configurations of the first `trials` trials. Says how many have one: fewer than
  // `trials` where the space is exhausted, each of its configurations tried once, or
  // kKnownInARowMax points in a row were tried before. Takes the time of a few points a trial, and
  // 50 bytes; of a space where a range of real numbers is always drawn from, nothing: there no
  // configuration comes twice.
  [[nodiscard]] std::int64_t settle(std::int64_t trials);
  // Of a trial that is settled. A hyperparameter whose condition does not hold is left out.
  [[nodiscard]] Configuration configuration_of(TrialId trial) const;

  // Settings::first[i], with what it leaves open.
  [[nodiscard]] Configuration first(std::size_t i) const;
  // How many different ones there are before any extension, those to try first among them. Nothing
  // where a range of real numbers is drawn from, or where there are 2^64 or more. Nothing either in
  // a space without hyperparameters, as of recorded curves: each trial is a curve of its own there.
  [[nodiscard]] std::optional<std::uint64_t> configurations() const noexcept {
    return configurations_;
  }

  // The range that an extension of `name` would widen, or nullptr where there is none: it must be
  // of real numbers, on a logarithmic scale, not a single point, and neither depend on another
  // hyperparameter nor have one that depends on it.
  [[nodiscard]] const Range* extendable(const std::string& name) const;
  // The smallest number of trials, at least so many, that an extension of `name` should have: those
  // of a grid are whole rows.
  [[nodiscard]] std::int64_t whole(const std::string& name, std::int64_t trials) const;
  // Whether extend() may be called: the range is extendable, no bound moves inwards, one moves
  // outwards.
  [[nodiscard]] bool may_extend(const Extension& extension) const;
  // From trial `first` on, which lies behind all that were settled so far, the hyperparameter
  // takes its values from what was added to its range, evenly on the logarithmic scale; all others
  // go on as before. A grid has so many further values that there are combinations for all trials.
  void extend(const Extension& extension, TrialId first);

  // From trial `first` on, values are drawn from the whole range again.
  void draw_from_all(TrialId first);

  [[nodiscard]] Seed seed() const noexcept { return seed_; }
  // With its ranges as extended.
  [[nodiscard]] const SearchSpace& space() const noexcept { return space_; }

 private:
  using Point = std::uint32_t;  // its place in the row
  struct Gap {                  // of a hyperparameter's range: what was searched before
    std::size_t hyperparameter = 0;
    double low = 0;
    double high = 0;
  };
  struct Stage {      // the beginning, and one for each extension
    Point first = 0;  // that was not to be tried first
    SearchSpace space;
    std::optional<Gap> gap{};
    std::vector<std::uint64_t> grid{};  // the combinations that differ, by number in mixed radix
  };
  [[nodiscard]] Point given() const noexcept { return static_cast<Point>(settings_.first.size()); }
  [[nodiscard]] std::optional<std::uint64_t> count_configurations() const;
  [[nodiscard]] Point point_of(TrialId trial) const;
  [[nodiscard]] Point behind_settled() const;
  [[nodiscard]] bool is_new_from(Point point) const;
  [[nodiscard]] bool may_come_again(Point point, const Configuration& configuration) const;
  [[nodiscard]] bool draws_real(const Hyperparameter& hyperparameter) const;
  [[nodiscard]] bool is_there(std::uint64_t point) const;
  [[nodiscard]] bool is_tried(const Configuration& configuration, std::uint64_t hash) const;
  [[nodiscard]] bool settle_next();
  [[nodiscard]] Configuration configuration_at(Point point) const;
  [[nodiscard]] std::vector<Value> values_at(Point point) const;
  [[nodiscard]] Configuration of_active_hyperparameters(const std::vector<Value>& values) const;
  [[nodiscard]] std::int64_t row_of(const std::string& name) const;

  SearchSpace space_;
  Seed seed_;
  Settings settings_;
  std::vector<Stage> stages_;
  std::optional<std::uint64_t> configurations_;
  bool is_endless_ = false;  // every configuration has a real number that was drawn
  // By trial; further ones have the points that follow: from there on all are new.
  std::vector<Point> points_;
  // By the hash of its configuration: the trials whose configurations may come again.
  std::unordered_multimap<std::uint64_t, std::uint32_t> tried_;
};

}  // namespace stepladder::search
