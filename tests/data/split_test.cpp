#include "stepladder/data/split.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::data {
namespace {

using ::testing::HasSubstr;

TEST(Split, uses_each_row_once) {
  const Split split = split_rows(1000, 200, 50, Seed{1});
  EXPECT_EQ(split.train.size(), 750U);
  EXPECT_EQ(split.prune.size(), 200U);
  EXPECT_EQ(split.final.size(), 50U);
  std::vector<std::uint32_t> all = split.train;
  all.insert(all.end(), split.prune.begin(), split.prune.end());
  all.insert(all.end(), split.final.begin(), split.final.end());
  std::sort(all.begin(), all.end());
  std::vector<std::uint32_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(all, expected);
}

TEST(Split, lists_rows_in_ascending_order) {
  const Split split = split_rows(1000, 200, 50, Seed{1});
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_TRUE(std::is_sorted(split.prune.begin(), split.prune.end()));
  EXPECT_TRUE(std::is_sorted(split.final.begin(), split.final.end()));
}

TEST(Split, is_the_same_for_the_same_seed_only) {
  EXPECT_EQ(split_rows(1000, 200, 50, Seed{1}), split_rows(1000, 200, 50, Seed{1}));
  EXPECT_NE(split_rows(1000, 200, 50, Seed{1}), split_rows(1000, 200, 50, Seed{2}));
}

TEST(Split, keeps_the_prune_rows_when_only_the_final_rows_change) {
  EXPECT_EQ(split_rows(1000, 200, 50, Seed{1}).prune, split_rows(1000, 200, 500, Seed{1}).prune);
}

TEST(Split, leaves_a_single_training_row_if_asked_to) {
  EXPECT_EQ(split_rows(3, 1, 1, Seed{1}).train.size(), 1U);
}

TEST(Split, draws_held_out_rows_from_the_whole_file) {
  // Each tenth of the file holds about a tenth of the 10000 rows: chi-square with 9 degrees of
  // freedom, corrected for drawing without return, below its 0.999 quantile.
  const Split split = split_rows(60000, 10000, 1, Seed{1});
  std::vector<double> counts(10, 0.0);
  for (const std::uint32_t row : split.prune) counts[row / 6000] += 1;
  double chi_square = 0;
  for (const double count : counts) chi_square += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(chi_square / (1 - 10000.0 / 60000.0), 27.9);
}

TEST(Split, takes_test_rows_out_as_well_and_leaves_the_other_heldout_parts_as_they_were) {
  const Split without = split_rows(1000, 200, 50, Seed{1});
  EXPECT_TRUE(without.test.empty());
  const Split with =
      split_rows(1000, {.prune_rows = 200, .final_rows = 50, .test_rows = 300}, Seed{1});
  EXPECT_EQ(with.prune, without.prune);
  EXPECT_EQ(with.final, without.final);
  EXPECT_EQ(with.train.size(), 450U);
  std::vector<std::uint32_t> rest = with.train;
  rest.insert(rest.end(), with.test.begin(), with.test.end());
  std::sort(rest.begin(), rest.end());
  EXPECT_EQ(rest, without.train);
}

TEST(Split, refuses_test_rows_that_leave_nothing) {
  for (const std::int64_t rows : {std::int64_t{-1}, std::int64_t{10}}) {
    try {
      static_cast<void>(
          split_rows(20, {.prune_rows = 5, .final_rows = 5, .test_rows = rows}, Seed{1}));
      ADD_FAILURE() << rows;
    } catch (const SplitError& error) {
      EXPECT_EQ(error.key, "test_rows");
      EXPECT_THAT(error.what(), HasSubstr("test_rows = " + std::to_string(rows)));
    }
  }
}

// ---- by class

std::map<std::int32_t, int> classes_in(const std::vector<std::uint32_t>& part,
                                       const std::vector<std::int32_t>& labels) {
  std::map<std::int32_t, int> counts;
  for (const std::uint32_t row : part) ++counts[labels[row]];
  return counts;
}

TEST(SplitByClass, gives_each_part_its_share_of_each_class_of_a_sorted_file) {
  const std::vector<int> sizes{50, 5000, 700, 3000, 1250};  // of 10000
  std::vector<std::int32_t> labels;
  for (std::size_t label = 0; label < sizes.size(); ++label)
    labels.insert(labels.end(), static_cast<std::size_t>(sizes[label]),
                  static_cast<std::int32_t>(label));
  for (const Seed seed : {Seed{1}, Seed{2}, Seed{3}}) {
    const Split split =
        split_by_class(labels, {.prune_rows = 1000, .final_rows = 400, .test_rows = 2000}, seed);
    EXPECT_EQ(split.prune.size(), 1000U);
    EXPECT_EQ(split.final.size(), 400U);
    EXPECT_EQ(split.test.size(), 2000U);
    EXPECT_EQ(split.train.size(), 6600U);
    for (const auto& [part, share] : {std::pair{&split.prune, 0.1},
                                      {&split.final, 0.04},
                                      {&split.test, 0.2},
                                      {&split.train, 0.66}}) {
      EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
      const auto counts = classes_in(*part, labels);
      for (std::size_t label = 0; label < sizes.size(); ++label) {
        const auto found = counts.find(static_cast<std::int32_t>(label));
        const double count = found == counts.end() ? 0 : found->second;
        EXPECT_NEAR(count, share * sizes[label], 2.0) << label;
      }
    }
  }
}

TEST(SplitByClass, uses_each_row_once_and_follows_the_seed) {
  std::vector<std::int32_t> labels(1000);
  for (std::size_t row = 0; row < labels.size(); ++row)
    labels[row] = static_cast<std::int32_t>(row % 7);
  const HeldoutRows heldout{.prune_rows = 100, .final_rows = 50, .test_rows = 150};
  const Split split = split_by_class(labels, heldout, Seed{1});
  std::vector<std::uint32_t> all = split.train;
  for (const auto* part : {&split.prune, &split.final, &split.test})
    all.insert(all.end(), part->begin(), part->end());
  std::sort(all.begin(), all.end());
  std::vector<std::uint32_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(all, expected);
  EXPECT_EQ(split, split_by_class(labels, heldout, Seed{1}));
  EXPECT_NE(split, split_by_class(labels, heldout, Seed{2}));
}

TEST(SplitByClass, keeps_a_row_of_each_rare_class_to_train_on) {
  std::vector<std::int32_t> labels(1000, 0);
  for (std::size_t row = 500; row < 520; ++row)
    labels[row] = static_cast<std::int32_t>(row - 499);  // twenty classes of one row
  for (std::size_t row = 600; row < 640; ++row)
    labels[row] = static_cast<std::int32_t>(21 + (row - 600) / 2);  // and twenty of two
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Split split = split_by_class(
        labels, {.prune_rows = 200, .final_rows = 100, .test_rows = 200}, Seed{seed});
    EXPECT_EQ(classes_in(split.train, labels).size(), 41U);
  }
}

TEST(SplitByClass, spreads_thousands_of_classes) {
  std::vector<std::int32_t> labels;
  for (std::int32_t label = 0; label < 3000; ++label) labels.insert(labels.end(), 3, label);
  const Split split = split_by_class(labels, {.prune_rows = 900, .final_rows = 900}, Seed{1});
  EXPECT_EQ(classes_in(split.train, labels).size(), 3000U);
  EXPECT_GT(classes_in(split.prune, labels).size(), 850U);
}

TEST(SplitByClass, refuses_what_the_plain_split_refuses) {
  EXPECT_THROW(static_cast<void>(split_by_class(std::vector<std::int32_t>{0, 1, 0},
                                                {.prune_rows = 2, .final_rows = 1}, Seed{1})),
               SplitError);
}

std::string key_of_error(std::int64_t rows, std::int64_t prune_rows, std::int64_t final_rows) {
  try {
    static_cast<void>(split_rows(rows, prune_rows, final_rows, Seed{1}));
  } catch (const SplitError& error) {
    EXPECT_THAT(error.what(), HasSubstr(error.key));
    return error.key;
  }
  return "no error";
}

TEST(Split, refuses_to_leave_a_part_empty_and_names_the_setting) {
  EXPECT_EQ(key_of_error(100, 100, 1), "prune_rows");
  EXPECT_EQ(key_of_error(100, 40, 60), "final_rows");
  EXPECT_EQ(key_of_error(100, 0, 60), "prune_rows");
  EXPECT_EQ(key_of_error(100, 40, -1), "final_rows");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(key_of_error(100, kMost, kMost), "prune_rows");
  EXPECT_EQ(key_of_error(100, 1, kMost), "final_rows");
  EXPECT_EQ(key_of_error(100, 40, 59), "no error");
}

TEST(RandomGroups, HoldEachRowOnce) {
  std::vector<std::uint32_t> rows(1003);
  std::iota(rows.begin(), rows.end(), 17U);
  const auto groups = random_groups(rows, 32, Seed{3});
  ASSERT_EQ(groups.size(), 32U);
  std::vector<std::uint32_t> all;
  for (const auto& group : groups) {
    EXPECT_TRUE(group.size() == 31 || group.size() == 32);
    all.insert(all.end(), group.begin(), group.end());
  }
  EXPECT_FALSE(std::is_sorted(all.begin(), all.end()));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, rows);
  EXPECT_EQ(random_groups(rows, 32, Seed{3}), groups);
  EXPECT_NE(random_groups(rows, 32, Seed{4}), groups);
}

TEST(RandomGroups, AreFewerOfFewRows) {
  const auto groups_of = [](std::size_t count) {
    return random_groups(std::vector<std::uint32_t>(count), 32, Seed{3}).size();
  };
  EXPECT_EQ(groups_of(64), 32U);
  EXPECT_EQ(groups_of(63), 31U);
  EXPECT_EQ(groups_of(16), 8U);
  EXPECT_EQ(groups_of(15), 1U);
  EXPECT_EQ(groups_of(1), 1U);
}

}  // namespace
}  // namespace stepladder::data
