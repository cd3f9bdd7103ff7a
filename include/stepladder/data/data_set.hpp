// A labelled data set in memory: the file's training rows and its test rows, owned here and seen
// through Rows. Everything that trains, scores or splits works on those views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stepladder/data/rows.hpp"

namespace stepladder::data {

struct LabelledRows {
  std::vector<std::uint8_t> features;  // [labels.size()][columns]; empty where they are reals
  std::vector<std::int32_t> labels;    // each in [0, classes)
  std::vector<float> reals;            // [labels.size()][columns], finite; or empty
};

// How much of the files is read.
enum class Contents {
  everything,
  outline,  // labels, and what else is needed to know how many rows, features and classes there
            // are: no features are kept, and there is no checksum
};

struct DataSet {
  LabelledRows train;
  LabelledRows test;  // no rows where the source has none; see Split
  std::size_t columns = 0;
  std::int32_t classes = 0;
  float shift = 0.0F;  // see Rows
  float scale = 1.0F;
  std::uint64_t checksum = 0;  // checksum_of() this set
  std::vector<float> shifts;   // [columns] of reals; standardise() fills them
  std::vector<float> scales;
  std::vector<std::string> class_names;  // [classes], as the files call them

  // Views; valid while this object lives and is not moved from.
  [[nodiscard]] Rows train_rows() const noexcept;
  [[nodiscard]] Rows test_rows() const noexcept;
};

// 64 bits over the shape and every feature and label, as they were decoded; the same on every
// machine, whatever the files are called and however they are compressed. Part of a run's record: a
// run goes on only with the data it began with.
[[nodiscard]] std::uint64_t checksum_of(const DataSet& set) noexcept;

}  // namespace stepladder::data
