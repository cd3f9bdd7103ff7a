// Divides the rows of the training file into parts that share no row: `train` is learnt from,
// `prune` decides at rungs, `final` chooses among the finalists, `test` is scored once; that part
// is empty where the test rows are a file of their own. The split is a pure function of its
// arguments, hence the same on every worker and after every restart.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stepladder/trial/ids.hpp"

namespace stepladder::data {

struct Split {  // row numbers, ascending; together each of 0 .. rows-1 once
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> prune;
  std::vector<std::uint32_t> final;
  std::vector<std::uint32_t> test;
  friend bool operator==(const Split&, const Split&) = default;
};

// The user's split leaves a part without rows. `key` is the setting at fault.
struct SplitError : std::runtime_error {
  SplitError(std::string setting, const std::string& message)
      : std::runtime_error(message), key(std::move(setting)) {}
  std::string key;
};

// How many rows are kept from training. All but test_rows are at least 1.
struct HeldoutRows {
  std::int64_t prune_rows = 0;
  std::int64_t final_rows = 0;
  std::int64_t test_rows = 0;
};

// Every row has the same chance. Throws SplitError unless prune_rows >= 1, final_rows >= 1,
// test_rows >= 0 and at least one row is left to train on. rows < 2^32. More final or test rows
// leave the parts before them as they were.
[[nodiscard]] Split split_rows(std::int64_t rows, const HeldoutRows& heldout, Seed seed);
[[nodiscard]] inline Split split_rows(std::int64_t rows, std::int64_t prune_rows,
                                      std::int64_t final_rows, Seed seed) {
  return split_rows(rows, {.prune_rows = prune_rows, .final_rows = final_rows}, seed);
}

// The same, but each class has its share in each part, to less than two rows where the file has
// enough of it; and while the parts leave room, each class keeps a row to train on. `labels`: the
// class of each row, each from 0 up.
[[nodiscard]] Split split_by_class(std::span<const std::int32_t> labels, const HeldoutRows& heldout,
                                   Seed seed);

// The rows in `count` groups of nearly equal size, at random: a pure function of the seed. Fewer
// groups where there are not two rows for each, one where there are not even eight such groups.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> random_groups(
    const std::vector<std::uint32_t>& rows, std::size_t count, Seed seed);

}  // namespace stepladder::data
