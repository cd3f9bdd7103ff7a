#include "stepladder/store/processes.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>

namespace stepladder::store {
namespace {

struct Stat {
  char state = '?';
  std::uint64_t started = 0;
};

// Of /proc/NUMBER/stat: PID (NAME) STATE, and the 22nd field. NAME may hold blanks and brackets.
std::optional<Stat> stat_of(std::int64_t number) {
  std::ifstream file("/proc/" + std::to_string(number) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  Stat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.started;
  return stat;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

wire::ProcessName this_process() {
  const auto stat = stat_of(::getpid());
  return {.host = host_name(), .number = ::getpid(), .started = stat ? stat->started : 0};
}

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Life life_of(const wire::ProcessName& process) {
  if (process.host != host_name() || process.number <= 0) return Life::unknown;
  if (::kill(static_cast<pid_t>(process.number), 0) != 0 && errno == ESRCH) return Life::gone;
  const auto stat = stat_of(process.number);
  if (!stat) return Life::unknown;  // no /proc here, or it ended just now
  if (stat->state == 'Z' || stat->state == 'X') return Life::gone;
  if (process.started != 0 && stat->started != process.started) return Life::gone;
  return Life::alive;
}

}  // namespace stepladder::store
