#include "stepladder/run/examination.hpp"

#include <cstdlib>
#include <system_error>
#include <utility>

#include "stepladder/doctor/launched.hpp"
#include "stepladder/run/mpi_ranks.hpp"
#include "stepladder/run/worker_levels.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/incarnation.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;

// A file of rank 0's, by which the others tell whether they see the same folder.
class Probe {
 public:
  // Nothing is written where there is no folder to be tried.
  explicit Probe(const std::string& folder) {
    if (folder.empty()) return;
    file_ = fs::path(folder) / (".stepladder-probe-" + store::incarnation());
    try {
      store::write_atomically(file_, "");
    } catch (const store::StorageError&) {
      file_.clear();  // whether it may be written to is for another to say
    }
  }
  ~Probe() {
    std::error_code error;
    if (!file_.empty()) fs::remove(file_, error);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  [[nodiscard]] const fs::path& file() const { return file_; }

 private:
  fs::path file_;
};

// Where a file may be left for a moment: a run's own folder, or the one in which it is to be made.
std::string folder_to_try(const fs::path& run_directory) {
  if (run_directory.empty()) return "";
  if (store::RunDirectory(run_directory).has_journal()) return run_directory.string();
  return doctor::storage_at(fs::absolute(run_directory).parent_path()).folder;
}

int slurm_tasks() {
  const char* tasks = std::getenv("SLURM_NTASKS");
  return std::getenv("SLURM_JOB_ID") != nullptr && tasks != nullptr ? std::atoi(tasks) : 0;
}

std::vector<doctor::RankFacts> facts_of_all(Ranks& ranks, const std::string& folder,
                                            const std::string& sharing_trouble) {
  const Probe probe(ranks.rank() == 0 && ranks.size() > 1 ? folder : "");
  doctor::RankFacts own = doctor::facts_here(STEPLADDER_VERSION, level_in_use(),
                                             ranks.size() == 1 ? "" : mpi_library().running);
  if (ranks.size() == 1) return {std::move(own)};
  const fs::path file = ranks.broadcast(probe.file().string());
  own.sharing_trouble = sharing_trouble;
  own.clock = store::since_1970();  // a broadcast ends at about the same time for all
  std::error_code error;
  own.sees_run_directory = file.empty() || fs::exists(file, error);
  std::vector<doctor::RankFacts> all;
  for (const std::string& text : ranks.gather(doctor::to_json(own)))
    all.push_back(doctor::facts_from(text));
  return all;
}

}  // namespace

std::vector<doctor::Finding> examine_ranks(Ranks& ranks, const Need& need) {
  doctor::Patient patient{.ranks_launched = doctor::ranks_launched(),
                          .is_slurm_step = doctor::is_slurm_step() && doctor::ranks_launched() > 1,
                          .slurm_tasks = slurm_tasks(),
                          .threads = ranks.threads(),
                          .mpi_built = mpi_library().built_with,
                          .checkpoints = need.checkpoints,
                          .data = need.data};
  if (!need.run_directory.empty()) patient.storage = doctor::storage_at(need.run_directory);
  patient.ranks = facts_of_all(ranks, folder_to_try(need.run_directory), need.sharing_trouble);
  if (patient.ranks.empty()) return {};  // not rank 0
  return doctor::examine(patient);
}

std::vector<std::string> warnings_in(const std::vector<doctor::Finding>& findings) {
  std::vector<std::string> warnings;
  for (const doctor::Finding& finding : findings) {
    const std::string line = finding.what + "; " + finding.remedy;
    if (finding.gravity == doctor::Gravity::error) throw InputError(line);
    if (finding.gravity == doctor::Gravity::warning) warnings.push_back(line);
  }
  return warnings;
}

}  // namespace stepladder::run
