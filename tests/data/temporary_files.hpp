// A folder of its own for each test, and files in it.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "stepladder/data/data_error.hpp"

namespace stepladder::data {

class TemporaryFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string(test->test_suite_name()) + '_' + test->name() + '-' +
               std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  std::filesystem::path write_gzip(const std::string& name, const std::string& bytes) const {
    gzFile file = gzopen((folder_ / name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return folder_ / name;
  }
  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

// What reading complains of, without the path of `file` that it must begin with; "" for nothing.
inline std::string complaint_about(const std::filesystem::path& file,
                                   const std::function<void()>& read) {
  try {
    read();
    return "";
  } catch (const DataError& error) {
    EXPECT_EQ(error.path, file);
    const std::string beginning = file.string() + ": ";
    EXPECT_THAT(error.what(), ::testing::StartsWith(beginning));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("; "));  // and what to do
    return std::string(error.what()).substr(beginning.size());
  }
}

}  // namespace stepladder::data
