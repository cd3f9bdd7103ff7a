#include "stepladder/launch/start.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "stepladder/launch/leftovers.hpp"
#include "stepladder/launch/run_progress.hpp"
#include "stepladder/store/attendance.hpp"
#include "stepladder/store/heartbeat.hpp"
#include "stepladder/store/incarnation.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

constexpr auto kLook = std::chrono::milliseconds(100);
constexpr Seconds kAttendance = 1;  // between two looks at a file that may be far away
// A record written on another node may be seen only after a while.
constexpr Seconds kRecordMayBeLate = 5;

Seconds clock_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A folder that all nodes see and in which a word may be left without touching the run's own: the
// nearest there is above it. None where that may not be written to.
std::optional<fs::path> folder_all_see(const store::RunDirectory& run) {
  std::error_code error;
  fs::path folder = fs::absolute(run.root()).parent_path();
  while (!fs::is_directory(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return std::nullopt;
  return folder;
}

fs::path temporary_folder() {
  std::error_code error;
  return fs::temp_directory_path(error);
}

}  // namespace

Start::Start(const LaunchSettings& job, std::string name, StopRequests& requests)
    : job_(job), name_(std::move(name)), requests_(requests), watch_(job.limits, clock_now()) {
  const auto folder = folder_all_see(job.run);
  early_end_ = folder.value_or(temporary_folder()) / (".stepladder-" + name_);
  if (folder) attendance_ = early_end_.string() + ".ranks";
}

Start::~Start() {
  std::error_code error;
  fs::remove(early_end_, error);
  if (!attendance_.empty()) fs::remove(attendance_, error);
}

Ending Start::run(const std::vector<Host>& hosts, const Voice& voice) {
  const RunProgress before = progress_of(job_.run);
  const std::vector<std::string> command = command_line(job_.mpirun, order_for(hosts));
  words_ = fmt::format("{}", fmt::join(command, " "));
  Child mpirun(command, environment());
  follow(mpirun, voice);
  if (mpirun.end_descendants())
    clear_up(mpirun);
  else
    voice.say("some processes could not be ended; they are left behind");
  const int code = mpirun.exit_code().value_or(0);
  return {.record = final_record(code),
          .mpirun_code = code,
          .reason = watch_.reason(),
          .has_begun = watch_.has_begun(),
          .was_asked_to_stop = requests_.now() != Request::go_on,
          .has_progressed = has_progressed(before, progress_of(job_.run))};
}

std::vector<std::string> Start::environment() const {
  const auto entry = [](const char* name, const std::string& value) {
    return std::string(name) + '=' + value;
  };
  std::vector<std::string> entries = {entry(store::kIncarnation, name_),
                                      entry(store::kEarlyEnd, early_end_.string())};
  if (attendance_.empty()) return entries;
  entries.push_back(entry(store::kAttendanceFile, attendance_.string()));
  entries.push_back(entry(store::kLauncherHost, store::host_name()));
  return entries;
}

MpirunCall Start::order_for(const std::vector<Host>& hosts) const {
  MpirunCall order = job_.order;
  for (const std::string& entry : environment())
    order.variables.push_back(entry.substr(0, entry.find('=')));
  if (hosts.empty()) return order;
  order.hosts = hosts;
  order.ranks = 0;
  for (const Host& host : hosts) order.ranks += host.ranks;
  return order;
}

void Start::follow(Child& mpirun, const Voice& voice) {
  std::string waits;
  for (;;) {
    const Seen seen = look(mpirun);
    const Action action = watch_.look(seen);
    if (const std::string now = action == Action::collect ? "" : waits_for(seen); now != waits)
      voice.wait_for(waits = now);
    if (action == Action::collect) return;
    if (action == Action::ask_to_stop) {
      voice.say("asking the ranks to save and stop");
      mpirun.send(SIGUSR1);
    } else if (action == Action::terminate) {
      voice.say("ending mpirun: " + words_for(watch_.reason(), job_.limits));
      mpirun.send(SIGTERM);
    } else if (action == Action::kill) {
      mpirun.kill_group();
    }
    std::this_thread::sleep_for(kLook);
  }
}

// Rank 0 tells of what it does itself.
std::string Start::waits_for(const Seen& seen) const {
  if (seen.has_ended) return "the run is over, and mpirun is ending";
  if (seen.request != Request::go_on) return "the ranks are saving what they have";
  if (!watch_.has_begun() && here_.ranks == 0) return "mpirun is starting the ranks";
  return "";
}

Seen Start::look(Child& mpirun) {
  const auto beat = store::last_beat(job_.run);
  const bool moved = beat && beat != last_beat_;
  last_beat_ = beat;
  if (moved && !incumbent_) incumbent_ = store::incumbent_of(job_.run);
  if (incumbent_ && incumbent_->incarnation != name_) incumbent_.reset();  // an earlier start's
  return {.now = clock_now(),
          .is_over = mpirun.exit_code().has_value(),
          .beats = moved && incumbent_,
          .is_rank_0_gone = incumbent_ && store::life_of(incumbent_->process) == store::Life::gone,
          .is_rank_missing = !watch_.has_begun() && is_one_missing(mpirun),
          .has_ended = record().has_value(),
          .request = requests_.now()};
}

bool Start::is_one_missing(const Child& mpirun) {
  // One a rank of this machine; what else mpirun starts may come and go.
  const auto sizes = mpirun.in_children("OMPI_COMM_WORLD_LOCAL_SIZE");
  for (const std::string& size : sizes)
    here_.ranks = std::max(here_.ranks, std::strtoul(size.c_str(), nullptr, 10));
  if (here_.jobs.empty()) here_.jobs = mpirun.in_children("PMIX_NAMESPACE");
  if (here_.sessions.empty())
    here_.sessions = mpirun.in_children("OMPI_MCA_orte_jobfam_session_dir");
  if (sizes.size() < here_.ranks) return true;
  const Seconds now = clock_now();
  if (!attendance_.empty() && now - attendance_read_ >= kAttendance) {
    attendance_read_ = now;
    has_anyone_left_ = store::has_anyone_left(attendance_);
  }
  return has_anyone_left_;
}

// When all of this machine is ended.
void Start::clear_up(const Child& mpirun) const {
  for (const std::string& name : here_.jobs) {
    std::uint32_t job = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), job);
    if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size())
      remove_shared_memory_of(job);
  }
  for (const std::string& folder : here_.sessions) remove_session_of(mpirun.number(), folder);
}

std::optional<wire::Ended> Start::record() const {
  for (const fs::path& file : {early_end_, job_.run.end()}) {
    auto ended = store::end_of(file);
    if (ended && ended->incarnation == name_) return ended;
  }
  return std::nullopt;
}

std::optional<wire::Ended> Start::final_record(int mpirun_code) const {
  const bool was_elsewhere =
      incumbent_ ? incumbent_->process.host != store::host_name() : mpirun_code == 0;
  const bool may_be_late = was_elsewhere && watch_.reason() == Reason::by_itself;
  const Seconds end = clock_now() + (may_be_late ? kRecordMayBeLate : 0);
  for (;;) {
    auto found = record();
    if (found || clock_now() >= end) return found;
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace stepladder::launch
