// In what two experiments differ as runs. What a run is: seed, rows, model, space and schedule.
// What it is called, where its data files are and how it is run ([run]) are no part of it.
#pragma once

#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"

namespace stepladder::experiment {

enum class DifferenceKind {
  value,       // another value there than here
  only_there,  // a setting that only the first experiment has
  only_here,   // one that only the second has
  order,       // of the hyperparameters, which decides what is drawn
};

// Of an order, `there` and `here` are the first two keys that stand in each other's place, and
// `key` is the one here. Else they are values in TOML, empty where there is none.
struct Difference {
  DifferenceKind kind = DifferenceKind::value;
  std::string section;  // such as "schedule"; empty: above all sections
  std::string key;
  std::string there;
  std::string here;

  // The setting's dotted name.
  [[nodiscard]] std::string name() const { return section.empty() ? key : section + '.' + key; }
  friend bool operator==(const Difference&, const Difference&) = default;
};

// In the order in which an experiment is written. None: the same run.
[[nodiscard]] std::vector<Difference> differences(const Experiment& there, const Experiment& here);

// The override, such as "schedule.trials=40", that gives a setting the value it has there.
[[nodiscard]] std::string override_of(const Difference& difference);

}  // namespace stepladder::experiment
