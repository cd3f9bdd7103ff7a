// What must hold of a data set that was read, whatever the files were.
#pragma once

#include <cmath>

#include "fuzz/fuzz.hpp"
#include "stepladder/data/data_set.hpp"

namespace stepladder::fuzz {

inline void check(const data::DataSet& set, const data::LabelledRows& rows) {
  const std::size_t numbers = rows.labels.size() * set.columns;
  require(rows.features.size() + rows.reals.size() == numbers);
  for (const std::int32_t label : rows.labels) require(label >= 0 && label < set.classes);
  for (const float real : rows.reals) require(std::isfinite(real));
}

inline void check(const data::DataSet& set) {
  require(!set.train.labels.empty() && set.columns > 0 && set.classes >= 1);
  check(set, set.train);
  check(set, set.test);
  require(set.checksum == data::checksum_of(set));
}

}  // namespace stepladder::fuzz
