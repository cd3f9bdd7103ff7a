#include "stepladder/run/materials.hpp"

#include <algorithm>
#include <atomic>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "stepladder/data/standardise.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/run/activity.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::run {
namespace {

constexpr std::int64_t kSharePercent = 15;  // of the training file's rows
constexpr std::int64_t kShareMin = 30;      // fewer tell little of a score
constexpr std::int64_t kShareMax = 5000;

struct ReadData {
  data::Contents contents;
  std::atomic<std::int64_t>* rows;
  data::DataSet operator()(const data::IdxFiles& files) const {
    return data::read_idx(files, contents);
  }
  data::DataSet operator()(const data::CsvFiles& files) const {
    return data::read_csv(files, contents, rows);
  }
  data::DataSet operator()(const data::NpyFiles& files) const {
    return data::read_npy(files, contents);
  }
};

struct OpenRows {
  const char* key;
  std::int64_t* rows;
};

// The numbers of rows that the experiment leaves open.
std::vector<OpenRows> open_rows(experiment::DataSource& source) {
  std::vector<OpenRows> open;
  for (const OpenRows part : {OpenRows{"prune_rows", &source.prune_rows},
                              {"final_rows", &source.final_rows},
                              {"test_rows", &source.test_rows}}) {
    const bool is_none = part.rows == &source.test_rows && experiment::has_test_file(source);
    if (*part.rows == 0 && !is_none) open.push_back(part);
  }
  return open;
}

// What the experiment leaves open of the data is settled by what was read.
void settle(experiment::DataSource& source, const data::DataSet& set) {
  const auto rows = static_cast<std::int64_t>(set.train.labels.size());
  const std::int64_t share = std::min(rows * kSharePercent / 100, kShareMax);
  std::string keys;
  for (const OpenRows part : open_rows(source)) {
    *part.rows = share;
    keys += (keys.empty() ? "" : ", ") + std::string(part.key);
  }
  if (!keys.empty() && share < kShareMin)
    throw InputError(fmt::format(
        "{}: the training file has {} rows, and {} % of them, {}, are too few to score on ({} "
        "would do); set {} in [data], or use a file of {} rows or more",
        source.place, rows, kSharePercent, share, kShareMin, keys,
        (kShareMin * 100 + kSharePercent - 1) / kSharePercent));
  auto* csv = std::get_if<data::CsvFiles>(&source.files);
  if (csv != nullptr && !csv->label) csv->label = set.columns;  // the last
}

data::Split split_of(const Materials& materials) {
  const experiment::DataSource& source = materials.experiment.data;
  const std::span<const std::int32_t> labels = materials.train.labels;
  const data::HeldoutRows heldout{.prune_rows = source.prune_rows,
                                  .final_rows = source.final_rows,
                                  .test_rows = source.test_rows};
  const Seed seed = materials.experiment.seed;
  return source.is_stratified
             ? data::split_by_class(labels, heldout, seed)
             : data::split_rows(static_cast<std::int64_t>(labels.size()), heldout, seed);
}

// What Rows needs beside its arrays. Plain bytes, to be shared.
struct SharedNumbers {
  std::uint64_t columns = 0;
  std::int32_t classes = 0;
  float shift = 0;
  float scale = 1;
  std::uint64_t checksum = 0;
};

template <class T>
Ranks::OwnBytes bytes_of(std::vector<T>& numbers) {
  return std::as_writable_bytes(std::span(numbers));
}

// The parts of a sharing, taken out in the order they were put in.
class Parts {
 public:
  explicit Parts(std::vector<Ranks::Bytes> parts) : parts_(std::move(parts)) {}

  template <class T>
  std::span<const T> next() {
    const Ranks::Bytes bytes = parts_.at(next_++);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  std::vector<std::uint32_t> next_numbers() {
    const auto numbers = next<std::uint32_t>();
    return {numbers.begin(), numbers.end()};
  }

 private:
  std::vector<Ranks::Bytes> parts_;
  std::size_t next_ = 0;
};

std::vector<std::int64_t> rows_by_class(const data::Rows& rows,
                                        const std::vector<std::uint32_t>& which) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(rows.classes));
  for (const std::uint32_t row : which) ++counts[static_cast<std::size_t>(rows.labels[row])];
  return counts;
}

}  // namespace

void take_settled(const store::RunDirectory& run, experiment::Experiment& experiment) {
  if (!run.has_journal()) return;
  const wire::Opened begun = store::JournalReader(run.journal()).opened();
  try {
    const experiment::Experiment recorded = experiment_in(begun, run.journal());
    const experiment::DataSource& there = recorded.data;
    experiment::DataSource& source = experiment.data;
    for (const OpenRows part : open_rows(source))
      *part.rows = part.rows == &source.prune_rows   ? there.prune_rows
                   : part.rows == &source.final_rows ? there.final_rows
                                                     : there.test_rows;
    auto* csv = std::get_if<data::CsvFiles>(&source.files);
    const auto* csv_there = std::get_if<data::CsvFiles>(&there.files);
    if (csv != nullptr && csv_there != nullptr && !csv->label) csv->label = csv_there->label;
    if (experiment.name != recorded.name) {
      const auto place = experiment.places.find("name");
      experiment.warnings.push_back(
          fmt::format("{}: the run in {} was begun as {} and keeps that name",
                      place == experiment.places.end() ? experiment.source : place->second,
                      run.root().string(), experiment::quoted(recorded.name)));
      experiment.name = recorded.name;
    }
  } catch (const InputError&) {
    // Another program's. Whether the run is of this experiment is for its check to say.
  }
}

Materials gather(experiment::Experiment experiment, data::Contents contents) {
  Materials materials(std::move(experiment));
  experiment::DataSource& source = materials.experiment.data;
  std::atomic<std::int64_t> rows = 0;
  const Activity activity([&rows] {
    return rows == 0 ? "reading the data"
                     : fmt::format("reading the data: {} rows so far", rows.load());
  });
  materials.data = std::visit(ReadData{contents, &rows}, source.files);
  settle(source, materials.data);
  materials.train = materials.data.train_rows();
  materials.data_checksum = materials.data.checksum;
  try {
    materials.split = split_of(materials);
  } catch (const data::SplitError& error) {
    throw InputError(source.place + ": " + error.what());
  }
  materials.summary = summary_of(materials.data, materials.split);
  if (contents == data::Contents::outline) return materials;
  data::standardise(materials.data, materials.split.train);
  materials.train = materials.data.train_rows();
  materials.test = materials.data.test_rows();
  return materials;
}

void share(Materials& materials, Ranks& ranks) {
  std::vector<Ranks::OwnBytes> own;
  SharedNumbers shape{.columns = materials.train.columns,
                      .classes = materials.train.classes,
                      .shift = materials.train.shift,
                      .scale = materials.train.scale,
                      .checksum = materials.data_checksum};
  if (ranks.is_keeper()) {
    data::DataSet& data = materials.data;
    own = {std::as_writable_bytes(std::span(&shape, 1)), bytes_of(data.shifts),
           bytes_of(data.scales)};
    for (data::LabelledRows* rows : {&data.train, &data.test})
      own.insert(own.end(),
                 {bytes_of(rows->features), bytes_of(rows->labels), bytes_of(rows->reals)});
    data::Split& split = materials.split;
    own.insert(own.end(), {bytes_of(split.train), bytes_of(split.prune), bytes_of(split.final),
                           bytes_of(split.test)});
  }
  Parts parts(ranks.share(own));
  shape = parts.next<SharedNumbers>().front();
  data::Rows rows{.columns = shape.columns,
                  .classes = shape.classes,
                  .shift = shape.shift,
                  .scale = shape.scale};
  rows.shifts = parts.next<float>();
  rows.scales = parts.next<float>();
  for (data::Rows* each : {&materials.train, &materials.test}) {
    *each = rows;
    each->features = parts.next<std::uint8_t>();
    each->labels = parts.next<std::int32_t>();
    each->reals = parts.next<float>();
  }
  materials.split.train = parts.next_numbers();
  materials.split.prune = parts.next_numbers();
  materials.split.final = parts.next_numbers();
  materials.split.test = parts.next_numbers();
  materials.data_checksum = shape.checksum;
  materials.data = {};
}

wire::Opened opened_by(const Materials& materials) {
  const auto count = [](const auto& rows) { return static_cast<std::int64_t>(rows.size()); };
  return {.seed = materials.experiment.seed,
          .experiment = experiment::identity_of(materials.experiment),
          .data_checksum = materials.data_checksum,
          .rows = {.train = count(materials.split.train),
                   .prune = count(materials.split.prune),
                   .final = count(materials.split.final),
                   .test = count(materials.test.labels) + count(materials.split.test),
                   .prune_by_class = rows_by_class(materials.train, materials.split.prune)},
          .metrics = materials.experiment.plan.metrics};
}

}  // namespace stepladder::run
