#include "stepladder/data/npy.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/temporary_files.hpp"

namespace stepladder::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string dictionary(const std::string& type, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string with_header(const std::string& header, const std::string& body, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  const std::string padded = header + '\n';
  for (std::size_t i = 0; i < (version == 1 ? 2U : 4U); ++i)
    bytes += static_cast<char>(padded.size() >> (8 * i));
  return bytes + padded + body;
}

template <class Number>
std::string body_of(const std::vector<Number>& numbers) {
  std::string bytes;
  for (const Number number : numbers) {
    const auto begin = reinterpret_cast<const char*>(&number);  // this machine is little-endian
    bytes.append(begin, sizeof number);
  }
  return bytes;
}

template <class Number>
std::string npy(const std::string& type, const std::string& shape,
                const std::vector<Number>& numbers) {
  return with_header(dictionary(type, shape), body_of(numbers));
}

const std::string kFeatures = npy<float>("<f4", "(3, 2)", {1, 2, 3, 4, -5, 0.5F});
const std::string kLabels = npy<std::int64_t>("<i8", "(3,)", {7, -1, 7});

class ReadNpy : public TemporaryFiles {
 protected:
  [[nodiscard]] DataSet read(const std::string& features, const std::string& labels) const {
    return read_npy({.train = write("x.npy", features), .train_labels = write("y.npy", labels)});
  }
  [[nodiscard]] std::string complaint(const std::string& features) const {
    const NpyFiles files{.train = write("x.npy", features),
                         .train_labels = write("y.npy", kLabels)};
    return complaint_about(files.train, [&] { static_cast<void>(read_npy(files)); });
  }
  [[nodiscard]] std::string label_complaint(const std::string& labels) const {
    const NpyFiles files{.train = write("x.npy", kFeatures),
                         .train_labels = write("y.npy", labels)};
    return complaint_about(files.train_labels, [&] { static_cast<void>(read_npy(files)); });
  }
};

TEST_F(ReadNpy, reads_floats_and_sorts_labels_as_numbers) {
  const DataSet set = read(kFeatures, kLabels);
  EXPECT_EQ(set.columns, 2U);
  EXPECT_EQ(set.classes, 2);
  EXPECT_THAT(set.class_names, ElementsAre("-1", "7"));
  EXPECT_THAT(set.train.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 2.0F, 3.0F, 4.0F, -5.0F, 0.5F));
  EXPECT_TRUE(set.train.features.empty());
  EXPECT_TRUE(set.test.labels.empty());
}

TEST_F(ReadNpy, ReadsNoFeaturesForAnOutline) {
  const std::string header_alone = with_header(dictionary("<f4", "(3, 2)"), "");
  const NpyFiles files{.train = write("x.npy", header_alone),
                       .train_labels = write("y.npy", kLabels),
                       .test = write("t.npy", header_alone),
                       .test_labels = write("u.npy", kLabels)};
  const DataSet set = read_npy(files, Contents::outline);
  EXPECT_EQ(set.columns, 2U);
  EXPECT_EQ(set.classes, 2);
  EXPECT_THAT(set.train.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(set.test.labels, ElementsAre(1, 0, 1));
}

TEST_F(ReadNpy, reads_doubles_to_the_same) {
  const DataSet set = read(npy<double>("<f8", "(3, 2)", {1, 2, 3, 4, -5, 0.5}), kLabels);
  EXPECT_EQ(set.checksum, read(kFeatures, kLabels).checksum);
}

TEST_F(ReadNpy, keeps_bytes_as_pixels) {
  const DataSet set = read(npy<std::uint8_t>("|u1", "(3, 2)", {0, 255, 1, 2, 3, 4}), kLabels);
  EXPECT_THAT(set.train.features, ElementsAre(0, 255, 1, 2, 3, 4));
  EXPECT_TRUE(set.train.reals.empty());
  EXPECT_EQ(set.shift, -127.5F);
  EXPECT_EQ(set.scale, 1.0F / 255.0F);
}

TEST_F(ReadNpy, takes_images_as_they_are) {
  const DataSet set = read(npy<float>("<f4", "(3, 2, 2, 1)", std::vector<float>(12)), kLabels);
  EXPECT_EQ(set.columns, 4U);
}

TEST_F(ReadNpy, takes_every_whole_number_for_a_label) {
  const auto labels_of = [&](const std::string& labels) {
    return read(kFeatures, labels).class_names;
  };
  EXPECT_THAT(labels_of(npy<std::int8_t>("|i1", "(3,)", {-128, 127, 0})),
              ElementsAre("-128", "0", "127"));
  EXPECT_THAT(labels_of(npy<std::uint8_t>("|u1", "(3,)", {255, 0, 1})),
              ElementsAre("0", "1", "255"));
  EXPECT_THAT(labels_of(npy<std::int16_t>("<i2", "(3,)", {-2, 3, 3})), ElementsAre("-2", "3"));
  EXPECT_THAT(labels_of(npy<std::uint16_t>("<u2", "(3,)", {65535, 3, 3})),
              ElementsAre("3", "65535"));
  EXPECT_THAT(labels_of(npy<std::int32_t>("<i4", "(3, 1)", {-2, 3, 3})), ElementsAre("-2", "3"));
  EXPECT_THAT(labels_of(npy<std::uint32_t>("<u4", "(3,)", {4294967295, 3, 3})),
              ElementsAre("3", "4294967295"));
  EXPECT_THAT(labels_of(npy<std::uint64_t>("<u8", "(3,)", {1, 3, 3})), ElementsAre("1", "3"));
}

TEST_F(ReadNpy, reads_the_later_versions_python_2_and_gzip) {
  const std::string body = body_of<float>({1, 2, 3, 4, -5, 0.5F});
  const std::uint64_t checksum = read(kFeatures, kLabels).checksum;
  for (const char version : {'\2', '\3'})
    EXPECT_EQ(read(with_header(dictionary("<f4", "(3, 2)"), body, version), kLabels).checksum,
              checksum);
  EXPECT_EQ(
      read(with_header("{\"shape\":(3L,2L),'fortran_order':False,'descr':'<f4'}   ", body), kLabels)
          .checksum,
      checksum);
  const DataSet packed = read_npy({.train = write_gzip("x.npy.gz", kFeatures),
                                   .train_labels = write_gzip("y.npy.gz", kLabels)});
  EXPECT_EQ(packed.checksum, checksum);
}

TEST_F(ReadNpy, reads_a_test_part_with_the_classes_of_the_training_part) {
  NpyFiles files{.train = write("x", kFeatures),
                 .train_labels = write("y", kLabels),
                 .test = write("tx", npy<double>("<f8", "(1, 2)", {8, 9})),
                 .test_labels = write("ty", npy<std::uint8_t>("|u1", "(1,)", {7}))};
  const DataSet set = read_npy(files);
  EXPECT_THAT(set.test.labels, ElementsAre(1));
  EXPECT_THAT(set.test.reals, ElementsAre(8.0F, 9.0F));
  write("ty", npy<std::uint8_t>("|u1", "(1,)", {3}));
  EXPECT_THAT(complaint_about(files.test_labels, [&] { static_cast<void>(read_npy(files)); }),
              HasSubstr(", row 0: label 3 never occurs in " + files.train_labels.string()));
  const auto test_complaint = [&](const std::string& features) {
    write("tx", features);
    return complaint_about(files.test, [&] { static_cast<void>(read_npy(files)); });
  };
  EXPECT_THAT(test_complaint(npy<float>("<f4", "(1, 3)", {1, 2, 3})),
              StartsWith("the array has the shape (1, 3) of floats"));
  EXPECT_THAT(test_complaint(npy<std::uint8_t>("|u1", "(1, 2)", {1, 2})),
              StartsWith("the array has the shape (1, 2) of bytes"));
}

TEST_F(ReadNpy, complains_of_order_type_and_shape) {
  const std::string body = body_of<float>({1, 2, 3, 4, -5, 0.5F});
  EXPECT_THAT(complaint(with_header(dictionary("<f4", "(3, 2)", "True"), body)),
              StartsWith("the array is in Fortran order; save np.ascontiguousarray"));
  EXPECT_THAT(complaint(with_header(dictionary(">f4", "(3, 2)"), body)), HasSubstr("big-endian"));
  for (const char* type : {"<f2", "<i4", "|b1", "|O", "<U8", "<c8", "|S1", ""})
    EXPECT_THAT(complaint(with_header(dictionary(type, "(3, 2)"), body)),
                StartsWith("the array's numbers are of type '" + std::string(type) + "'"));
  EXPECT_THAT(complaint(with_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': "
                                    "(6,)}",
                                    body)),
              StartsWith("the array has fields with names"));
  EXPECT_THAT(complaint(npy<float>("<f4", "(6,)", {1, 2, 3, 4, 5, 6})),
              StartsWith("the array's shape is (6,), but features are an array of rows"));
  EXPECT_THAT(complaint(npy<float>("<f4", "()", {1})), StartsWith("the array's shape is ()"));
  for (const char* shape : {"(0, 2)", "(3, 0)", "(3, 2, 0)"})
    EXPECT_THAT(complaint(npy<float>("<f4", shape, {})), StartsWith("the array is empty"));
}

TEST_F(ReadNpy, believes_no_huge_shape) {
  const std::string body = body_of<float>({1, 2});
  for (const char* shape : {"(4294967295, 1000000)", "(18446744073709551615, 2)", "(4294967296, 1)",
                            "(2, 18446744073709551615)", "(3, 4294967296, 4294967296, 4294967296)"})
    EXPECT_THAT(complaint(with_header(dictionary("<f4", shape), body)),
                HasSubstr("the header announces"))
        << shape;
  EXPECT_THAT(complaint(with_header(dictionary("<f4", "(18446744073709551616, 2)"), body)),
              StartsWith("the header is damaged at byte "));
  EXPECT_THAT(complaint(with_header(dictionary("|u1", "(4000000000, 1000000)"), body)),
              HasSubstr("the contents end too early, at byte "));
}

TEST_F(ReadNpy, complains_of_damage_at_every_byte_of_the_header) {
  EXPECT_THAT(complaint("not numpy at all"), StartsWith("not a .npy file"));
  EXPECT_THAT(complaint("PK\3\4 an archive"), StartsWith("this is an .npz archive"));
  EXPECT_THAT(complaint(std::string("\x93NUMPY\4\0", 8)), HasSubstr("version 4 (byte 6)"));
  EXPECT_THAT(complaint(std::string("\x93NUMPY\2\0\xFF\xFF\xFF\xFF", 12)),
              StartsWith("the header is damaged: at byte 8 it claims 4294967295 bytes"));
  for (std::size_t size = 1; size < kFeatures.size(); ++size)
    EXPECT_NE(complaint(kFeatures.substr(0, size)), "") << size;
  EXPECT_THAT(complaint(kFeatures.substr(0, 30)),
              StartsWith("the file ends at byte 30, inside its"));
  EXPECT_THAT(
      complaint(kFeatures.substr(0, kFeatures.size() - 1)),
      HasSubstr("the contents end too early, at byte " + std::to_string(kFeatures.size() - 1)));
  EXPECT_THAT(complaint(kFeatures + "x"),
              HasSubstr("which ends at byte " + std::to_string(kFeatures.size()) +
                        ", but more bytes follow"));
  for (const char* header : {"", "{", "{}", "(3, 2)", "{'descr': '<f4'}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)",
                             "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3, 2)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (3, -2)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (3 2)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'x': 1}",
                             "{'descr': '<f4', 'descr': '<f4', 'shape': (3, 2)}",
                             "{'descr': '<f4, 'fortran_order': False, 'shape': (3, 2)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)} x"})
    EXPECT_THAT(complaint(with_header(header, "")), StartsWith("the header is damaged at byte "))
        << header;
}

TEST_F(ReadNpy, complains_of_numbers_by_byte_row_and_column) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string with_nan = npy<float>("<f4", "(3, 2)", {1, 2, 3, nan, 5, 6});
  EXPECT_THAT(complaint(with_nan), StartsWith("byte " + std::to_string(with_nan.size() - 12) +
                                              ", row 1, column 1: not a finite number; fill"));
  EXPECT_THAT(complaint(npy<double>("<f8", "(3, 2)", {1, 2, 3, 4, 5, -1e38})),
              HasSubstr("row 2, column 1: a number beyond 1e37"));
}

TEST_F(ReadNpy, complains_of_labels) {
  EXPECT_THAT(label_complaint(npy<float>("<f4", "(3,)", {1, 2, 3})),
              StartsWith("the array's values are of type '<f4', but labels are whole numbers"));
  EXPECT_THAT(label_complaint(npy<std::uint8_t>("<U1", "(3,)", {1, 2, 3})), HasSubstr("np.unique"));
  EXPECT_THAT(label_complaint(npy<std::int32_t>(">i4", "(3,)", {1, 2, 3})),
              HasSubstr("big-endian"));
  EXPECT_THAT(label_complaint(npy<std::uint8_t>("|u1", "(3, 2)", {1, 2, 3, 4, 5, 6})),
              HasSubstr("one_hot.argmax"));
  EXPECT_THAT(label_complaint(npy<std::uint8_t>("|u1", "(4,)", {1, 2, 3, 4})),
              StartsWith("the array has 4 labels, but " + at("x.npy").string() + " has 3 rows"));
  EXPECT_THAT(label_complaint(npy<std::uint8_t>("|u1", "(3,)", {1, 2})), HasSubstr("too early"));
  EXPECT_THAT(label_complaint(npy<std::uint8_t>("|u1", "(3,)", {4, 4, 4})),
              StartsWith("every label (the file's numbers) is 4"));
  EXPECT_THAT(label_complaint(npy<std::uint64_t>("<u8", "(3,)", {1, 2, ~std::uint64_t{0}})),
              HasSubstr("row 2: a label beyond 2^63"));
}

}  // namespace
}  // namespace stepladder::data
