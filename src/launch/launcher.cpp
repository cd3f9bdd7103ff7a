#include "stepladder/launch/launcher.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "stepladder/launch/child.hpp"
#include "stepladder/launch/gains.hpp"
#include "stepladder/launch/verdict.hpp"
#include "stepladder/store/heartbeat.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

constexpr auto kLook = std::chrono::milliseconds(100);
constexpr auto kPauseAfterNothing = std::chrono::seconds(5);
// A record written on another node may be seen only after a while.
constexpr Seconds kRecordMayBeLate = 5;

// A signal handler can reach nothing but globals.
volatile std::sig_atomic_t save_signals = 0;  // USR1
volatile std::sig_atomic_t end_signals = 0;   // INT, TERM, HUP

void take_signals() {
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    if (signal == SIGUSR1)
      save_signals = save_signals + 1;
    else
      end_signals = end_signals + 1;
  };
  for (const int signal : {SIGUSR1, SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

Seconds now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// What the signals so far ask for. A batch system may send the same one twice at once, to us and
// by way of the job's shell: only a second one that comes later means what it says.
class Wishes {
 public:
  Wish now() {
    if (end_signals == 0) return save_signals == 0 ? Wish::go_on : Wish::stop;
    const Seconds time = launch::now();
    if (first_ < 0) {
      first_ = time;
      counted_ = end_signals;
    }
    if (time - first_ < 1) counted_ = end_signals;
    return end_signals > counted_ ? Wish::end_now : Wish::stop;
  }

 private:
  Seconds first_ = -1;
  int counted_ = 0;
};

// A folder that all nodes see and in which a word may be left without touching the run's own: the
// nearest there is above it.
fs::path folder_for_words(const store::RunDirectory& run) {
  std::error_code error;
  fs::path folder = fs::absolute(run.root()).parent_path();
  while (!fs::is_directory(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return folder;
  return fs::temp_directory_path(error);
}

// One start, from mpirun's beginning to the last of its processes.
class Start {
 public:
  Start(const Job& job, std::string name, Wishes& wishes)
      : job_(job),
        name_(std::move(name)),
        early_end_(folder_for_words(job.run) / (".stepladder-" + name_)),
        wishes_(wishes),
        watch_(job.limits, launch::now()) {}
  ~Start() {
    std::error_code error;
    fs::remove(early_end_, error);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  Ending run(const std::vector<Host>& hosts, const Say& say) {
    const Gains before = gains_of(job_.run);
    Child mpirun(command_line(job_.mpirun, order_for(hosts)),
                 {std::string(kIncarnation) + '=' + name_,
                  std::string(kEarlyEnd) + '=' + early_end_.string()});
    follow(mpirun, say);
    if (!mpirun.end_descendants()) say("some processes could not be ended; they are left behind");
    const int code = mpirun.exit_code().value_or(0);
    return {.record = final_record(code),
            .mpirun_code = code,
            .reason = watch_.reason(),
            .has_begun = watch_.has_begun(),
            .stop_wished = wishes_.now() != Wish::go_on,
            .has_got_on = has_got_on(before, gains_of(job_.run))};
  }

  [[nodiscard]] const std::optional<wire::Incumbent>& incumbent() const { return incumbent_; }

 private:
  [[nodiscard]] Order order_for(const std::vector<Host>& hosts) const {
    Order order = job_.order;
    order.variables.insert(order.variables.end(), {kIncarnation, kEarlyEnd});
    if (hosts.empty()) return order;
    order.hosts = hosts;
    order.ranks = 0;
    for (const Host& host : hosts) order.ranks += host.ranks;
    return order;
  }

  void follow(Child& mpirun, const Say& say) {
    for (;;) {
      const Deed deed = watch_.look(look(mpirun));
      if (deed == Deed::bury) return;
      if (deed == Deed::ask_to_stop) {
        say("asking the ranks to save and stop");
        mpirun.send(SIGUSR1);
      } else if (deed == Deed::terminate) {
        say("ending mpirun: " + words_for(watch_.reason(), job_.limits));
        mpirun.send(SIGTERM);
      } else if (deed == Deed::kill) {
        mpirun.kill_group();
      }
      std::this_thread::sleep_for(kLook);
    }
  }

  Seen look(Child& mpirun) {
    const auto beat = store::last_beat(job_.run);
    const bool moved = beat && beat != last_beat_;
    last_beat_ = beat;
    if (moved && !incumbent_) incumbent_ = store::incumbent_of(job_.run);
    if (incumbent_ && incumbent_->incarnation != name_) incumbent_.reset();  // an earlier start's
    return {
        .now = launch::now(),
        .is_over = mpirun.exit_code().has_value(),
        .beats = moved && incumbent_,
        .is_rank_0_gone = incumbent_ && store::life_of(incumbent_->process) == store::Life::gone,
        .is_rank_missing = !watch_.has_begun() && is_one_missing(mpirun),
        .has_ended = record().has_value(),
        .wish = wishes_.now()};
  }

  // Of the ranks on this machine; what else mpirun starts may come and go.
  bool is_one_missing(const Child& mpirun) {
    const auto sizes = mpirun.in_children("OMPI_COMM_WORLD_LOCAL_SIZE");  // one a rank
    for (const std::string& size : sizes)
      ranks_here_ = std::max(ranks_here_, std::strtoul(size.c_str(), nullptr, 10));
    return sizes.size() < ranks_here_;
  }

  [[nodiscard]] std::optional<wire::Ended> record() const {
    for (const fs::path& file : {early_end_, job_.run.end()}) {
      auto ended = store::end_of(file);
      if (ended && ended->incarnation == name_) return ended;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<wire::Ended> final_record(int mpirun_code) const {
    const bool was_elsewhere =
        incumbent_ ? incumbent_->process.host != store::host_name() : mpirun_code == 0;
    const bool may_be_late = was_elsewhere && watch_.reason() == Reason::by_itself;
    const Seconds end = launch::now() + (may_be_late ? kRecordMayBeLate : 0);
    for (;;) {
      auto found = record();
      if (found || launch::now() >= end) return found;
      std::this_thread::sleep_for(kLook);
    }
  }

  const Job& job_;
  std::string name_;
  fs::path early_end_;
  Wishes& wishes_;
  Watch watch_;
  unsigned long ranks_here_ = 0;  // that there should be on this machine
  std::optional<std::int64_t> last_beat_;
  std::optional<wire::Incumbent> incumbent_;
};

std::string words_for(const Ending& ending, const Limits& limits) {
  if (ending.reason != Reason::by_itself)
    return "the start before was ended: " + words_for(ending.reason, limits);
  return fmt::format("mpirun ended with exit code {} before the run's end", ending.mpirun_code);
}

}  // namespace

int launch(const Job& job, const Say& say) {
  take_signals();
  Wishes wishes;
  std::vector<Ending> endings;
  std::vector<Host> hosts;
  for (;;) {
    Start start(job, fmt::format("{}-{}", incarnation(), endings.size()), wishes);
    endings.push_back(start.run(hosts, say));
    const Ending& last = endings.back();
    const Verdict verdict = judge(endings, job.restarts_max);
    if (!verdict.restart) {
      if (!last.record) say(verdict.why);
      return verdict.exit_code;
    }
    say(fmt::format("{}; restart {} of {}", words_for(last, job.limits), endings.size(),
                    job.restarts_max));
    if (start.incumbent()) {
      const auto left = hosts_left(start.incumbent()->hosts, ranks_lost(job.run));
      if (!left.empty()) {
        hosts = left;
        say(fmt::format("leaving out the hosts that did not answer; {} are left", hosts.size()));
      }
    }
    if (!last.has_got_on) std::this_thread::sleep_for(kPauseAfterNothing);
  }
}

void leave_word(int exit_code, const std::string& why) {
  const char* file = std::getenv(kEarlyEnd);
  if (file == nullptr) return;
  try {
    store::write_atomically(
        file,
        wire::to_json(wire::Ended{
            .incarnation = incarnation(), .exit_code = exit_code, .why = why, .at = since_1970()}));
  } catch (const store::StorageError&) {  // the launcher will have to judge without it
  }
}

std::string incarnation() {
  if (const char* given = std::getenv(kIncarnation)) return given;
  const wire::ProcessName process = store::this_process();
  return fmt::format("{}-{}-{:.0f}", process.host, process.number, since_1970());
}

}  // namespace stepladder::launch
