#include "stepladder/store/files.hpp"

#include <algorithm>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/temporary_folder.hpp"

namespace stepladder::store {
namespace {

using ::testing::HasSubstr;

TEST(WriteAtomically, ReplacesAndLeavesNoDraft) {
  const TemporaryFolder folder;
  write_atomically(folder / "file", "first, and longer");
  EXPECT_EQ(read_text(folder / "file"), "first, and longer");
  write_atomically(folder / "file", "second");
  EXPECT_EQ(read_text(folder / "file"), "second");
  write_atomically(folder / "file", "");
  EXPECT_EQ(read_text(folder / "file"), "");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteAtomically, KeepsEveryByte) {
  const TemporaryFolder folder;
  std::vector<std::byte> bytes(300'000);  // more than one read
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7 >> 3);
  write_atomically(folder / "file", bytes);
  EXPECT_EQ(read_bytes(folder / "file"), bytes);
}

TEST(WriteAtomically, TakesANameWithoutAFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(in_child([&] {
              std::filesystem::current_path(folder.path());
              write_atomically("plain", "text");
              return 42;
            }),
            42);
  EXPECT_EQ(read_text(folder / "plain"), "text");
}

TEST(WriteAtomically, NeverShowsHalfAFile) {
  const TemporaryFolder folder;
  const std::string a(200'000, 'a');
  const std::string b(100'000, 'b');
  write_atomically(folder / "file", a);
  std::thread writer([&] {
    for (int i = 0; i < 30; ++i) write_atomically(folder / "file", i % 2 == 0 ? b : a);
  });
  for (int i = 0; i < 200; ++i) {
    const std::string seen = read_text(folder / "file");
    EXPECT_TRUE(seen == a || seen == b) << seen.size() << " bytes";
  }
  writer.join();
}

TEST(WriteAtomically, LeavesNoDraftWhereItFails) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "taken");
  try {
    write_atomically(folder / "taken", "text");
    ADD_FAILURE();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.path, folder / "taken");
    EXPECT_THAT(error.what(), HasSubstr((folder / "taken").string()));
  }
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteAtomically, RefusesAPlaceThatIsNotThere) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_atomically(folder / "no/file", "text"), StorageError);
  put(folder / "file", "old");
  EXPECT_THROW(write_atomically(folder / "file/below", "text"), StorageError);
  EXPECT_EQ(read_text(folder / "file"), "old");
}

TEST(WriteAtomically, RefusesAFolderItMayNotWriteTo) {
  const TemporaryFolder folder;
  put(folder / "file", "old");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  EXPECT_EQ(as_nobody([&] {
              try {
                write_atomically(folder / "file", "text");
              } catch (const StorageError& error) {
                return std::string(error.what()).find("choose a folder") != std::string::npos ? 42
                                                                                              : 1;
              }
              return 0;
            }),
            42);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  EXPECT_EQ(read_text(folder / "file"), "old");
}

TEST(RemoveDraftsIn, RemovesWhatDeadWritersLeft) {
  const TemporaryFolder folder;
  put(folder / "trial-1-step-30.checkpoint.draft-node7.cluster.org-4711", "half");
  put(folder / "journal.jsonl.draft-node-7-12", "half");
  for (const char* name : {"letter.draft-2b", "letter.draft-", "letter-12", "letter"})
    put(folder / name, "whole");
  remove_drafts_in(folder.path());
  EXPECT_EQ(files_in(folder.path()), 4U);
  EXPECT_THROW(remove_drafts_in(folder / "missing"), StorageError);
}

TEST(ReadText, SaysWhatCannotBeRead) {
  const TemporaryFolder folder;
  EXPECT_THROW(static_cast<void>(read_text(folder / "missing")), StorageError);
  EXPECT_THROW(static_cast<void>(read_text(folder.path())), StorageError);
}

}  // namespace
}  // namespace stepladder::store
