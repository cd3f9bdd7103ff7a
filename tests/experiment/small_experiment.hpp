// A small valid experiment to be changed or spoilt, and what reading it complains of.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"

namespace stepladder::experiment {

inline const std::string kSmallExperiment = R"(name = "small"
seed = 7

[data]
format = "idx"
train_images = "train-images"
train_labels = "train-labels"
test_images = "test-images"
test_labels = "test-labels"
prune_rows = 100
final_rows = 60

[model]
hidden = [8]
batch = 16
keep_probability = 0.5
initialisation = "truncated_normal"

[space]
learning_rate = { min = 1e-3, max = 1.0, scale = "log" }
policy = "exponential"
decay_steps = { min = 10, max = 300, scale = "log" }
decay_rate = { min = 0.5, max = 1.0 }
staircase = { choices = [true, false] }
optimizer = { choices = ["sgd", "momentum", "adam"] }

[schedule]
mode = "asha"
eta = 3
min_steps = 10
max_steps = 90
trials = 9
metric = "loss"
finish_winner = false
audit_fraction = 0.25
finalists = 2
confirmation_seeds = 4
extend_range = false
extend_range_max = 30
)";

// The small experiment with `old` replaced; std::logic_error where it has no such text.
inline std::string changed(const std::string& old, const std::string& replacement) {
  std::string text = kSmallExperiment;
  const std::size_t at = text.find(old);
  if (at == std::string::npos) throw std::logic_error("the small experiment has no " + old);
  return text.replace(at, old.size(), replacement);
}

// The line, from 1, on which `part` begins.
inline std::string line_of(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) throw std::logic_error("the text has no " + part);
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
  return std::to_string(1 + std::count(text.begin(), end, '\n'));
}

inline Experiment parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_experiment(text, "small.toml", "/data", overrides);
}

// What parsing complains of; "" where it does not.
inline std::string complaint(const std::string& text,
                             const std::vector<std::string>& overrides = {}) {
  try {
    static_cast<void>(parse(text, overrides));
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

}  // namespace stepladder::experiment
