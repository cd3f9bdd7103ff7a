// The search space: for each hyperparameter a fixed value, a range or a list of choices. Plain
// data; whether a name means anything to the trainer is checked where the experiment file is read.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stepladder/trial/configuration.hpp"

namespace stepladder {

enum class Scale { linear, log };
inline constexpr std::array<std::string_view, 2> kScaleWords = {"linear", "log"};

struct Fixed {
  Value value;
  friend bool operator==(const Fixed&, const Fixed&) = default;
};
struct Range {  // [min, max]; integer: whole numbers only, both ends included
  double min = 0;
  double max = 0;
  Scale scale = Scale::linear;
  bool integer = false;
  friend bool operator==(const Range&, const Range&) = default;
};
struct Choices {
  std::vector<Value> values;
  friend bool operator==(const Choices&, const Choices&) = default;
};
using Domain = std::variant<Fixed, Range, Choices>;

// The hyperparameter is part of a configuration only where another one, itself unconditional, has
// one of these values.
struct Condition {
  std::string name;
  std::vector<Value> values;
  friend bool operator==(const Condition&, const Condition&) = default;
};

struct Hyperparameter {
  std::string name;
  Domain domain;
  std::optional<Condition> when{};
  friend bool operator==(const Hyperparameter&, const Hyperparameter&) = default;
};

struct SearchSpace {
  std::vector<Hyperparameter> hyperparameters;  // the file's order
  [[nodiscard]] const Hyperparameter* find(std::string_view name) const noexcept;
  friend bool operator==(const SearchSpace&, const SearchSpace&) = default;
};

// The user's search space cannot be sampled. `name` is the hyperparameter at fault.
struct SpaceError : std::runtime_error {
  SpaceError(std::string hyperparameter, const std::string& message)
      : std::runtime_error(message), name(std::move(hyperparameter)) {}
  std::string name;
};

// Throws SpaceError: a range with min > max or a bound that is not finite, a log range touching 0,
// an integer range whose bounds are not whole or beyond 2^53, empty choices, a name given twice, a
// condition on a name that is not there or is itself conditional.
void check(const SearchSpace& space);

}  // namespace stepladder
