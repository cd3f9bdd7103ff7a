#include "stepladder/launch/launcher.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "stepladder/launch/run_progress.hpp"
#include "stepladder/launch/start.hpp"
#include "stepladder/launch/stop_requests.hpp"
#include "stepladder/launch/verdict.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::launch {
namespace {

constexpr auto kPauseAfterNothing = std::chrono::seconds(5);

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string words_for(const Ending& ending, const Limits& limits) {
  if (ending.reason != Reason::by_itself)
    return "the start before was ended: " + words_for(ending.reason, limits);
  return fmt::format("mpirun ended with exit code {} before the run's end", ending.mpirun_code);
}

}  // namespace

int launch(const Job& job, const Voice& voice) {
  take_signals();
  StopRequests requests;
  std::vector<Ending> endings;
  std::vector<Host> hosts;
  for (;;) {
    Start start(job, fmt::format("{}-{}", incarnation(), endings.size()), requests);
    endings.push_back(start.run(hosts, voice));
    const Ending& last = endings.back();
    const Verdict verdict = judge(endings, job.restarts_max);
    if (!verdict.restart) {
      if (!last.record) voice.say(verdict.why);
      if (!last.record && !last.has_begun && !last.was_asked_to_stop)
        voice.say("it was started as follows, and may say more without -q: " + start.words());
      return verdict.exit_code;
    }
    voice.say(fmt::format("{}; restart {} of {}", words_for(last, job.limits), endings.size(),
                          job.restarts_max));
    if (start.incumbent()) {
      const auto left = hosts_left(start.incumbent()->hosts, ranks_lost(job.run));
      if (!left.empty()) {
        hosts = left;
        voice.say(
            fmt::format("leaving out the hosts that did not answer; {} are left", hosts.size()));
      }
    }
    if (last.has_progressed) continue;
    voice.wait_for("a pause before the next start");
    std::this_thread::sleep_for(kPauseAfterNothing);
    voice.wait_for("");
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

std::optional<Attendance> attend(int rank) {
  const char* file = std::getenv(kAttendanceFile);
  const char* launcher = std::getenv(kLauncherHost);
  // Those on its own machine the launcher sees.
  if (file == nullptr || launcher == nullptr || launcher == store::host_name()) return std::nullopt;
  return std::optional<Attendance>(std::in_place, file, rank);
}

std::string incarnation() {
  if (const char* given = std::getenv(kIncarnation)) return given;
  const wire::ProcessName process = store::this_process();
  return fmt::format("{}-{}-{:.0f}", process.host, process.number, since_1970());
}

}  // namespace stepladder::launch
