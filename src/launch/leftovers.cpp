#include "stepladder/launch/leftovers.hpp"

#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/core.h>

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

// The words between the dots of a name.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words = {""};
  for (const char letter : name) {
    if (letter == '.')
      words.emplace_back();
    else
      words.back() += letter;
  }
  return words;
}

// vader_segment.HOST.USER.JOB.RANK; HOST may have dots.
bool is_of(std::uint32_t job, const std::string& name) {
  const std::vector<std::string> words = words_of(name);
  const std::string number = fmt::format("{:x}", job);
  const std::size_t count = words.size();
  return count >= 5 && words.front() == "vader_segment" && words[count - 2] == number &&
         words[count - 3] == std::to_string(::geteuid());
}

bool is_own(const fs::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

// Another user's processes cannot map what is this user's own.
bool is_mapped(const fs::path& file) {
  std::error_code error;
  for (const auto& process : fs::directory_iterator("/proc", error)) {
    if (process.path().filename().string().find_first_not_of("0123456789") != std::string::npos)
      continue;
    std::ifstream maps(process.path() / "maps");
    for (std::string line; std::getline(maps, line);)
      if (line.ends_with(' ' + file.string())) return true;
  }
  return false;
}

}  // namespace

int remove_shared_memory_of(std::uint32_t job, const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error))
    if (is_of(job, file.path().filename().string()) && is_own(file.path()))
      files.push_back(file.path());
  int removed = 0;
  for (const fs::path& file : files)
    if (!is_mapped(file) && fs::remove(file, error)) ++removed;
  return removed;
}

void remove_session_of(pid_t mpirun, const fs::path& folder) {
  std::error_code error;
  const bool is_session = folder.filename() == "pid." + std::to_string(mpirun) &&
                          folder.parent_path().filename().string().starts_with("ompi.");
  if (is_session && is_own(folder)) fs::remove_all(folder, error);
}

}  // namespace stepladder::launch
