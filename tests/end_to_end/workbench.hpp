// A folder with a small learnable data set and an experiment on it, and the two ways to tune it:
// threads, and ranks under mpirun.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "end_to_end/process.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::end_to_end {

using Arguments = std::vector<std::string>;

void write_file(const std::filesystem::path& path, const std::string& bytes);
void write_gzip(const std::filesystem::path& path, const std::string& bytes);
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
// Every file under a folder with its bytes, and every folder with none; but not what the processes
// of a test printed.
[[nodiscard]] std::map<std::string, std::string> files_under(const std::filesystem::path& folder);

// IDX files of 6 x 6 images in three classes: where column % 3 is the class, pixels are brighter.
struct IdxPair {
  std::string images;
  std::string labels;
};
[[nodiscard]] IdxPair idx_rows(std::uint32_t count, std::uint64_t salt);

// The score of each (trial, steps) on `prune`, in a run's journal, complete lines only.
using Scores = std::map<std::pair<std::uint32_t, Steps>, Score>;
[[nodiscard]] Scores scores_of(const std::filesystem::path& run);
// How many leases were reported on so far; 0 where there is no journal yet.
[[nodiscard]] std::size_t reports_in(const std::filesystem::path& run);

// Those that both have must be the same to the last bit; returns how many there are.
std::size_t expect_same_scores(const Scores& a, const Scores& b);

class Workbench : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // `tune small.toml --run-dir FOLDER/run ARGUMENTS` with so many threads or worker ranks, the
  // scheduler not counted.
  [[nodiscard]] std::unique_ptr<Process> start_threads(int workers, const std::string& run,
                                                       const Arguments& arguments = {}) const;
  [[nodiscard]] std::unique_ptr<Process> start_ranks(int workers, const std::string& run,
                                                     const Arguments& arguments = {}) const;
  // The same under mpirun --enable-recovery, which lets the others go on when a rank dies.
  [[nodiscard]] std::unique_ptr<Process> start_surviving_ranks(
      int workers, const std::string& run, const Arguments& arguments = {}) const;
  [[nodiscard]] Finished tune_with_threads(int workers, const std::string& run,
                                           const Arguments& arguments = {}) const;
  [[nodiscard]] Finished tune_with_ranks(int workers, const std::string& run,
                                         const Arguments& arguments = {}) const;
  // `launch small.toml -n RANKS --run-dir FOLDER/RUN ARGUMENTS`
  [[nodiscard]] std::unique_ptr<Process> start_launch(int ranks, const std::string& run,
                                                      const Arguments& arguments = {},
                                                      const Arguments& environment = {}) const;
  // Any other command line.
  [[nodiscard]] std::unique_ptr<Process> start(const Arguments& command,
                                               const Arguments& environment = {}) const;
  [[nodiscard]] Finished stepladder(const Arguments& arguments,
                                    const Arguments& environment = {}) const;

  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string experiment() const { return at("small.toml").string(); }
  void change_experiment(const std::string& old, const std::string& replacement) const;

 private:
  [[nodiscard]] std::unique_ptr<Process> start_mpirun(const Arguments& options, int workers,
                                                      const std::string& run,
                                                      const Arguments& arguments) const;
  std::filesystem::path folder_;
};

}  // namespace stepladder::end_to_end
