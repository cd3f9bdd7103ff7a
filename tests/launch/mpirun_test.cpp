#include "stepladder/launch/mpirun.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::launch {
namespace {

using ::testing::ElementsAre;

const MpirunCall kOrder{.ranks = 4,
                        .hosts = {{.name = "a", .ranks = 2}, {.name = "b", .ranks = 3}},
                        .variables = {"NAME"},
                        .options = {"--tag-output"},
                        .command = {"program", "tune"}};

TEST(Mpirun, IsKnownByWhatItSays) {
  const auto said = [](std::string_view text) { return mpirun_saying("mpirun", text); };
  const Mpirun four = said("mpirun (Open MPI) 4.1.4\n\nReport bugs to ...\n");
  EXPECT_EQ(four.family, Family::open_mpi_4);
  EXPECT_EQ(four.version, "Open MPI 4.1.4");
  EXPECT_EQ(said("mpiexec (OpenRTE) 4.1.4\n").version, four.version);
  EXPECT_EQ(said("mpiexec (OpenRTE) 4.1.4\n").family, Family::open_mpi_4);
  EXPECT_EQ(said("mpirun (Open MPI) 5.0.7\n").family, Family::open_mpi_5);
  EXPECT_EQ(said("mpirun (Open MPI) 10.0.0a1\n").family, Family::open_mpi_5);
  EXPECT_EQ(said("mpirun (Open MPI) 3.1.3\n").family, Family::other);
  const Mpirun other = said("HYDRA build details:\n    Version: 4.0.2\n");
  EXPECT_EQ(other.family, Family::other);
  EXPECT_EQ(other.version, "HYDRA build details:");
  EXPECT_EQ(said("").family, Family::other);
}

TEST(Mpirun, OfVersion4KeepsTheOthersAliveByRecovery) {
  EXPECT_THAT(
      command_line({.program = "mpirun", .family = Family::open_mpi_4}, kOrder),
      ElementsAre("mpirun", "-q", "--enable-recovery", "--oversubscribe", "--bind-to", "none", "-n",
                  "4", "--host", "a:2,b:3", "-x", "NAME", "--tag-output", "program", "tune"));
}

TEST(Mpirun, OfVersion5KeepsTheOthersAliveByUlfm) {
  EXPECT_THAT(command_line({.program = "/opt/bin/mpirun", .family = Family::open_mpi_5}, kOrder),
              ElementsAre("/opt/bin/mpirun", "--with-ft", "ulfm", "--map-by", ":OVERSUBSCRIBE",
                          "--bind-to", "none", "--prtemca", "prte_execute_quiet", "1", "-n", "4",
                          "--host", "a:2,b:3", "-x", "NAME", "--tag-output", "program", "tune"));
}

TEST(Mpirun, OfAnotherKindIsToldNothingItMayNotKnow) {
  EXPECT_THAT(
      command_line({.program = "mpiexec"}, {.ranks = 2, .variables = {"V"}, .command = {"p"}}),
      ElementsAre("mpiexec", "-n", "2", "p"));
}

TEST(Mpirun, ThatIsMissingIsNamed) {
  try {
    static_cast<void>(find_mpirun("/nowhere/mpirun"));
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "cannot start /nowhere/mpirun: No such file or directory");
  }
}

}  // namespace
}  // namespace stepladder::launch
