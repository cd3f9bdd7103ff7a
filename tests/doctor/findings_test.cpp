#include "stepladder/doctor/findings.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::doctor {
namespace {

using ::testing::HasSubstr;

class Doctor : public ::testing::Test {
 protected:
  Doctor() {
    for (int rank = 0; rank < 4; ++rank)
      patient.ranks.push_back({.host = rank < 2 ? "a" : "b",
                               .program = "0.1.0 12345678",
                               .level = "v3",
                               .processor = "model",
                               .mpi = "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4",
                               .cores = {0, 1},
                               .shm_free = 64'000'000,
                               .clock = 1000.0 + rank * 0.01});
  }

  // The finding about a thing, after making sure that all else is well.
  [[nodiscard]] Finding only(const std::string& about) const {
    Finding found;
    for (Finding& finding : examine(patient)) {
      if (finding.about == about)
        found = finding;
      else
        EXPECT_EQ(finding.gravity, Gravity::well) << finding.about << ": " << finding.what;
      EXPECT_EQ(finding.remedy.empty(), finding.gravity == Gravity::well) << finding.what;
    }
    EXPECT_EQ(found.about, about);
    return found;
  }

  Patient patient{.ranks_launched = 4,
                  .slurm_tasks = 4,
                  .mpi_built = "Open MPI 4.1.4",
                  .storage = StorageFacts{.folder = "/runs", .bytes_free = 5'000'000},
                  .checkpoints = CheckpointNeed{.bytes_each = 400'000, .count = 10}};
};

TEST_F(Doctor, FindsNothingWhereAllIsWell) {
  for (const Finding& finding : examine(patient))
    EXPECT_EQ(finding.gravity, Gravity::well) << finding.about << ": " << finding.what;
}

TEST_F(Doctor, TellsThatItWasBuiltWithoutMpi) {
  patient.mpi_built = "";
  patient.ranks.resize(1);
  patient.ranks[0].mpi = "";
  patient.ranks_launched = 1;
  patient.slurm_tasks = 0;
  patient.threads = 1;
  const std::vector<Finding> findings = examine(patient);
  const auto found = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.about == "library";
  });
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->gravity, Gravity::well);
  EXPECT_EQ(found->what, "built without MPI: workers are threads");
}

TEST_F(Doctor, TellsWhatWasReadOfTheData) {
  patient.data = "9 rows";
  EXPECT_EQ(only("data").what, "9 rows");
}

TEST_F(Doctor, FindsRanksThatAreAlone) {
  patient.ranks.resize(1);
  patient.threads = 1;
  const Finding finding = only("launcher");
  EXPECT_EQ(finding.gravity, Gravity::error);
  EXPECT_THAT(finding.what, HasSubstr("4 ranks were started, but each of them is alone"));
  EXPECT_THAT(finding.remedy, HasSubstr("srun --mpi=pmix"));
}

TEST_F(Doctor, FindsTasksThatAreNotUsed) {
  patient.slurm_tasks = 9;
  EXPECT_THAT(only("launcher").what, HasSubstr("9 tasks, and 4 ranks were started"));
  patient.ranks_launched = 1;
  patient.ranks.resize(1);
  EXPECT_THAT(only("launcher").what, HasSubstr("9 tasks, and this is one process"));
}

TEST_F(Doctor, SaysWhatADeadRankDoesUnderSrun) {
  patient.is_slurm_step = true;
  const Finding finding = only("launcher");
  EXPECT_EQ(finding.gravity, Gravity::warning);
  EXPECT_THAT(finding.remedy, HasSubstr("Slurm ends the whole step"));
}

TEST_F(Doctor, FindsAnotherLibraryThanAtTheBuild) {
  patient.ranks[2].mpi = "Open MPI v5.0.7, package: ...";
  EXPECT_EQ(only("library").gravity, Gravity::error);
  EXPECT_EQ(only("library").what, "built with Open MPI 4.1.4, running with Open MPI 5.0.7 on b");
  patient.ranks[2].mpi = "MPICH Version: 4.0.2";
  EXPECT_EQ(only("library").gravity, Gravity::error);
  patient.ranks[2].mpi = "Open MPI v4.1.6, package: ...";
  EXPECT_EQ(only("library").gravity, Gravity::warning);
}

TEST_F(Doctor, FindsMoreWorkersThanCores) {
  patient.ranks[2].cores = patient.ranks[3].cores = {5};  // both bound to one
  EXPECT_EQ(only("cores").what, "b: 2 workers may use 1 cores between them");
  patient.ranks[3].cores = {6};
  EXPECT_EQ(only("cores").gravity, Gravity::well);
}

TEST_F(Doctor, DoesNotCountTheSchedulerAmongTheWorkers) {
  for (RankFacts& rank : patient.ranks) rank.host = "a";
  EXPECT_EQ(only("cores").what, "a: 3 workers may use 2 cores between them");
  patient.ranks.pop_back();
  patient.slurm_tasks = 0;
  patient.ranks_launched = 3;
  EXPECT_EQ(only("cores").gravity, Gravity::well);
}

TEST_F(Doctor, FindsLibrariesThatStartThreads) {
  patient.ranks[1].threaded_library = "libopenblas.so.0";
  EXPECT_THAT(only("threads").remedy, HasSubstr("OMP_NUM_THREADS=1"));
  patient.ranks[1].threads_allowed = 1;
  EXPECT_EQ(only("threads").gravity, Gravity::well);
}

TEST_F(Doctor, FindsUnequalBinaries) {
  patient.ranks[3].program = "0.1.0 87654321";
  EXPECT_EQ(only("binaries").gravity, Gravity::error);
  EXPECT_EQ(only("binaries").what,
            "the ranks run different programs: 0.1.0 12345678 on a b, 0.1.0 87654321 on b");
}

TEST_F(Doctor, FindsProcessorsWhoseScoresMayDiffer) {
  patient.ranks[3].level = "v4";
  EXPECT_EQ(only("processors").gravity, Gravity::well);  // they agree bit for bit
  patient.ranks[3].level = "generic";
  EXPECT_EQ(only("processors").gravity, Gravity::warning);
}

TEST_F(Doctor, FindsClocksThatDiffer) {
  patient.ranks[2].clock += 90;
  EXPECT_EQ(only("clocks").what, "b is 90 s ahead of a");
}

TEST_F(Doctor, FindsARunDirectoryThatIsNotShared) {
  patient.ranks[2].sees_run_directory = false;
  EXPECT_EQ(only("directory").gravity, Gravity::error);
  EXPECT_EQ(only("directory").what, "b does not see what rank 0 writes in /runs");
}

TEST_F(Doctor, FindsARunDirectoryThatDoesNotLast) {
  patient.storage->file_system = "tmpfs";
  EXPECT_THAT(only("directory").what, HasSubstr("/runs is memory (tmpfs)"));
}

TEST_F(Doctor, FindsARunDirectoryThatIsNotWritable) {
  patient.storage->is_writable = false;
  EXPECT_EQ(only("directory").gravity, Gravity::error);
  EXPECT_EQ(only("directory").what, "/runs is not writable");
}

TEST_F(Doctor, FindsThatMessagesHaveNoRoomInSharedMemory) {
  for (RankFacts& rank : patient.ranks)
    if (rank.host == "b") rank.shm_free = 4'400'000;
  EXPECT_THAT(only("messages").what, HasSubstr("b has 4.4 MB free in /dev/shm"));
  patient.ranks.pop_back();  // a rank that is alone on its host sends nothing through it
  patient.slurm_tasks = patient.ranks_launched = 3;
  EXPECT_EQ(only("messages").gravity, Gravity::well);
}

TEST_F(Doctor, FindsRanksThatCannotShareTheData) {
  patient.ranks[2].sharing_trouble = patient.ranks[3].sharing_trouble = "ftruncate: File too large";
  const Finding finding = only("memory");
  EXPECT_EQ(finding.gravity, Gravity::warning);
  EXPECT_THAT(finding.what, HasSubstr("each rank on b needs memory for a copy of the data"));
  EXPECT_THAT(finding.what, HasSubstr("(ftruncate: File too large)"));
  EXPECT_EQ(facts_from(to_json(patient.ranks[2])), patient.ranks[2]);
}

TEST_F(Doctor, FindsThatThereIsNoRoom) {
  patient.checkpoints->count = 15;
  EXPECT_EQ(only("room").what, "the checkpoints may take 6.0 MB, and 5.0 MB are free in /runs");
  patient.checkpoints->bytes_max = 4'500'000;
  EXPECT_EQ(only("room").gravity, Gravity::well);
  patient.checkpoints = CheckpointNeed{.bytes_each = 400'000, .bytes_max = 6'000'000};
  EXPECT_EQ(only("room").what, "the checkpoints may take 6.0 MB, and 5.0 MB are free in /runs");
  patient.checkpoints->bytes_max = 0;  // and nobody knows how many trials
  EXPECT_EQ(only("room").gravity, Gravity::well);
}

TEST_F(Doctor, FindsALimitThatCannotBeKeptTo) {
  patient.checkpoints->bytes_max = 7 * 400'000 - 1;  // three workers
  EXPECT_EQ(only("room").gravity, Gravity::error);
  EXPECT_THAT(only("room").what, HasSubstr("run.checkpoint_bytes_max = 2799999 cannot be kept to"));
  EXPECT_THAT(only("room").remedy, HasSubstr("give 2800000 or more"));
  patient.checkpoints->is_exact = false;
  EXPECT_EQ(only("room").gravity, Gravity::warning);
  patient.checkpoints->bytes_max = 7 * 400'000;
  EXPECT_EQ(only("room").gravity, Gravity::well);
}

TEST_F(Doctor, ReportsInWordsAndAsJson) {
  patient.ranks[2].clock += 90;
  const std::vector<Finding> findings = examine(patient);
  EXPECT_THAT(to_text(findings), HasSubstr("warning  clocks      b is 90 s ahead of a\n"));
  EXPECT_THAT(to_json(findings), HasSubstr("\"gravity\": \"warning\",\n    \"about\": \"clocks\""));
}

TEST(Facts, AreOfThisMachineAndTravel) {
  const RankFacts here = facts_here("0.1.0", "v3", "Open MPI v4.1.4");
  EXPECT_FALSE(here.host.empty());
  EXPECT_FALSE(here.cores.empty());
  EXPECT_EQ(here.program.size(), std::string("0.1.0 12345678").size());
  EXPECT_EQ(facts_from(to_json(here)), here);
  EXPECT_THROW(static_cast<void>(facts_from("{}")), FactsError);
}

TEST(Facts, KnowWhatAFileSystemIs) {
  EXPECT_EQ(storage_at("/dev/shm").file_system, "tmpfs");
  const StorageFacts facts = storage_at("/dev/shm/not/there/yet");
  EXPECT_EQ(facts.folder, "/dev/shm");
  EXPECT_GT(facts.bytes_free, 0U);
}

}  // namespace
}  // namespace stepladder::doctor
