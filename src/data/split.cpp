#include "stepladder/data/split.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "stepladder/trial/random.hpp"

namespace stepladder::data {
namespace {

constexpr std::uint64_t kClassOffsets = 1;  // coordinate of Purpose::split

void check(std::int64_t rows, const HeldoutRows& heldout) {
  if (rows > std::numeric_limits<std::uint32_t>::max())
    throw std::logic_error("split_rows: more rows than row numbers");
  const auto check_at_least = [](std::int64_t least, const char* key, std::int64_t given) {
    if (given < least)
      throw SplitError(key, std::string(key) + " = " + std::to_string(given) +
                                ", but a score needs rows to be computed on; use 1 or more");
  };
  check_at_least(1, "prune_rows", heldout.prune_rows);
  check_at_least(1, "final_rows", heldout.final_rows);
  check_at_least(0, "test_rows", heldout.test_rows);
  // Subtracted one by one, so that no sum can overflow.
  std::int64_t left = rows;
  for (const auto& [key, wanted] : {std::pair{"prune_rows", heldout.prune_rows},
                                    {"final_rows", heldout.final_rows},
                                    {"test_rows", heldout.test_rows}}) {
    if (wanted >= left)
      throw SplitError(
          key, "prune_rows = " + std::to_string(heldout.prune_rows) +
                   (heldout.test_rows > 0 ? ", final_rows = " : " and final_rows = ") +
                   std::to_string(heldout.final_rows) +
                   (heldout.test_rows > 0 ? " and test_rows = " + std::to_string(heldout.test_rows)
                                          : std::string()) +
                   " leave nothing to train on of the " + std::to_string(rows) +
                   " training rows; lower them");
    left -= wanted;
  }
}

// `row_at(position)` is the row at each position of an order of all rows.
template <class RowAt>
Split divide(std::int64_t rows, const HeldoutRows& heldout, const RowAt& row_at) {
  std::int64_t position = 0;
  const auto next = [&](std::int64_t count) {
    std::vector<std::uint32_t> part;
    part.reserve(static_cast<std::size_t>(count));
    for (const std::int64_t end = position + count; position < end; ++position)
      part.push_back(static_cast<std::uint32_t>(row_at(static_cast<std::uint64_t>(position))));
    std::sort(part.begin(), part.end());
    return part;
  };
  Split split;
  split.prune = next(heldout.prune_rows);
  split.final = next(heldout.final_rows);
  split.test = next(heldout.test_rows);
  split.train = next(rows - position);
  return split;
}

Permutation shuffled(std::int64_t rows, Seed seed) {
  return {RandomStream(seed, Purpose::split), static_cast<std::uint64_t>(rows)};
}

}  // namespace

Split split_rows(std::int64_t rows, const HeldoutRows& heldout, Seed seed) {
  check(rows, heldout);
  return divide(rows, heldout, shuffled(rows, seed));
}

// Systematic sampling: of a class of n rows in random order, the k-th is put at (k + u) / n of the
// whole, u a random number of the class. Any stretch of that order then has the class's share of
// its rows, rounded up or down. The last one is put behind everything, to be trained on.
Split split_by_class(std::span<const std::int32_t> labels, const HeldoutRows& heldout, Seed seed) {
  const auto rows = static_cast<std::int64_t>(labels.size());
  check(rows, heldout);
  const auto classes =
      static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end())) + 1;
  std::vector<std::uint64_t> sizes(classes, 0);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];

  struct Placed {
    double at;
    std::uint32_t row;
  };
  std::vector<Placed> order;
  order.reserve(labels.size());
  const Permutation random_order = shuffled(rows, seed);
  const RandomStream offsets(seed, Purpose::split, kClassOffsets);
  std::vector<std::uint64_t> seen(classes, 0);
  for (std::uint64_t position = 0; position < labels.size(); ++position) {
    const auto row = static_cast<std::uint32_t>(random_order(position));
    const auto label = static_cast<std::size_t>(labels[row]);
    const std::uint64_t k = seen[label]++;
    const double at =
        (static_cast<double>(k) + offsets.uniform(label)) / static_cast<double>(sizes[label]);
    order.push_back({k + 1 == sizes[label] ? 1.0 : at, row});
  }
  // Stable: equals stay in random order.
  std::stable_sort(order.begin(), order.end(),
                   [](const Placed& a, const Placed& b) { return a.at < b.at; });
  return divide(rows, heldout, [&](std::uint64_t position) { return order[position].row; });
}

std::vector<std::vector<std::uint32_t>> random_groups(const std::vector<std::uint32_t>& rows,
                                                      std::size_t count, Seed seed) {
  constexpr std::size_t kFewest = 8;
  count = std::min(count, rows.size() / 2);
  if (count < kFewest) count = 1;
  std::vector<std::vector<std::uint32_t>> groups(count);
  const Permutation order(RandomStream(seed, Purpose::split, 1), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    groups[i % count].push_back(rows[static_cast<std::size_t>(order(i))]);
  return groups;
}

}  // namespace stepladder::data
