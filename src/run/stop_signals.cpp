#include "stepladder/run/stop_signals.hpp"

#include <atomic>
#include <csignal>
#include <ctime>

#include "stepladder/launch/stop_requests.hpp"

namespace stepladder::run {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> first_signal = 0;
std::atomic<std::time_t> first_time = 0;
static_assert(std::atomic<int>::is_always_lock_free &&
              std::atomic<std::time_t>::is_always_lock_free);

void note(int signal) {
  const std::time_t now = std::time(nullptr);
  if (first_signal == 0) {
    first_time = now;
    first_signal = signal;
  } else if (signal == SIGINT && now > first_time + 1) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
}

}  // namespace

void take_stop_signals() {
  for (const launch::StopSignal& signal : launch::stop_signals()) std::signal(signal.number, note);
}

void ignore_stop_signals() {
  for (const launch::StopSignal& signal : launch::stop_signals())
    std::signal(signal.number, SIG_IGN);
}

std::optional<std::string> stop_signal() {
  for (const launch::StopSignal& signal : launch::stop_signals())
    if (signal.number == first_signal) return std::string("on ") + signal.name;
  return std::nullopt;
}

}  // namespace stepladder::run
