#include "stepladder/data/csv.hpp"

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

const std::string kFlowers =
    "length,width,kind\n"
    "1,0.5,rose\n"
    "-2,+1e2,lily\n"
    "3.25,0,rose\n";

class ReadCsv : public TemporaryFiles {
 protected:
  [[nodiscard]] DataSet read(const std::string& text, CsvFiles files = {}) const {
    files.train = write("train.csv", text);
    return read_csv(files);
  }
  [[nodiscard]] DataSet read_both(const std::string& train, const std::string& test) const {
    return read(train, {.test = write("test.csv", test)});
  }
  [[nodiscard]] std::string complaint(const std::string& text, CsvFiles files = {}) const {
    files.train = write("train.csv", text);
    return complaint_about(files.train, [&] { static_cast<void>(read_csv(files)); });
  }
  [[nodiscard]] std::string test_complaint(const std::string& test) const {
    const CsvFiles files{.train = write("train.csv", kFlowers), .test = write("test.csv", test)};
    return complaint_about(files.test, [&] { static_cast<void>(read_csv(files)); });
  }
};

TEST_F(ReadCsv, takes_the_last_column_for_the_label) {
  const DataSet set = read(kFlowers);
  EXPECT_EQ(set.columns, 2U);
  EXPECT_EQ(set.classes, 2);
  EXPECT_THAT(set.class_names, ElementsAre("lily", "rose"));
  EXPECT_THAT(set.train.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 0.5F, -2.0F, 100.0F, 3.25F, 0.0F));
  EXPECT_TRUE(set.train.features.empty());
  EXPECT_TRUE(set.test.labels.empty());
}

TEST_F(ReadCsv, CountsTheRowsItHasRead) {
  std::atomic<std::int64_t> rows = 0;
  const CsvFiles files{.train = write("train.csv", kFlowers), .test = write("test.csv", kFlowers)};
  static_cast<void>(read_csv(files, Contents::everything, &rows));
  EXPECT_EQ(rows, 6);
}

// The whole file is gone through for the labels, and its numbers are checked on the way.
TEST_F(ReadCsv, KeepsNoFeaturesForAnOutline) {
  const DataSet set = read_csv({.train = write("a.csv", "x,y\n1,b\n2,a\n")}, Contents::outline);
  EXPECT_EQ(set.columns, 1U);
  EXPECT_THAT(set.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(set.train.labels, ElementsAre(1, 0));
  EXPECT_TRUE(set.train.reals.empty());
  EXPECT_THROW(static_cast<void>(
                   read_csv({.train = write("b.csv", "x,y\n1,b\ntall,a\n")}, Contents::outline)),
               DataError);
}

TEST_F(ReadCsv, finds_the_label_by_name_and_by_number) {
  const std::string text = "kind,length\nb,1\na,2\n";
  for (const DataSet& set :
       {read(text, {.label = std::string("kind")}), read(text, {.label = std::size_t{0}})}) {
    EXPECT_THAT(set.train.labels, ElementsAre(1, 0));
    EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 2.0F));
  }
}

TEST_F(ReadCsv, does_without_a_header) {
  const DataSet set = read("1,a\n2,b\n", {.has_header = false});
  EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 2.0F));
  EXPECT_EQ(read("1,2\n3,4\n5,6\n").train.labels.size(), 2U);  // with one, it is no row
}

TEST_F(ReadCsv, sorts_labels_as_numbers_where_all_are_numbers) {
  const DataSet numbers = read("x,y\n0,10\n0,9\n0,-1\n0,9.0\n0, +10\n");
  EXPECT_THAT(numbers.class_names, ElementsAre("-1", "9", "10"));
  EXPECT_THAT(numbers.train.labels, ElementsAre(2, 1, 0, 1, 2));
  const DataSet texts = read("x,y\n0,10\n0,9\n0,b\n0,B\n");
  EXPECT_THAT(texts.class_names, ElementsAre("10", "9", "B", "b"));
  EXPECT_THAT(texts.train.labels, ElementsAre(0, 1, 3, 2));
}

TEST_F(ReadCsv, keeps_long_identifiers_apart) {
  EXPECT_EQ(read("x,y\n0,9007199254740993\n0,9007199254740992\n").classes, 2);
}

TEST_F(ReadCsv, reads_quotes_as_rfc_4180_says) {
  const DataSet set = read(
      "\"length, in cm\",\"kind \"\"k\"\"\"\n\"1\",\"a, \"\"b\"\"\nc\"\n \"2\" ,\"\"\"\"\n"
      "3,\"a, \"\"b\"\"\nc\"",
      {.label = std::string("kind \"k\"")});
  EXPECT_THAT(set.class_names, ElementsAre("\"", "a, \"b\"\nc"));
  EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 2.0F, 3.0F));
}

TEST_F(ReadCsv, takes_crlf_blanks_empty_lines_a_byte_order_mark_and_no_last_line_break) {
  const DataSet set = read("\xEF\xBB\xBFx,y\r\n\r\n 1 ,\ta \r\n\r\n2,b c\r\n\n3,a");
  EXPECT_THAT(set.train.reals, ElementsAre(1.0F, 2.0F, 3.0F));
  EXPECT_THAT(set.class_names, ElementsAre("a", "b c"));
  EXPECT_THAT(set.train.labels, ElementsAre(0, 1, 0));
  EXPECT_EQ(read("x,y\r\n1,a\r\n2,b\r\n", {.label = std::string("y")}).classes, 2);
}

TEST_F(ReadCsv, reads_the_same_from_gzip) {
  const DataSet plain = read(kFlowers);
  const DataSet packed = read_csv({.train = write_gzip("train.csv.gz", kFlowers)});
  EXPECT_EQ(packed.train.reals, plain.train.reals);
  EXPECT_EQ(packed.checksum, plain.checksum);
}

TEST_F(ReadCsv, reads_on_across_the_pieces_of_a_long_file) {
  for (const std::string line_end : {"\n", "\r\n"}) {
    std::string text = "x,long_name,y" + line_end;
    constexpr int kRows = 60000;
    for (int row = 0; row < kRows; ++row)
      text += std::to_string(row) + ",0.125,\"" + (row % 2 == 0 ? "even" : "odd") + '"' + line_end;
    const DataSet set = read(text);
    ASSERT_EQ(set.train.labels.size(), static_cast<std::size_t>(kRows));
    for (int row = 0; row < kRows; ++row) {
      const auto at = static_cast<std::size_t>(row);
      ASSERT_EQ(set.train.reals[2 * at], static_cast<float>(row));
      ASSERT_EQ(set.train.labels[at], row % 2);
    }
    EXPECT_THAT(complaint(text + "1,2"), StartsWith("line 60002: there are 2 fields, but 3"));
  }
}

TEST_F(ReadCsv, takes_thousands_of_classes_and_classes_of_one_row) {
  std::string text = "x,y\n";
  for (int label = 3000; label-- > 0;) text += "1," + std::to_string(label) + '\n';
  const DataSet set = read(text);
  EXPECT_EQ(set.classes, 3000);
  EXPECT_EQ(set.train.labels.front(), 2999);
  EXPECT_EQ(set.class_names[1234], "1234");
}

TEST_F(ReadCsv, takes_numbers_too_close_to_0_for_a_float) {
  EXPECT_THAT(read("x,y\n1e-400,a\n-1e-50,b\n").train.reals, ElementsAre(0.0F, 0.0F));
}

TEST_F(ReadCsv, gives_the_test_file_the_classes_of_the_training_file) {
  const DataSet set = read_both("x,y\n1,3\n2,7\n", "x,y\n5,7.0\n");
  EXPECT_THAT(set.test.labels, ElementsAre(1));
  EXPECT_THAT(set.test.reals, ElementsAre(5.0F));
  EXPECT_NE(set.checksum, read_both("x,y\n1,3\n2,7\n", "x,y\n6,7.0\n").checksum);
}

TEST_F(ReadCsv, complains_of_what_is_no_table) {
  EXPECT_THAT(complaint(""), StartsWith("the file is empty"));
  EXPECT_THAT(complaint("\n\r\n"), StartsWith("there is nothing but empty lines"));
  EXPECT_THAT(complaint("x,y\n"), StartsWith("there is no row after the header"));
  EXPECT_THAT(complaint("x\n1\n"), StartsWith("line 1: there is one field only"));
  EXPECT_THAT(complaint("x;y\n1;a\n"), HasSubstr("separate fields by commas"));
  EXPECT_THAT(complaint("x,y\n1,a\n1,\"b\n\n"),
              StartsWith("line 3: the quotes that open in field 2"));
  EXPECT_THAT(complaint("x,y\n1,\"a\"b\n"), StartsWith("line 2: there is text after the closing"));
  EXPECT_THAT(complaint("x,y\n1,a\n2,b,3\n"),
              StartsWith("line 3: there are 3 fields, but 2 in the first line"));
  EXPECT_THAT(complaint("x,y\n1,a\n2\n"), StartsWith("line 3: there are 1 fields, but 2"));
  EXPECT_THAT(complaint("x,y\n1,\"a\n\n\"\n2\n"), StartsWith("line 5: "));  // of the file
}

TEST_F(ReadCsv, complains_of_values_by_line_and_column) {
  const auto of_value = [&](const std::string& value) {
    return complaint("w,x,y\n0,1,a\n0," + value + ",b\n");
  };
  EXPECT_EQ(of_value("5"), "");
  const std::string where = "line 3: column 1 ('x') is ";
  EXPECT_THAT(of_value("much"), StartsWith(where + "'much', not a number; write texts as numbers"));
  EXPECT_THAT(of_value(""), StartsWith(where + "empty; fill"));
  EXPECT_THAT(of_value(" "), StartsWith(where + "empty; fill"));
  for (const char* text : {"NaN", "nan", "-nan", "inf", "-Infinity", "1e999"})
    EXPECT_THAT(of_value(text), StartsWith(where + '\'' + text + "', not a finite number")) << text;
  EXPECT_THAT(of_value("-1e38"), StartsWith(where + "'-1e38', beyond 1e37; scale"));
  for (const char* text : {"1x", "0x10", "1 2", "+-1", "--1", "1.2.3", "\"1,5\"", "e5", "."})
    EXPECT_THAT(of_value(text), HasSubstr("not a number")) << text;
  EXPECT_THAT(of_value(std::string(1, '\0')), HasSubstr("'?', not a number"));
  EXPECT_THAT(complaint("x,y\n1,a\n2,b\n", {.has_header = false}),
              StartsWith("line 1: column 0 is 'x', not a number; if this line names the columns, "
                         "write header = true"));
}

TEST_F(ReadCsv, complains_of_labels) {
  EXPECT_THAT(complaint("x,y\n1,a\n2,a\n"), StartsWith("every label (column 1 ('y')) is 'a'"));
  EXPECT_THAT(complaint("x,y\n1,1\n2,1.0\n"), StartsWith("every label (column 1 ('y')) is '1'"));
  EXPECT_THAT(complaint("x,y\n1,a\n2,\n"),
              StartsWith("line 3: the label, column 1 ('y'), is empty"));
  EXPECT_THAT(complaint("x,y\n1,1\n2,NaN\n"),
              StartsWith("line 3: the label, column 1 ('y'), is 'NaN'"));
  EXPECT_THAT(complaint(kFlowers, {.label = std::string("sort")}),
              StartsWith("line 1: no column is called 'sort'; the last one is 'kind'"));
  EXPECT_THAT(complaint(kFlowers, {.label = std::size_t{3}}),
              StartsWith("line 1: there is no column 3"));
  EXPECT_THAT(complaint("x,x\n1,a\n2,b\n", {.label = std::string("x")}),
              StartsWith("line 1: columns 0 and 1 are both called 'x'"));
  std::string many = "x,y\n";
  for (int label = 0; label <= 65536; ++label) many += "1," + std::to_string(label) + '\n';
  EXPECT_THAT(complaint(many), StartsWith("there are 65537 different labels"));
}

TEST_F(ReadCsv, complains_of_a_test_file_that_does_not_fit) {
  EXPECT_EQ(test_complaint("length,width,kind\n1,2,rose\n"), "");
  EXPECT_THAT(
      test_complaint("length,width,kind\n1,2,rose\n1,2,tulip\n1,2,tulip\n"),
      StartsWith("line 3: the label, column 2 ('kind'), is 'tulip', which never occurs in " +
                 at("train.csv").string()));
  EXPECT_THAT(test_complaint("length,kind\n1,rose\n"),
              StartsWith("there are 2 columns, but 3 in "));
  EXPECT_THAT(test_complaint("width,length,kind\n1,2,rose\n"),
              StartsWith("line 1: column 0 ('width') is called 'length' in "));
  EXPECT_THAT(test_complaint("length,width,kind\n"),
              StartsWith("there is no row after the header"));
}

TEST_F(ReadCsv, complains_of_files_it_cannot_read) {
  EXPECT_THAT(
      complaint_about(at("none"), [&] { static_cast<void>(read_csv({.train = at("none")})); }),
      StartsWith("there is no such file"));
  std::string text = "x,y\n";
  for (int row = 0; row < 100000; ++row) text += std::to_string(row * 7919 % 10007) + ",a\n";
  const auto path = write_gzip("cut.csv.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(complaint_about(path, [&] { static_cast<void>(read_csv({.train = path})); }),
              StartsWith("the compressed data is cut off after byte "));
}

}  // namespace
}  // namespace stepladder::data
