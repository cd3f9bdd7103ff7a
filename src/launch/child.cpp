#include "stepladder/launch/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// The environment with some variables set anew.
std::vector<std::string> environment_with(const std::vector<std::string>& changes) {
  std::vector<std::string> variables = changes;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string entry = *variable;
    const std::string name = entry.substr(0, entry.find('=') + 1);
    bool is_changed = false;
    for (const std::string& change : changes) is_changed = is_changed || change.starts_with(name);
    if (!is_changed) variables.push_back(entry);
  }
  return variables;
}

[[noreturn]] void fail_to_start(const std::string& program, int code) {
  throw std::runtime_error("cannot start " + program + ": " + std::strerror(code));
}

// Forks and executes; `prepare` runs in the child. Returns once it executes, throws where it does
// not.
template <class Prepare>
pid_t start(std::vector<std::string> command, std::vector<std::string> environment,
            const Prepare& prepare) {
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(environment);
  std::array<int, 2> trouble{};
  if (::pipe2(trouble.data(), O_CLOEXEC) != 0) fail_to_start(command.front(), errno);
  const pid_t child = ::fork();
  if (child < 0) fail_to_start(command.front(), errno);
  if (child == 0) {
    prepare();
    ::execvpe(argv[0], argv.data(), envp.data());
    const int code = errno;
    static_cast<void>(!::write(trouble[1], &code, sizeof(code)));
    ::_exit(127);
  }
  ::close(trouble[1]);
  int code = 0;
  const bool failed = ::read(trouble[0], &code, sizeof(code)) == sizeof(code);
  ::close(trouble[0]);
  if (!failed) return child;
  ::waitpid(child, nullptr, 0);
  fail_to_start(command.front(), code);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// A process's children, from /proc/NUMBER/stat: PID (NAME) STATE PARENT.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& process : fs::directory_iterator("/proc", error)) {
    const std::string name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(process.path() / "stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos || name_end + 4 > line.size()) continue;
    if (std::atoi(line.c_str() + name_end + 4) == parent) children.push_back(std::stoi(name));
  }
  return children;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t parent = ::getpid();
  number_ = start(command, environment_with(environment), [parent] {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);  // it died before we asked
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  });
}

Child::~Child() {
  if (!exit_code()) {
    kill_group();
    ::waitpid(number_, nullptr, 0);
  }
  end_descendants();
}

std::optional<int> Child::exit_code() {
  int status = 0;
  if (!exit_code_ && ::waitpid(number_, &status, WNOHANG) == number_) exit_code_ = code_of(status);
  return exit_code_;
}

void Child::send(int signal) {
  if (!exit_code()) ::kill(number_, signal);
}

void Child::kill_group() { ::kill(-number_, SIGKILL); }

std::vector<std::string> Child::in_children(const std::string& variable) const {
  std::vector<std::string> found;
  for (const pid_t child : children_of(number_)) {
    std::ifstream file("/proc/" + std::to_string(child) + "/environ");
    for (std::string entry; std::getline(file, entry, '\0');)
      if (entry.starts_with(variable + '=')) found.push_back(entry.substr(variable.size() + 1));
  }
  return found;
}

bool Child::end_descendants(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    // Those that end here orphan their own children, which come to us in the next round.
    for (const pid_t child : children_of(::getpid())) ::kill(child, SIGKILL);
    pid_t buried = 0;
    do buried = ::waitpid(-1, nullptr, WNOHANG);
    while (buried > 0);
    if (buried < 0 && errno == ECHILD) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::string output_of(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::array<int, 2> channel{};
  if (::pipe2(channel.data(), O_CLOEXEC) != 0) fail_to_start(command.front(), errno);
  const pid_t child = start(command, environment_with({}), [&] {
    ::setpgid(0, 0);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(channel[1], STDOUT_FILENO);
    ::dup2(channel[1], STDERR_FILENO);
  });
  ::close(channel[1]);
  std::string text;
  std::array<char, 4096> part{};
  ssize_t count = 1;
  bool is_late = false;
  while (count != 0 && !is_late) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    struct pollfd more {
      .fd = channel[0], .events = POLLIN, .revents = 0
    };
    is_late = left.count() <= 0 || ::poll(&more, 1, static_cast<int>(left.count())) == 0;
    if (more.revents == 0) continue;
    count = ::read(channel[0], part.data(), part.size());
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(channel[0]);
  ::kill(-child, SIGKILL);  // it has said what it had to say, or is late
  ::waitpid(child, nullptr, 0);
  if (is_late) throw std::runtime_error(command.front() + " gave no answer in time");
  return text;
}

}  // namespace stepladder::launch
