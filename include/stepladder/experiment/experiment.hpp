// An experiment file: what is trained on what data, which hyperparameters are searched, and how the
// steps are spent. scripts/experiments/reference.toml documents every key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "stepladder/data/csv.hpp"
#include "stepladder/data/idx.hpp"
#include "stepladder/data/npy.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/search/sampler.hpp"
#include "stepladder/training/recipe.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/input_error.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::experiment {

struct DataSource {
  std::variant<data::IdxFiles, data::CsvFiles, data::NpyFiles> files;
  // Rows of the training file. 0: a share of them, which is settled when the data is read, and is
  // what the run goes by from then on; of test_rows also: the test part is a file of its own.
  std::int64_t prune_rows = 0;
  std::int64_t final_rows = 0;
  std::int64_t test_rows = 0;
  bool is_stratified = false;  // whether each class has its share in each part
  // Where [data] stands, for complaints that come when the data is read; empty where there is none.
  std::string place;
};

// How a run is run, not what it computes: these may differ each time it is resumed.
struct RunSettings {
  Seconds heartbeat = 30;      // a worker that is silent for so long is taken for lost
  Seconds checkpointing = 60;  // between checkpoints of a trial under way; 0: only at its ends
  std::int64_t checkpoint_bytes_max = 0;  // of all checkpoints of the run; 0: no limit
};

struct Experiment {
  std::string name;
  Seed seed{1};
  DataSource data;
  training::Model model;
  SearchSpace space;
  search::Settings search;
  schedule::Plan plan;
  RunSettings run;
  // What is allowed and may not be meant, with its place in the file.
  std::vector<std::string> warnings;
  // What complaints call the file, and where in it each setting stands, by its dotted name:
  // "FILE:LINE", or the --set option it came from. A default stands nowhere.
  std::string source;
  std::map<std::string, std::string> places;
};

// What a command needs of an experiment file.
enum class Needs {
  everything,
  schedule,  // [schedule] alone will do; what else is there must still be right
  table,     // the same, over recorded curves: those have one seed, so that nothing is confirmed,
             // and are known to their ends, so that nothing is audited unless it is asked for
  record,    // what a journal says of a run: nothing is added to it
};
// Whether networks are trained, in earnest or for show: then the space has what they need.
[[nodiscard]] constexpr bool trains(Needs needs) {
  return needs == Needs::everything || needs == Needs::schedule;
}

[[nodiscard]] bool has_test_file(const DataSource& data);

// The scheduler of an experiment, at its beginning.
[[nodiscard]] schedule::Hyperband scheduler_of(const Experiment& experiment);

// Reads a file; `overrides` are "key=value" with a dotted key and a TOML value (a bare word is
// taken for a text), and win over the file. Relative data paths are taken from the file's folder.
// Throws InputError: unreadable, not TOML, an unknown key, a wrong type, a plan or space that
// cannot be carried out.
[[nodiscard]] Experiment load_experiment(const std::filesystem::path& file,
                                         const std::vector<std::string>& overrides,
                                         Needs needs = Needs::everything);

// The same from a text; `source` is what complaints call it.
[[nodiscard]] Experiment parse_experiment(const std::string& text, const std::string& source,
                                          const std::filesystem::path& folder,
                                          const std::vector<std::string>& overrides,
                                          Needs needs = Needs::everything);

}  // namespace stepladder::experiment
