#include "stepladder/data/idx.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace stepladder::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

Bytes header(std::uint32_t magic, const std::vector<std::uint32_t>& sizes) {
  Bytes bytes;
  const auto append = [&bytes](std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<std::uint8_t>(number >> static_cast<unsigned>(shift)));
  };
  append(magic);
  for (const std::uint32_t size : sizes) append(size);
  return bytes;
}

Bytes images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
  Bytes bytes = header(0x803, {count, height, width});
  for (std::uint32_t i = 0; i < count * height * width; ++i)
    bytes.push_back(static_cast<std::uint8_t>(7 * i));
  return bytes;
}

Bytes labels(const Bytes& values) {
  Bytes bytes = header(0x801, {static_cast<std::uint32_t>(values.size())});
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

void write(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_gzip(const std::filesystem::path& path, const Bytes& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
            static_cast<int>(bytes.size()));
  ASSERT_EQ(gzclose(file), Z_OK);
}

// A good set of three training images and two test images of 2 x 3 pixels, to be spoilt.
class ReadIdx : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("idx_") + test->name() + '-' + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    files_ = {folder_ / "train-images", folder_ / "train-labels", folder_ / "test-images",
              folder_ / "test-labels"};
    write(files_.train_images, images(3, 2, 3));
    write(files_.train_labels, labels({0, 2, 1}));
    write(files_.test_images, images(2, 2, 3));
    write(files_.test_labels, labels({2, 0}));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Reading must fail, blame `path`, begin with it, and say what `message` matches.
  void expect_error(const std::filesystem::path& path,
                    const ::testing::Matcher<std::string>& message) {
    try {
      static_cast<void>(read_idx(files_));
      ADD_FAILURE() << "no DataError";
    } catch (const DataError& error) {
      EXPECT_EQ(error.path, path);
      EXPECT_THAT(error.what(), ::testing::StartsWith(path.string() + ": "));
      EXPECT_THAT(std::string(error.what()), message);
    }
  }

  std::filesystem::path folder_;
  IdxFiles files_;
};

TEST_F(ReadIdx, DoesWithoutTestFiles) {
  files_.test_images.clear();
  files_.test_labels.clear();
  const DataSet set = read_idx(files_);
  EXPECT_THAT(set.train.labels, ElementsAre(0, 2, 1));
  EXPECT_EQ(set.test_rows().count(), 0U);
}

TEST_F(ReadIdx, ReadsNoPixelsForAnOutline) {
  for (const auto& path : {files_.train_images, files_.test_images})
    std::filesystem::resize_file(path, 16);  // the header
  const DataSet set = read_idx(files_, Contents::outline);
  EXPECT_EQ(set.columns, 6U);
  EXPECT_EQ(set.classes, 3);
  EXPECT_THAT(set.train.labels, ElementsAre(0, 2, 1));
  EXPECT_THAT(set.test.labels, ElementsAre(2, 0));
  write(files_.test_labels, labels({2, 3}));
  EXPECT_THROW(static_cast<void>(read_idx(files_, Contents::outline)), DataError);
}

TEST_F(ReadIdx, gives_pixels_labels_and_shape) {
  const DataSet set = read_idx(files_);
  EXPECT_EQ(set.columns, 6U);
  EXPECT_EQ(set.classes, 3);
  EXPECT_THAT(set.train.labels, ElementsAre(0, 2, 1));
  EXPECT_THAT(set.test.labels, ElementsAre(2, 0));
  const Rows rows = set.train_rows();
  EXPECT_EQ(rows.count(), 3U);
  EXPECT_EQ(rows.row(1)[0], 42);
  EXPECT_EQ(set.test_rows().row(1)[5], 77);
  EXPECT_EQ(set.test_rows().classes, 3);
}

TEST_F(ReadIdx, scales_pixels_to_one_half_around_zero) {
  const Rows rows = read_idx(files_).train_rows();
  EXPECT_FLOAT_EQ((0.0F + rows.shift) * rows.scale, -0.5F);
  EXPECT_FLOAT_EQ((255.0F + rows.shift) * rows.scale, 0.5F);
}

TEST_F(ReadIdx, reads_gzip_under_either_name) {
  const std::uint64_t checksum = read_idx(files_).checksum;
  write_gzip(files_.train_labels, labels({0, 2, 1}));
  files_.train_images += ".gz";
  write_gzip(files_.train_images, images(3, 2, 3));
  EXPECT_EQ(read_idx(files_).checksum, checksum);
}

TEST_F(ReadIdx, reads_bodies_larger_than_its_buffers) {
  Bytes large = header(0x803, {3, 1024, 1024});
  large.resize(large.size() + std::size_t{3} * 1024 * 1024, 9);
  large.back() = 200;
  write_gzip(files_.train_images, large);
  Bytes two = header(0x803, {2, 1024, 1024});
  two.resize(two.size() + std::size_t{2} * 1024 * 1024, 9);
  write(files_.test_images, two);
  const DataSet set = read_idx(files_);
  EXPECT_EQ(set.train.features.size(), std::size_t{3} * 1024 * 1024);
  EXPECT_EQ(set.train.features.back(), 200);
}

TEST_F(ReadIdx, checksum_changes_with_any_pixel_or_label) {
  const std::uint64_t checksum = read_idx(files_).checksum;
  Bytes other = images(2, 2, 3);
  other.back() ^= 1U;
  write(files_.test_images, other);
  EXPECT_NE(read_idx(files_).checksum, checksum);
  write(files_.test_images, images(2, 2, 3));
  EXPECT_EQ(read_idx(files_).checksum, checksum);
  write(files_.train_labels, labels({0, 1, 2}));
  EXPECT_NE(read_idx(files_).checksum, checksum);
}

TEST_F(ReadIdx, checksum_of_a_known_set_never_changes) {
  EXPECT_EQ(read_idx(files_).checksum, 5829724412646673341U);
}

TEST_F(ReadIdx, names_a_missing_file) {
  std::filesystem::remove(files_.test_labels);
  expect_error(files_.test_labels, HasSubstr("no such file"));
}

TEST_F(ReadIdx, refuses_a_directory) {
  files_.train_images = folder_;
  expect_error(folder_, HasSubstr("not a regular file"));
}

TEST_F(ReadIdx, refuses_an_empty_file) {
  write(files_.train_images, {});
  expect_error(files_.train_images, HasSubstr("empty"));
}

TEST_F(ReadIdx, refuses_a_gz_name_without_gzip) {
  std::filesystem::rename(files_.train_labels, folder_ / "train-labels.gz");
  files_.train_labels += ".gz";
  expect_error(files_.train_labels, HasSubstr("not gzip"));
}

TEST_F(ReadIdx, says_where_a_header_ends_too_early) {
  Bytes bytes = images(3, 2, 3);
  bytes.resize(10);
  write(files_.train_images, bytes);
  expect_error(files_.train_images, AllOf(HasSubstr("byte 10"), HasSubstr("header")));
}

TEST_F(ReadIdx, says_where_the_pixels_end_too_early) {
  Bytes bytes = images(3, 2, 3);
  bytes.pop_back();
  write(files_.train_images, bytes);
  expect_error(files_.train_images,
               AllOf(HasSubstr("3 images of 2 x 3"), HasSubstr("end at byte 33")));
}

TEST_F(ReadIdx, says_where_the_labels_end_too_early) {
  Bytes bytes = labels({0, 2, 1});
  bytes.pop_back();
  write(files_.train_labels, bytes);
  expect_error(files_.train_labels, AllOf(HasSubstr("3 labels"), HasSubstr("end at byte 10")));
}

TEST_F(ReadIdx, refuses_extra_bytes) {
  Bytes bytes = images(2, 2, 3);
  bytes.push_back(0);
  write(files_.test_images, bytes);
  expect_error(files_.test_images, AllOf(HasSubstr("byte 28"), HasSubstr("more bytes follow")));
}

TEST_F(ReadIdx, refuses_gzip_that_is_cut_off) {
  const std::filesystem::path path = folder_ / "cut.gz";
  write_gzip(path, images(3, 2, 3));
  const Bytes whole = read(path);
  for (std::size_t size = 2; size < whole.size(); ++size) {
    write(path, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    files_.train_images = path;
    expect_error(path, HasSubstr("download"));
  }
}

TEST_F(ReadIdx, refuses_gzip_whose_contents_were_changed) {
  const std::filesystem::path path = folder_ / "changed.gz";
  write_gzip(path, images(3, 2, 3));
  Bytes bytes = read(path);
  bytes[bytes.size() - 6] ^= 1U;  // in the CRC-32
  write(path, bytes);
  files_.train_images = path;
  expect_error(path, HasSubstr("cannot be read"));
}

TEST_F(ReadIdx, refuses_another_kind_of_file) {
  write(files_.train_images, {'P', 'K', 3, 4, 0, 0, 0, 0});
  expect_error(files_.train_images, AllOf(HasSubstr("0x504b0304"), HasSubstr("0x00000803")));
}

TEST_F(ReadIdx, asks_whether_images_and_labels_are_swapped) {
  std::swap(files_.train_images, files_.train_labels);
  expect_error(files_.train_images, HasSubstr("swapped"));
}

TEST_F(ReadIdx, refuses_labels_that_are_not_as_many_as_the_images) {
  write(files_.test_labels, labels({2, 0, 1}));
  expect_error(files_.test_labels, AllOf(HasSubstr("3 labels"), HasSubstr("2 images"),
                                         HasSubstr(files_.test_images.string())));
}

TEST_F(ReadIdx, refuses_test_images_of_another_size) {
  write(files_.test_images, images(2, 3, 2));
  expect_error(files_.test_images, AllOf(HasSubstr("3 x 2"), HasSubstr("2 x 3")));
}

TEST_F(ReadIdx, refuses_a_test_label_that_training_never_shows) {
  write(files_.train_labels, labels({0, 2, 0}));
  write(files_.test_labels, labels({2, 1}));
  expect_error(files_.test_labels,
               AllOf(HasSubstr("label 1 at byte 9"), HasSubstr("never occurs")));
}

TEST_F(ReadIdx, refuses_a_single_class) {
  write(files_.train_labels, labels({0, 0, 0}));
  write(files_.test_labels, labels({0, 0}));
  expect_error(files_.train_labels, HasSubstr("two classes"));
}

TEST_F(ReadIdx, refuses_files_without_images_or_pixels) {
  write(files_.train_images, header(0x803, {0, 2, 3}));
  expect_error(files_.train_images, HasSubstr("0 images"));
  write(files_.train_images, header(0x803, {3, 0, 3}));
  expect_error(files_.train_images, HasSubstr("0 x 3"));
}

TEST_F(ReadIdx, takes_no_memory_because_a_header_says_so) {
  write(files_.train_images, header(0x803, {0xFFFFFFFFU, 28, 28}));
  expect_error(files_.train_images, AllOf(HasSubstr("4294967295"), HasSubstr("end at byte 16")));
  write(files_.train_images, header(0x803, {0xFFFFFFFFU, 0xFFFFFFFFU, 0xFFFFFFFFU}));
  expect_error(files_.train_images, HasSubstr("end at byte 16"));
  write_gzip(files_.train_images, header(0x803, {0xFFFFFFFFU, 28, 28}));
  expect_error(files_.train_images, HasSubstr("end at byte 16"));
}

}  // namespace
}  // namespace stepladder::data
