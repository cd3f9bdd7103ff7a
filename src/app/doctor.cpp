#include "stepladder/app/doctor.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "stepladder/app/bench.hpp"
#include "stepladder/app/materials.hpp"
#include "stepladder/app/simulate.hpp"
#include "stepladder/app/tuning_run.hpp"
#include "stepladder/launch/launcher.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::app {
namespace {

namespace fs = std::filesystem;

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A file of rank 0's, by which the others tell whether they see the same folder.
class Probe {
 public:
  // Nothing is written where there is no folder to be tried.
  explicit Probe(const std::string& folder) {
    if (folder.empty()) return;
    file_ = fs::path(folder) / (".stepladder-probe-" + launch::incarnation());
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

Need need_of(const TuneOptions& options) {
  Need need{.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))};
  if (options.run_directory) need.run_directory = *options.run_directory;
  if (options.experiment.empty()) return need;
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides, experiment::Needs::schedule);
  need.run_directory = run_directory_of(options, experiment);
  if (experiment.data.place.empty()) {
    need.checkpoints = checkpoints_of(experiment);
    return need;
  }
  take_settled(store::RunDirectory(need.run_directory), experiment);
  const Materials outline = gather(std::move(experiment), data::Contents::outline);
  need.data = to_text(*outline.summary);
  need.checkpoints = checkpoints_of(outline.experiment, shape_of(*outline.summary));
  return need;
}

std::vector<doctor::RankFacts> facts_of_all(const mpi::Session* session, const std::string& folder,
                                            const std::string& sharing_trouble) {
  const bool is_first = session == nullptr || session->rank() == 0;
  const Probe probe(is_first && session != nullptr ? folder : "");
  doctor::RankFacts own = doctor::facts_here(STEPLADDER_VERSION, level_in_use(),
                                             session == nullptr ? "" : mpi::library_running());
  if (session == nullptr) return {std::move(own)};
  const fs::path file = session->broadcast(probe.file().string());
  own.sharing_trouble = sharing_trouble;
  own.clock = since_1970();  // a broadcast ends at about the same time for all
  std::error_code error;
  own.sees_run_directory = file.empty() || fs::exists(file, error);
  std::vector<doctor::RankFacts> all;
  for (const std::string& text : session->gather(doctor::to_json(own)))
    all.push_back(doctor::facts_from(text));
  return all;
}

}  // namespace

std::vector<doctor::Finding> examine_ranks(const mpi::Session* session, const Need& need) {
  doctor::Patient patient{.ranks_launched = mpi::ranks_launched(),
                          .is_slurm_step = mpi::is_slurm_step() && mpi::ranks_launched() > 1,
                          .slurm_tasks = slurm_tasks(),
                          .threads = need.threads,
                          .mpi_built = mpi::library_built_with(),
                          .checkpoints = need.checkpoints,
                          .data = need.data};
  if (!need.run_directory.empty()) patient.storage = doctor::storage_at(need.run_directory);
  patient.ranks = facts_of_all(session, folder_to_try(need.run_directory), need.sharing_trouble);
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

int show_doctor(const DoctorOptions& options, const mpi::Session* session,
                mpi::NodeMemory* memory) {
  const bool is_first = session == nullptr || session->rank() == 0;
  Need need;
  std::optional<std::string> complaint;
  try {
    if (is_first) need = need_of(options.tune);
  } catch (const std::runtime_error& error) {
    complaint = error.what();
  }
  if (session != nullptr) complaint = session->first_complaint(complaint);
  if (complaint && is_first) throw InputError(*complaint);
  if (complaint) return kWrongInput;

  if (memory != nullptr) {
    static_cast<void>(memory->share({}));
    need.sharing_trouble = memory->trouble();
  }
  const std::vector<doctor::Finding> findings = examine_ranks(session, need);
  if (is_first)
    fmt::print("{}", options.json ? doctor::to_json(findings) : doctor::to_text(findings));
  std::fflush(stdout);
  const bool has_error = std::any_of(
      findings.begin(), findings.end(),
      [](const doctor::Finding& finding) { return finding.gravity == doctor::Gravity::error; });
  return has_error ? kWrongInput : kFinished;
}

}  // namespace stepladder::app
