#include "stepladder/launch/launcher.hpp"

#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "stepladder/launch/run_progress.hpp"
#include "stepladder/launch/start.hpp"
#include "stepladder/launch/stop_requests.hpp"
#include "stepladder/launch/verdict.hpp"
#include "stepladder/store/incarnation.hpp"

namespace stepladder::launch {
namespace {

constexpr auto kPauseAfterNothing = std::chrono::seconds(5);

std::string words_for(const Ending& ending, const Limits& limits) {
  if (ending.reason != Reason::by_itself)
    return "the start before was ended: " + words_for(ending.reason, limits);
  return fmt::format("mpirun ended with exit code {} before the run's end", ending.mpirun_code);
}

}  // namespace

int launch(const LaunchSettings& job, const Voice& voice) {
  take_signals();
  StopRequests requests;
  std::vector<Ending> endings;
  std::vector<Host> hosts;
  for (;;) {
    Start start(job, fmt::format("{}-{}", store::incarnation(), endings.size()), requests);
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

}  // namespace stepladder::launch
