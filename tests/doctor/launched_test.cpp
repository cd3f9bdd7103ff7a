#include "stepladder/doctor/launched.hpp"

#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

constexpr const char* kOpenMpi = "Open MPI v4.1.4, package: Debian OpenMPI";

// The environment as a launcher leaves it, and as it was afterwards.
class Launched : public ::testing::Test {
 protected:
  Launched() {
    for (const char* name : kNames) {
      if (const char* value = std::getenv(name)) before_[name] = value;
      ::unsetenv(name);
    }
  }
  ~Launched() override {
    for (const char* name : kNames) ::unsetenv(name);
    for (const auto& [name, value] : before_) set(name.c_str(), value.c_str());
  }
  static void set(const char* name, const char* value) { ::setenv(name, value, 1); }

 private:
  static constexpr std::array kNames = {
      "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE",     "PMI_RANK",
      "SLURM_STEP_ID",        "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "PMIX_NAMESPACE"};
  std::map<std::string, std::string> before_;
};

TEST_F(Launched, ByNobodyIsRankZeroOfOne) {
  EXPECT_EQ(ranks_launched(), 1);
  EXPECT_EQ(rank_launched(), 0);
  EXPECT_FALSE(is_slurm_step());
  EXPECT_EQ(launcher_trouble(kOpenMpi), std::nullopt);
}

TEST_F(Launched, ByMpirunIsWhatItSays) {
  set("OMPI_COMM_WORLD_SIZE", "4");
  set("OMPI_COMM_WORLD_RANK", "3");
  set("SLURM_STEP_ID", "0");  // mpirun itself starts its daemons by srun
  EXPECT_EQ(ranks_launched(), 4);
  EXPECT_EQ(rank_launched(), 3);
  EXPECT_FALSE(is_slurm_step());
}

TEST_F(Launched, ByHydraIsWhatItSays) {
  set("PMI_SIZE", "3");
  set("PMI_RANK", "2");
  EXPECT_EQ(ranks_launched(), 3);
  EXPECT_EQ(rank_launched(), 2);
}

TEST_F(Launched, BySrunWithoutPmixOpenMpiCannotFindTheOthers) {
  set("SLURM_STEP_ID", "0");
  set("SLURM_STEP_NUM_TASKS", "8");
  set("SLURM_PROCID", "5");
  EXPECT_EQ(ranks_launched(), 8);
  EXPECT_EQ(rank_launched(), 5);
  EXPECT_TRUE(is_slurm_step());
  EXPECT_THAT(launcher_trouble(kOpenMpi), Optional(HasSubstr("srun --mpi=pmix")));
  EXPECT_EQ(launcher_trouble("MPICH Version: 4.0.2"), std::nullopt);
  set("PMIX_NAMESPACE", "slurm.pmix.1.0");
  EXPECT_EQ(launcher_trouble(kOpenMpi), std::nullopt);
}

}  // namespace
}  // namespace stepladder::doctor
