#include "stepladder/launch/leftovers.hpp"

#include <fcntl.h>
#include <fstream>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace stepladder::launch {
namespace {

namespace fs = std::filesystem;

class Leftovers : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& name) const { std::ofstream(folder_ / name) << "something"; }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_))
      names.insert(file.path().filename().string());
    return names;
  }
  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("leftovers-" + std::to_string(::getpid()));
  const std::string own_ = std::to_string(::geteuid());
};

TEST_F(Leftovers, OfTheJobAreRemovedAndNothingElse) {
  put("vader_segment.node7." + own_ + ".12310001.0");
  put("vader_segment.node7.cluster.org." + own_ + ".12310001.11");
  const std::set<std::string> others = {
      "vader_segment.node7." + own_ + ".12310002.0",    // another job's
      "vader_segment.node7.77" + own_ + ".12310001.0",  // another user's
      "vader_segment.12310001", "psm_segment.node7." + own_ + ".12310001.0", "12310001"};
  for (const std::string& name : others) put(name);
  EXPECT_EQ(remove_shared_memory_of(0x12310001, folder_), 2);
  EXPECT_EQ(files(), others);
  EXPECT_EQ(remove_shared_memory_of(0x12310001, folder_ / "nowhere"), 0);
}

TEST_F(Leftovers, ThatSomebodyStillMapsAreKept) {
  const std::string name = "vader_segment.node7." + own_ + ".12310001.0";
  put(name);
  const int file = ::open((folder_ / name).c_str(), O_RDWR);
  void* mapped = ::mmap(nullptr, 9, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  ASSERT_NE(mapped, MAP_FAILED);
  EXPECT_EQ(remove_shared_memory_of(0x12310001, folder_), 0);
  ::munmap(mapped, 9);
  EXPECT_EQ(remove_shared_memory_of(0x12310001, folder_), 1);
}

TEST_F(Leftovers, OfASessionAreThoseOfThatMpirun) {
  const fs::path session = folder_ / "ompi.node7.0/pid.4711";
  fs::create_directories(session / "0/1");
  remove_session_of(4712, session);
  remove_session_of(4711, session / "0");
  remove_session_of(4711, session.parent_path());
  EXPECT_TRUE(fs::exists(session / "0/1"));
  remove_session_of(4711, session);
  EXPECT_FALSE(fs::exists(session));
  EXPECT_TRUE(fs::exists(session.parent_path()));
  fs::create_directories(folder_ / "home/pid.4711");
  remove_session_of(4711, folder_ / "home/pid.4711");
  EXPECT_TRUE(fs::exists(folder_ / "home/pid.4711"));
}

}  // namespace
}  // namespace stepladder::launch
