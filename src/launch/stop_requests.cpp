#include "stepladder/launch/stop_requests.hpp"

#include <chrono>
#include <csignal>

namespace stepladder::launch {
namespace {

// A signal handler can reach nothing but globals.
volatile std::sig_atomic_t save_signals = 0;  // USR1
volatile std::sig_atomic_t end_signals = 0;   // INT, TERM, HUP

Seconds clock_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::vector<StopSignal> stop_signals() {
  std::vector<StopSignal> signals = {
      {SIGUSR1, "SIGUSR1"}, {SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}};
  struct sigaction hang_up {};
  ::sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) signals.push_back({SIGHUP, "SIGHUP"});
  return signals;
}

void take_signals() {
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    if (signal == SIGUSR1)
      save_signals = save_signals + 1;
    else
      end_signals = end_signals + 1;
  };
  for (const StopSignal& signal : stop_signals()) ::sigaction(signal.number, &action, nullptr);
}

Request StopRequests::now() {
  if (end_signals == 0) return save_signals == 0 ? Request::go_on : Request::stop;
  const Seconds time = clock_now();
  if (first_ < 0) {
    first_ = time;
    counted_ = end_signals;
  }
  if (time - first_ < 1) counted_ = end_signals;
  return end_signals > counted_ ? Request::end_now : Request::stop;
}

}  // namespace stepladder::launch
