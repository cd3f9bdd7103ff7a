#include "stepladder/doctor/facts.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <link.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "stepladder/store/files.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::doctor {
namespace {

namespace fs = std::filesystem;

std::string checksum_of_program() {
  try {
    const std::vector<std::byte> bytes = store::read_bytes("/proc/self/exe");
    return fmt::format("{:08x}", crc32(0, reinterpret_cast<const Bytef*>(bytes.data()),
                                       static_cast<uInt>(bytes.size())));
  } catch (const store::StorageError&) {
    return "unknown";
  }
}

std::string processor_here() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

std::vector<int> cores_allowed() {
  std::vector<int> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  return cores;
}

// This program starts no threads of its own in a rank, and links no library that does; but one may
// have been loaded into it.
std::string threaded_library() {
  std::string found;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        const std::string name = fs::path(info->dlpi_name).filename();
        for (const char* library : {"libgomp", "libiomp5", "libomp", "libopenblas", "libmkl_rt"})
          if (name.starts_with(library)) *static_cast<std::string*>(result) = name;
        return 0;
      },
      &found);
  return found;
}

}  // namespace

RankFacts facts_here(std::string version, std::string level, std::string mpi) {
  const char* threads = std::getenv("OMP_NUM_THREADS");
  return {.host = store::host_name(),
          .program = std::move(version) + ' ' + checksum_of_program(),
          .level = std::move(level),
          .processor = processor_here(),
          .mpi = std::move(mpi),
          .cores = cores_allowed(),
          .threaded_library = threaded_library(),
          .threads_allowed = threads == nullptr ? 0 : std::atoi(threads),
          .shm_free = storage_at("/dev/shm").bytes_free};
}

std::string to_json(const RankFacts& f) {
  return nlohmann::ordered_json{{"host", f.host},
                                {"program", f.program},
                                {"level", f.level},
                                {"processor", f.processor},
                                {"mpi", f.mpi},
                                {"cores", f.cores},
                                {"threaded_library", f.threaded_library},
                                {"threads_allowed", f.threads_allowed},
                                {"shm_free", f.shm_free},
                                {"sharing_trouble", f.sharing_trouble},
                                {"clock", f.clock},
                                {"sees_run_directory", f.sees_run_directory}}
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

RankFacts facts_from(std::string_view text) {
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    return {.host = json.at("host"),
            .program = json.at("program"),
            .level = json.at("level"),
            .processor = json.at("processor"),
            .mpi = json.at("mpi"),
            .cores = json.at("cores"),
            .threaded_library = json.at("threaded_library"),
            .threads_allowed = json.at("threads_allowed"),
            .shm_free = json.at("shm_free"),
            .sharing_trouble = json.at("sharing_trouble"),
            .clock = json.at("clock"),
            .sees_run_directory = json.at("sees_run_directory")};
  } catch (const nlohmann::ordered_json::exception& error) {
    throw FactsError(std::string("a rank's facts: ") + error.what());
  }
}

StorageFacts storage_at(const std::string& folder) {
  // As in linux/magic.h.
  constexpr std::uint32_t kTmpfs = 0x01021994;
  constexpr std::uint32_t kRamfs = 0x858458f6;
  constexpr std::uint32_t kOverlay = 0x794c7630;
  std::error_code error;
  fs::path nearest = fs::absolute(folder, error);
  while (!fs::is_directory(nearest, error) && nearest.has_relative_path())
    nearest = nearest.parent_path();
  StorageFacts facts{.folder = nearest.string(),
                     .is_writable = ::access(nearest.c_str(), W_OK | X_OK) == 0};
  struct statfs kind {};
  if (::statfs(nearest.c_str(), &kind) == 0) {
    const auto magic = static_cast<std::uint32_t>(kind.f_type);
    facts.file_system = magic == kTmpfs     ? "tmpfs"
                        : magic == kRamfs   ? "ramfs"
                        : magic == kOverlay ? "overlay"
                                            : "";
  }
  struct statvfs room {};
  if (::statvfs(nearest.c_str(), &room) == 0)
    facts.bytes_free = std::uint64_t{room.f_bavail} * room.f_frsize;
  return facts;
}

}  // namespace stepladder::doctor
