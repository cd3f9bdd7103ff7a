#include "end_to_end/workbench.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <zlib.h>

#include "stepladder/trial/random.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;

// About a second of work for two workers, in some forty assignments.
const std::string kExperiment = R"(name = "small"
seed = 5
[data]
format = "idx"
train_images = "train-images"
train_labels = "train-labels"
test_images = "test-images"
test_labels = "test-labels"
prune_rows = 100
final_rows = 100
[model]
hidden = [64, 64]
batch = 64
[space]
learning_rate = { min = 1e-4, max = 1e-1, scale = "log" }
policy = "exponential"
decay_steps = { min = 100, max = 1000, scale = "log" }
decay_rate = { min = 0.5, max = 1.0 }
optimizer = { choices = ["sgd", "momentum", "adam"] }
[schedule]
eta = 3
min_steps = 100
max_steps = 900
trials = 18
audit_fraction = 0
finalists = 2
confirmation_seeds = 2
)";

void append_number(std::string& bytes, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(number >> static_cast<unsigned>(shift));
}

// Every complete line after the first.
std::vector<wire::Entry> entries_of(const fs::path& run) {
  std::vector<wire::Entry> entries;
  std::ifstream journal(run / "journal.jsonl");
  std::string line;
  for (std::uint64_t number = 1; std::getline(journal, line) && !journal.eof(); ++number)
    if (number > 1) entries.push_back(wire::entry_from(line, number));
  return entries;
}

Finished finish(const std::unique_ptr<Process>& process) {
  Finished finished = process->wait();
  EXPECT_TRUE(process->leaves_nobody()) << "a process was left behind";
  return finished;
}

}  // namespace

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void write_gzip(const fs::path& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_GT(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), 0);
  ASSERT_EQ(gzclose(file), Z_OK);
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::map<std::string, std::string> files_under(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("out-") || name.starts_with("err-")) continue;
    files[file.path().string()] = file.is_regular_file() ? read_file(file.path()) : "";
  }
  return files;
}

IdxPair idx_rows(std::uint32_t count, std::uint64_t salt) {
  const RandomStream random(Seed{17}, Purpose::simulation, salt);
  IdxPair idx;
  for (const std::uint32_t number : {0x803U, count, 6U, 6U}) append_number(idx.images, number);
  for (const std::uint32_t number : {0x801U, count}) append_number(idx.labels, number);
  for (std::uint32_t row = 0; row < count; ++row) {
    const std::uint64_t label = random.below(row, 3);
    idx.labels += static_cast<char>(label);
    for (std::uint64_t pixel = 0; pixel < 36; ++pixel) {
      const std::uint64_t noise = random.below(count + row * 36 + pixel, 200);
      idx.images += static_cast<char>(noise + (pixel % 3 == label ? 55 : 0));
    }
  }
  return idx;
}

Scores scores_of(const fs::path& run) {
  std::map<LeaseId, Assignment> assignments;
  Scores scores;
  for (const wire::Entry& entry : entries_of(run)) {
    if (const auto* report = std::get_if<schedule::Reported>(&entry.event.what)) {
      const Assignment& assignment = assignments.at(report->lease);
      const auto* score = std::get_if<Score>(&report->outcome);
      if (score != nullptr && assignment.part == Part::prune)
        scores[{assignment.trial.value, assignment.to}] = *score;
    }
    for (const schedule::Command& command : entry.commands)
      if (const auto* assign = std::get_if<schedule::Assign>(&command))
        assignments[assign->assignment.lease] = assign->assignment;
  }
  return scores;
}

std::size_t reports_in(const fs::path& run) {
  const std::vector<wire::Entry> entries = entries_of(run);
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const wire::Entry& entry) {
        return std::holds_alternative<schedule::Reported>(entry.event.what);
      }));
}

std::size_t expect_same_scores(const Scores& a, const Scores& b) {
  std::size_t both = 0;
  for (const auto& [key, score] : a) {
    const auto found = b.find(key);
    if (found == b.end()) continue;
    ++both;
    EXPECT_EQ(score, found->second) << "trial " << key.first << " at " << key.second << " steps";
  }
  return both;
}

void Workbench::SetUp() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string("stepladder-") + test->test_suite_name() + '-' + test->name();
  std::replace(name.begin(), name.end(), '/', '-');
  folder_ = fs::path(::testing::TempDir()) / (name + '-' + std::to_string(::getpid()));
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  const IdxPair train = idx_rows(400, 1);
  const IdxPair test_rows = idx_rows(100, 2);
  write_file(at("train-images"), train.images);
  write_file(at("train-labels"), train.labels);
  write_file(at("test-images"), test_rows.images);
  write_file(at("test-labels"), test_rows.labels);
  write_file(at("small.toml"), kExperiment);
}

void Workbench::TearDown() { fs::remove_all(folder_); }

std::unique_ptr<Process> Workbench::start(const Arguments& command,
                                          const Arguments& environment) const {
  return std::make_unique<Process>(command, environment, folder_);
}

std::unique_ptr<Process> Workbench::start_threads(int workers, const std::string& run,
                                                  const Arguments& arguments) const {
  Arguments command = {STEPLADDER_PROGRAM, "tune", experiment(), "--threads",
                       std::to_string(workers)};
  if (!run.empty()) command.insert(command.end(), {"--run-dir", at(run).string()});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return start(command);
}

std::unique_ptr<Process> Workbench::start_mpirun(const Arguments& options, int workers,
                                                 const std::string& run,
                                                 const Arguments& arguments) const {
  Arguments command = {MPIRUN_PROGRAM, "--oversubscribe",          "--bind-to", "none",
                       "-n",           std::to_string(workers + 1)};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {STEPLADDER_PROGRAM, "tune", experiment()});
  if (!run.empty()) command.insert(command.end(), {"--run-dir", at(run).string()});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return start(command, {"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"});
}

std::unique_ptr<Process> Workbench::start_ranks(int workers, const std::string& run,
                                                const Arguments& arguments) const {
  return start_mpirun({}, workers, run, arguments);
}

std::unique_ptr<Process> Workbench::start_surviving_ranks(int workers, const std::string& run,
                                                          const Arguments& arguments) const {
  return start_mpirun({"--enable-recovery"}, workers, run, arguments);
}

std::unique_ptr<Process> Workbench::start_launch(int ranks, const std::string& run,
                                                 const Arguments& arguments,
                                                 const Arguments& environment) const {
  Arguments command = {STEPLADDER_PROGRAM,    "launch",    experiment(),    "-n",
                       std::to_string(ranks), "--run-dir", at(run).string()};
  if (std::find(arguments.begin(), arguments.end(), "--mpirun") == arguments.end())
    command.insert(command.end(), {"--mpirun", MPIRUN_PROGRAM});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return start(command, environment);
}

Finished Workbench::tune_with_threads(int workers, const std::string& run,
                                      const Arguments& arguments) const {
  return finish(start_threads(workers, run, arguments));
}

Finished Workbench::tune_with_ranks(int workers, const std::string& run,
                                    const Arguments& arguments) const {
  return finish(start_ranks(workers, run, arguments));
}

Finished Workbench::stepladder(const Arguments& arguments, const Arguments& environment) const {
  Arguments command = {STEPLADDER_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return finish(start(command, environment));
}

void Workbench::change_experiment(const std::string& old, const std::string& replacement) const {
  std::string text = read_file(at("small.toml"));
  const std::size_t found = text.find(old);
  ASSERT_NE(found, std::string::npos) << old;
  write_file(at("small.toml"), text.replace(found, old.size(), replacement));
}

}  // namespace stepladder::end_to_end
