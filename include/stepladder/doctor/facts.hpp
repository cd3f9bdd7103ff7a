// What a rank can say about the machine it is on, before a run. Facts travel to rank 0 as JSON,
// where they are judged together.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stepladder::doctor {

struct FactsError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct RankFacts {
  std::string host;
  std::string program;             // its version and a checksum of its file
  std::string level;               // of the kernels: generic, v3 or v4
  std::string processor;           // as the kernel names its model
  std::string mpi;                 // the library that is running, as it calls itself
  std::vector<int> cores;          // that this rank may use
  std::string threaded_library;    // one that may start threads of its own, if any is loaded
  int threads_allowed = 0;         // by OMP_NUM_THREADS; 0: as many as it likes
  std::uint64_t shm_free = 0;      // bytes in /dev/shm
  std::string sharing_trouble;     // why the ranks of its node cannot share memory; empty: they can
  double clock = 0;                // seconds since 1970, read by all ranks at about one moment
  bool sees_run_directory = true;  // what rank 0 wrote there
  friend bool operator==(const RankFacts&, const RankFacts&) = default;
};

// Of this process, but for the last three. `level` is what its kernels would use, `mpi` what the
// library calls itself; none where MPI is not used.
[[nodiscard]] RankFacts facts_here(std::string version, std::string level, std::string mpi);

[[nodiscard]] std::string to_json(const RankFacts& facts);
// Throws FactsError.
[[nodiscard]] RankFacts facts_from(std::string_view text);

// Where a run's files are to be, as rank 0 finds it.
struct StorageFacts {
  std::string folder;       // the nearest that is there
  std::string file_system;  // "tmpfs" and the like; empty where it has no special meaning
  std::uint64_t bytes_free = 0;
  bool is_writable = true;
};
[[nodiscard]] StorageFacts storage_at(const std::string& folder);

}  // namespace stepladder::doctor
