#include "stepladder/run/activity.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "stepladder/doctor/launched.hpp"

namespace stepladder::run {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr double kFirst = 2;  // seconds
constexpr double kPauseMin = 8;
constexpr double kPauseMax = 60;

void tell_until(const std::stop_token& stop, const std::function<std::string()>& what) {
  const auto start = steady_clock::now();
  std::mutex mutex;
  std::condition_variable_any ended;
  std::unique_lock lock(mutex);
  for (double next = kFirst;;) {
    const auto then = start + std::chrono::round<steady_clock::duration>(duration<double>(next));
    ended.wait_until(lock, stop, then, [] { return false; });
    if (stop.stop_requested()) return;
    fmt::print(stderr, "{}... {} ({:.0f} s)\n", line_start(), what(), next);
    next += std::clamp(next, kPauseMin, kPauseMax);
  }
}

// Signals are for the thread that works.
std::jthread teller_of(std::function<std::string()> what) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::jthread teller(tell_until, std::move(what));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return teller;
}

}  // namespace

Activity::Activity(std::function<std::string()> what) {
  if (doctor::rank_launched() != 0) return;
  try {
    teller_ = teller_of(std::move(what));
  } catch (const std::system_error&) {  // no more threads: then it is done in silence
  }
}

Activity::Activity(const std::string& what) : Activity([what] { return what; }) {}

const char* line_start() { return ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : ""; }

}  // namespace stepladder::run
