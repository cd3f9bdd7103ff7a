// The line that says what was read.
#include "stepladder/run/data_summary.hpp"

#include <gtest/gtest.h>

namespace stepladder::run {
namespace {

// A training file of 6 rows and a test file of `test_rows`, of class 0 but for one row each.
data::DataSet set_of(std::size_t test_rows) {
  data::DataSet set;
  set.columns = 1;
  set.classes = 2;
  set.class_names = {"often", "ra\nre"};
  set.train.labels = {0, 0, 1, 0, 0, 0};
  set.test.labels.assign(test_rows, 0);
  if (test_rows > 0) set.test.labels.back() = 1;
  return set;
}

TEST(DataSummary, CountsTheRowsOfEachPartAndOfTheSmallestClass) {
  const data::Split split{.train = {0, 1, 3}, .prune = {2}, .final = {4}, .test = {5}};
  EXPECT_EQ(to_text(summary_of(set_of(0), split)),
            "6 rows (3 train, 1 prune, 1 final, 1 test), 1 feature, 2 classes; the smallest class, "
            "'ra?re', has 1 row (0 train, 1 prune, 0 final, 0 test)");
}

TEST(DataSummary, CountsTheTestFile) {
  const data::Split split{.train = {0, 1, 3}, .prune = {2}, .final = {4, 5}, .test = {}};
  const DataSummary summary = summary_of(set_of(1000), split);
  EXPECT_EQ(summary.rows, (wire::PartRows{.train = 3, .prune = 1, .final = 2, .test = 1000}));
  ASSERT_TRUE(summary.smallest);
  EXPECT_EQ(summary.smallest->rows,
            (wire::PartRows{.train = 0, .prune = 1, .final = 0, .test = 1}));
}

TEST(DataSummary, NamesNoClassThatHasEnoughRows) {
  data::DataSet set = set_of(0);
  set.train.labels.assign(2 * kSmallClass, 0);
  set.train.labels.resize(3 * kSmallClass, 1);
  data::Split split;
  for (std::uint32_t row = 0; row < 3 * kSmallClass; ++row) split.train.push_back(row);
  EXPECT_EQ(to_text(summary_of(set, split)),
            "300 rows (300 train, 0 prune, 0 final, 0 test), 1 feature, 2 classes");
}

}  // namespace
}  // namespace stepladder::run
