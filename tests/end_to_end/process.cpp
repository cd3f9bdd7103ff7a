#include "end_to_end/process.hpp"

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// Longer than the slowest machine takes: only what hangs gets there.
constexpr std::chrono::seconds kTimeLimit{120};
constexpr std::chrono::seconds kPatience{15};
constexpr std::chrono::milliseconds kPoll{2};

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool is_zombie(const fs::path& process) {
  const std::string stat = contents(process / "stat");  // PID (NAME) STATE ...
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ||
         stat.substr(name_end, 4).find_first_of("ZX") != std::string::npos;
}

// The living processes whose environment has all of `entries`.
std::vector<pid_t> processes_with(const std::vector<std::string>& entries) {
  std::vector<pid_t> found;
  for (const auto& process : fs::directory_iterator("/proc")) {
    const std::string name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string environment = '\0' + contents(process.path() / "environ");
    bool has_all = true;
    for (const std::string& entry : entries)
      has_all = has_all && environment.find('\0' + entry + '\0') != std::string::npos;
    if (has_all && !is_zombie(process.path())) found.push_back(std::stoi(name));
  }
  return found;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Process::Process(const std::vector<std::string>& command,
                 const std::vector<std::string>& environment, const fs::path& scratch) {
  static std::atomic<int> counter = 0;
  const std::string number = std::to_string(::getpid()) + '-' + std::to_string(++counter);
  mark_ = "STEPLADDER_TEST_MARK=" + number;
  out_ = scratch / ("out-" + number);
  err_ = scratch / ("err-" + number);

  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  variables.push_back(mark_);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::setpgid(0, 0);
  const auto redirect = [](const char* path, int flags, int to) {
    ::dup2(::open(path, flags, 0644), to);
  };
  redirect("/dev/null", O_RDONLY, STDIN_FILENO);
  redirect(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

Process::~Process() {
  kill_everything();
  if (!is_reaped_) ::waitpid(pid_, &status_, 0);
}

bool Process::is_running() {
  if (!is_reaped_) is_reaped_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !is_reaped_;
}

Finished Process::wait() {
  const auto start = steady_clock::now();
  while (is_running()) {
    if (steady_clock::now() - start > kTimeLimit) {
      ADD_FAILURE() << "still running after " << kTimeLimit.count() << " s";
      kill_everything();
    }
    std::this_thread::sleep_for(kPoll);
  }
  return {.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_),
          .out = contents(out_),
          .err = contents(err_)};
}

bool Process::wait_until(const std::function<bool()>& condition) {
  const auto start = steady_clock::now();
  while (!condition()) {
    if (!is_running() || steady_clock::now() - start > kTimeLimit) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

void Process::send(int signal) const { ::kill(pid_, signal); }

void Process::send_to_rank(int rank, int signal) const {
  const std::vector<pid_t> ranks =
      processes_with({mark_, "OMPI_COMM_WORLD_RANK=" + std::to_string(rank)});
  ASSERT_EQ(ranks.size(), 1U);
  ::kill(ranks.front(), signal);
}

bool Process::has_rank_0() const {
  return !processes_with({mark_, "OMPI_COMM_WORLD_RANK=0"}).empty();
}

void Process::kill_everything() {
  for (const pid_t process : left()) ::kill(process, SIGKILL);
}

bool Process::leaves_nobody() const {
  const auto start = steady_clock::now();
  while (!left().empty()) {
    if (steady_clock::now() - start > kPatience) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

std::vector<pid_t> Process::left() const { return processes_with({mark_}); }

}  // namespace stepladder::end_to_end
