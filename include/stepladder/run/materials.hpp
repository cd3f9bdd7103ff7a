// Everything a run is made of before it starts: the experiment, its data, and how the data is
// split.
#pragma once

#include <cstdint>
#include <optional>

#include "stepladder/data/data_set.hpp"
#include "stepladder/data/split.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/run/data_summary.hpp"
#include "stepladder/run/ranks.hpp"
#include "stepladder/store/run_directory.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

struct Materials {
  Materials() = default;
  explicit Materials(experiment::Experiment given) : experiment(std::move(given)) {}
  Materials(Materials&&) = default;  // a copy's views would be of the other's rows
  Materials& operator=(Materials&&) = default;
  ~Materials() = default;

  experiment::Experiment experiment;
  data::DataSet data;                  // keeps the rows, unless the node's memory does
  data::Rows train;                    // the training file's
  data::Rows test;                     // the test file's; no rows where the split has a test part
  data::Split split;                   // of `train`
  std::uint64_t data_checksum = 0;     // data::checksum_of() the rows: their files may move
  std::optional<DataSummary> summary;  // of what this process has read itself
};

// What the experiment leaves open of its data, and the name, are as the run has them that was begun
// there, if one was: they are settled once. Another name is warned of. Throws store::StorageError
// where the journal cannot be read.
void take_settled(const store::RunDirectory& run, experiment::Experiment& experiment);

// Reads, splits and standardises the data; of an outline there are only labels, split and summary.
// What the experiment leaves open of the data is settled: 15 % of the training file's rows for each
// part, at most 5000, and the number of the label's column. Throws InputError or data::DataError.
[[nodiscard]] Materials gather(experiment::Experiment experiment,
                               data::Contents contents = data::Contents::everything);

// Collective over a node's ranks: the keeper's rows and split become everybody's, once for all in
// the node's memory, which must outlive the materials. The others bring their experiment only.
void share(Materials& materials, Ranks& ranks);

// What the run's journal opens with.
[[nodiscard]] wire::Opened opened_by(const Materials& materials);

}  // namespace stepladder::run
