// Where the next configuration comes from. Every sampler is a pure function of (search space,
// settings, seed, trial id), so a trial's configuration depends neither on the order in which
// results arrive nor on how many workers there are.
#pragma once

#include <cstdint>
#include <optional>
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

struct Settings {
  Method method = Method::sobol;
  std::int64_t grid_points = 5;  // of a range, evenly spaced on its scale, both ends included
  // Tried first, as trials 0, 1, ...; what they leave open is sampled.
  std::vector<Configuration> first;
  friend bool operator==(const Settings&, const Settings&) = default;
};

// The most combinations a grid may have.
inline constexpr std::uint64_t kGridMax = 1'000'000;

class Sampler {
 public:
  // Throws SpaceError if the space cannot be sampled: see check(); more than kSobolDimensionsMax
  // hyperparameters for Sobol points; a grid of more than kGridMax combinations; a first
  // configuration with a name that the space does not have.
  Sampler(SearchSpace space, Seed seed, Settings settings = {});

  // `trial` below configurations(), where that is a number. A hyperparameter whose condition does
  // not hold is left out.
  [[nodiscard]] Configuration configuration_of(TrialId trial) const;

  // How many different trials there are; nothing where there is no end to them.
  [[nodiscard]] std::optional<std::uint64_t> configurations() const noexcept;

  [[nodiscard]] Seed seed() const noexcept { return seed_; }
  [[nodiscard]] const SearchSpace& space() const noexcept { return space_; }

 private:
  [[nodiscard]] std::vector<std::uint64_t> grid_of_distinct() const;
  [[nodiscard]] Configuration sampled(std::uint32_t index) const;
  [[nodiscard]] std::vector<Value> point(std::uint32_t index) const;
  [[nodiscard]] Configuration without_unconditioned(const std::vector<Value>& values) const;

  SearchSpace space_;
  Seed seed_;
  Settings settings_;
  std::vector<std::uint64_t> grid_;  // the combinations that differ, by their number in mixed radix
};

}  // namespace stepladder::search
