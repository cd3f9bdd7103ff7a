#include "stepladder/doctor/findings.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace stepladder::doctor {
namespace {

constexpr double kSkewMax = 2;  // seconds
// What Open MPI 4 wants to find free in /dev/shm for the messages of one rank more: its segment of
// 4 MiB (btl_vader_segment_size) and 5 %.
constexpr std::uint64_t kMessageRoom = 4'410'000;

Finding well(std::string about, std::string what) {
  return {.about = std::move(about), .what = std::move(what)};
}

struct Host {
  int ranks = 0;
  int workers = 0;
  std::uint64_t shm_free = 0;
  std::set<int> cores;
};

std::map<std::string, Host> hosts_of(const Patient& p) {
  std::map<std::string, Host> hosts;
  for (std::size_t rank = 0; rank < p.ranks.size(); ++rank) {
    Host& host = hosts[p.ranks[rank].host];
    ++host.ranks;
    host.shm_free = p.ranks[rank].shm_free;
    host.cores.insert(p.ranks[rank].cores.begin(), p.ranks[rank].cores.end());
    // Rank 0 only schedules where there are others, and sleeps nearly always.
    if (rank > 0) ++host.workers;
  }
  if (p.ranks.size() == 1) hosts.begin()->second.workers = p.threads;
  return hosts;
}

Finding launcher(const Patient& p) {
  const auto ranks = static_cast<int>(p.ranks.size());
  if (p.ranks_launched > ranks)
    return {Gravity::error, "launcher",
            fmt::format("{} ranks were started, but each of them is alone", p.ranks_launched),
            "the launcher does not speak this MPI library's language: use mpirun or stepladder "
            "launch, or srun --mpi=pmix (srun --mpi=list shows what there is)"};
  if (p.slurm_tasks > 1 && ranks == 1)
    return {Gravity::warning, "launcher",
            fmt::format("the Slurm job has {} tasks, and this is one process", p.slurm_tasks),
            "start it with stepladder launch, as slurm/tune.sbatch does, or give the job one task"};
  if (p.slurm_tasks > ranks)
    return {
        Gravity::warning, "launcher",
        fmt::format("the Slurm job has {} tasks, and {} ranks were started", p.slurm_tasks, ranks),
        "leave -n out, or give the job so many tasks"};
  if (p.is_slurm_step)
    return {Gravity::warning, "launcher", "the ranks were started by srun itself",
            "when a rank dies there, Slurm ends the whole step; stepladder launch in a job script "
            "survives it, else requeue and journal take over"};
  return well("launcher", ranks == 1 ? fmt::format("one process, {} worker threads", p.threads)
                                     : fmt::format("{} ranks in one world; hosts: {}", ranks,
                                                   hosts_of(p).size()));
}

// "Open MPI v4.1.4, package: ..." and "Open MPI 4.1.4" are both Open MPI, 4.1.4.
struct Library {
  std::string name;
  std::string version;
  [[nodiscard]] std::string major() const { return version.substr(0, version.find('.')); }
};
Library library_in(const std::string& text) {
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string::npos) return {text, ""};
  std::string name = text.substr(0, digit);
  while (!name.empty() && (name.back() == ' ' || name.back() == 'v')) name.pop_back();
  return {name, text.substr(digit, text.find_first_not_of("0123456789.", digit) - digit)};
}

Finding library(const Patient& p) {
  if (p.mpi_built.empty()) return well("library", "built without MPI: workers are threads");
  const Library built = library_in(p.mpi_built);
  for (const RankFacts& rank : p.ranks) {
    if (rank.mpi.empty()) continue;
    const Library here = library_in(rank.mpi);
    if (here.name != built.name || here.major() != built.major())
      return {Gravity::error, "library",
              fmt::format("built with {} {}, running with {} {} on {}", built.name, built.version,
                          here.name, here.version, rank.host),
              "load the module it was built with, or build again (scripts/build release)"};
    if (here.version != built.version)
      return {Gravity::warning, "library",
              fmt::format("built with {} {}, running with {} on {}", built.name, built.version,
                          here.version, rank.host),
              "usually well; build again (scripts/build release) if ranks fail to start"};
  }
  return well("library",
              p.ranks.front().mpi.empty()
                  ? fmt::format("built with {} {}, not used here", built.name, built.version)
                  : fmt::format("{} {}, as at the build", built.name, built.version));
}

Finding cores(const Patient& p) {
  for (const auto& [name, host] : hosts_of(p))
    if (host.workers > static_cast<int>(host.cores.size()))
      return {Gravity::warning, "cores",
              fmt::format("{}: {} workers may use {} cores between them", name, host.workers,
                          host.cores.size()),
              "start fewer, or give mpirun --bind-to none and the job more cores "
              "(--cpus-per-task)"};
  return well("cores", "a core for each worker");
}

Finding threads(const Patient& p) {
  for (const RankFacts& rank : p.ranks)
    if (!rank.threaded_library.empty() && rank.threads_allowed != 1 && p.ranks.size() > 1)
      return {Gravity::warning, "threads",
              fmt::format("{} is loaded on {} and may start threads in each rank",
                          rank.threaded_library, rank.host),
              "set OMP_NUM_THREADS=1, or do not preload it"};
  return well("threads", "one a worker: no OpenMP and no BLAS is in use");
}

// The hosts that have each value.
template <class Of>
std::map<std::string, std::set<std::string>> hosts_by(const Patient& p, const Of& value_of) {
  std::map<std::string, std::set<std::string>> hosts;
  for (const RankFacts& rank : p.ranks) hosts[value_of(rank)].insert(rank.host);
  return hosts;
}
std::string words_for(const std::map<std::string, std::set<std::string>>& hosts) {
  std::string words;
  for (const auto& [value, names] : hosts)
    words += fmt::format("{}{} on {}", words.empty() ? "" : ", ", value, fmt::join(names, " "));
  return words;
}

Finding binaries(const Patient& p) {
  const auto hosts = hosts_by(p, [](const RankFacts& rank) { return rank.program; });
  if (hosts.size() == 1) return well("binaries", hosts.begin()->first + " everywhere");
  return {Gravity::error, "binaries", "the ranks run different programs: " + words_for(hosts),
          "start one file that all nodes see, or copy it to all"};
}

Finding processors(const Patient& p) {
  const auto levels = hosts_by(p, [](const RankFacts& rank) { return rank.level; });
  if (levels.size() == 1) {
    const auto models = hosts_by(p, [](const RankFacts& rank) { return rank.processor; });
    return well("processors", fmt::format("kernels {} everywhere, on {}", levels.begin()->first,
                                          models.size() == 1 ? models.begin()->first
                                                             : "processors of several models"));
  }
  if (!levels.contains("generic"))
    return well("processors", "kernels " + words_for(levels) + ", which agree bit for bit in fp32");
  return {Gravity::warning, "processors", "kernels " + words_for(levels),
          "scores may differ in the last bits by which node trained what; use nodes of one kind if "
          "that matters"};
}

Finding clocks(const Patient& p) {
  const auto by_clock = [](const RankFacts& a, const RankFacts& b) { return a.clock < b.clock; };
  const auto [first, last] = std::minmax_element(p.ranks.begin(), p.ranks.end(), by_clock);
  const double skew = last->clock - first->clock;
  if (skew <= kSkewMax) return well("clocks", fmt::format("at most {:.1f} s apart", skew));
  return {Gravity::warning, "clocks",
          fmt::format("{} is {:.0f} s ahead of {}", last->host, skew, first->host),
          "no result depends on it, but times in logs and stepladder status do: start chrony or "
          "ntpd on all nodes"};
}

// Ranks that are alone on their host need none.
Finding messages(const Patient& p) {
  for (const auto& [name, host] : hosts_of(p)) {
    if (host.ranks < 2 || host.shm_free >= kMessageRoom) continue;
    return {Gravity::warning, "messages",
            fmt::format("{} has {:.1f} MB free in /dev/shm, and MPI wants {:.1f} for each rank's "
                        "messages; without them they go over TCP, if that is there",
                        name, static_cast<double>(host.shm_free) / 1e6,
                        static_cast<double>(kMessageRoom) / 1e6),
            "give the container more (docker run --shm-size=1g), or remove what others have left "
            "in /dev/shm"};
  }
  return well("messages", "room in /dev/shm for them");
}

Finding sharing(const Patient& p) {
  std::vector<std::string> hosts;
  std::vector<std::string> troubles;
  for (const RankFacts& rank : p.ranks) {
    hosts.push_back(rank.host);
    troubles.push_back(rank.sharing_trouble);
  }
  return doctor::sharing(hosts, troubles);
}

Finding run_directory(const Patient& p) {
  if (!p.storage->is_writable)
    return {Gravity::error, "directory", p.storage->folder + " is not writable",
            "choose another with --run-dir, or get the right to write there"};
  for (const RankFacts& rank : p.ranks)
    if (!rank.sees_run_directory)
      return {Gravity::error, "directory",
              fmt::format("{} does not see what rank 0 writes in {}", rank.host, p.storage->folder),
              "give --run-dir a folder on a file system that all nodes share"};
  if (p.storage->file_system == "tmpfs" || p.storage->file_system == "ramfs")
    return {Gravity::warning, "directory",
            fmt::format("{} is memory ({}): the run is gone when the machine restarts",
                        p.storage->folder, p.storage->file_system),
            "give --run-dir a folder on a disk"};
  if (p.storage->file_system == "overlay")
    return {Gravity::warning, "directory",
            p.storage->folder + " is a container's own layer: the run is gone with the container",
            "give --run-dir a folder on a volume, unless the container stays"};
  return well("directory",
              p.storage->folder +
                  (p.ranks.size() == 1 ? " is no memory" : " is no memory, and all ranks see it"));
}

// A trial at work has the checkpoint it goes on from and the next one it is writing; the leader's
// is kept besides. Below that, nothing could be removed to keep to the limit.
std::int64_t least_checkpoint_bytes(const Patient& p) {
  const auto workers =
      p.ranks.size() > 1 ? static_cast<std::int64_t>(p.ranks.size()) - 1 : p.threads;
  return (2 * workers + 1) * p.checkpoints->bytes_each;
}

Finding room(const Patient& p) {
  const CheckpointNeed& c = *p.checkpoints;
  const char* guess = c.is_exact ? "" : " (if the data is of 784 features and 10 classes)";
  const std::int64_t least = least_checkpoint_bytes(p);
  if (c.bytes_max > 0 && c.bytes_max < least)
    return {c.is_exact ? Gravity::error : Gravity::warning, "room",
            fmt::format("run.checkpoint_bytes_max = {} cannot be kept to: every worker needs room "
                        "for two checkpoints of {} bytes{}, and the leading trial for one more",
                        c.bytes_max, c.bytes_each, guess),
            fmt::format("give {} or more for this number of workers, or 0 for no limit", least)};
  const std::int64_t planned = c.count > 0 ? c.count * c.bytes_each : c.bytes_max;
  const double needed =
      static_cast<double>(c.bytes_max > 0 ? std::min(planned, c.bytes_max) : planned) / 1e6;
  const double free = static_cast<double>(p.storage->bytes_free) / 1e6;
  if (needed <= free && c.count == 0 && c.bytes_max == 0)
    return well("room",
                fmt::format("{:.0f} MB free; how many checkpoints there will be is open", free));
  if (needed <= free)
    return well("room", fmt::format("{:.1f} MB for checkpoints at the most{}, {:.0f} MB free",
                                    needed, guess, free));
  return {Gravity::warning, "room",
          fmt::format("the checkpoints may take {:.1f} MB{}, and {:.1f} MB are free in {}", needed,
                      guess, free, p.storage->folder),
          "free some space, set run.checkpoint_bytes_max, or give another --run-dir"};
}

}  // namespace

Finding sharing(const std::vector<std::string>& hosts, const std::vector<std::string>& troubles) {
  for (std::size_t rank = 0; rank < hosts.size(); ++rank)
    if (!troubles[rank].empty())
      return {
          Gravity::warning, "memory",
          fmt::format("each rank on {} needs memory for a copy of the data of its own: they "
                      "cannot share it ({})",
                      hosts[rank], troubles[rank]),
          "start fewer ranks there if the memory is short; a limit on file sizes (ulimit -f) or "
          "a container for each rank may be the cause"};
  return well("memory", "the ranks of a node share the data");
}

std::vector<Finding> examine(const Patient& patient) {
  std::vector<Finding> findings = {launcher(patient), library(patient),  cores(patient),
                                   threads(patient),  binaries(patient), processors(patient),
                                   clocks(patient)};
  if (patient.ranks.size() > 1) findings.push_back(messages(patient));
  if (patient.ranks.size() > 1) findings.push_back(sharing(patient));
  if (!patient.data.empty()) findings.push_back(well("data", patient.data));
  if (patient.storage) findings.push_back(run_directory(patient));
  if (patient.storage && patient.checkpoints) findings.push_back(room(patient));
  return findings;
}

}  // namespace stepladder::doctor
