#include "stepladder/data/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "classes.hpp"
#include "npy_header.hpp"

namespace stepladder::data {
namespace {

using std::filesystem::path;

// Beyond it a standardised float could overflow.
constexpr double kLargest = 1e37;

struct Features {
  std::uint64_t rows = 0;
  std::uint64_t columns = 1;
  std::string shape;
  bool are_bytes = false;
  std::vector<std::uint8_t> bytes;  // one of the two is empty
  std::vector<float> reals;
};

void check_order(const NpyHeader& header, const path& name) {
  if (header.is_fortran && header.shape.size() > 1)
    throw DataError(name,
                    "the array is in Fortran order; save np.ascontiguousarray(array) instead");
  if (header.type.starts_with('>'))
    throw DataError(name, "the array's numbers (type '" + header.type +
                              "') are big-endian; save array.astype('<" + header.type.substr(1) +
                              "') instead");
}

// Calls take(number's bytes, position) for each of `count` numbers of `width` bytes, and checks
// that the contents are as long as that.
template <class Take>
void for_each_number(ByteFile& file, const NpyHeader& header, std::uint64_t count,
                     std::size_t width, const Take& take) {
  const std::uint64_t begin = file.offset();
  std::vector<std::uint8_t> piece(std::size_t{1} << 16U);  // a multiple of every width
  for (std::uint64_t position = 0; position < count;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(piece.size() / width, count - position);
    const std::size_t got =
        file.read(std::span(piece).first(static_cast<std::size_t>(wanted) * width));
    if (got < wanted * width)
      throw DataError(file.path(), "the header announces the shape " + header.shape_text() +
                                       " of type '" + header.type +
                                       "', but the contents end too early, at byte " +
                                       std::to_string(file.offset()) + "; write the file again");
    for (std::uint64_t i = 0; i < wanted; ++i) take(piece.data() + i * width, position++);
  }
  std::array<std::uint8_t, 1> extra{};
  if (file.read(extra) != 0)
    throw DataError(file.path(), "the header announces the shape " + header.shape_text() +
                                     " of type '" + header.type + "', which ends at byte " +
                                     std::to_string(begin + count * width) +
                                     ", but more bytes follow; write the file again");
}

template <class Word>
Word little_endian(const std::uint8_t* bytes, std::size_t width) {
  Word word = 0;
  for (std::size_t i = width; i-- > 0;)
    word = static_cast<Word>(static_cast<Word>(word << 8U) | bytes[i]);
  return word;
}

[[noreturn]] void fail_at(const ByteFile& file, std::uint64_t byte, std::uint64_t row,
                          const std::string& message) {
  throw DataError(file.path(),
                  "byte " + std::to_string(byte) + ", row " + std::to_string(row) + message);
}

void read_reals(ByteFile& file, const NpyHeader& header, Features& features) {
  const std::size_t width = header.type == "<f4" ? 4 : 8;
  const std::uint64_t begin = file.offset();
  const std::uint64_t count = features.rows * features.columns;
  // A plain file has no more numbers than its size allows, whatever its header says.
  features.reals.reserve(static_cast<std::size_t>(std::min(count, file.size_on_disk() / width)));
  for_each_number(file, header, count, width, [&](const std::uint8_t* bytes, std::uint64_t i) {
    const double value =
        width == 4
            ? static_cast<double>(std::bit_cast<float>(little_endian<std::uint32_t>(bytes, 4)))
            : std::bit_cast<double>(little_endian<std::uint64_t>(bytes, 8));
    if (!(std::abs(value) <= kLargest)) {
      const std::string where = ", column " + std::to_string(i % features.columns) + ": ";
      fail_at(file, begin + i * width, i / features.columns,
              where + (std::isfinite(value)
                           ? "a number beyond 1e37; scale the column down"
                           : "not a finite number; fill the value in, or leave the row out"));
    }
    features.reals.push_back(static_cast<float>(value));
  });
}

Features read_features(const path& name, Contents contents) {
  ByteFile file(name);
  const NpyHeader header = read_npy_header(file);
  check_order(header, name);
  if (header.type != "<f4" && header.type != "<f8" && header.type != "|u1")
    throw DataError(name, "the array's numbers are of type '" + header.type +
                              "', but features are float32, float64 or uint8; save "
                              "array.astype('float32') instead");
  Features features{.shape = header.shape_text()};
  if (header.shape.size() < 2)
    throw DataError(name, "the array's shape is " + features.shape +
                              ", but features are an array of rows, (rows, features); reshape it");
  features.rows = header.shape.front();
  bool is_empty = features.rows == 0;
  bool is_huge = features.rows > std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint64_t kMost = std::uint64_t{1} << 56U;  // bytes beyond any machine
  for (std::size_t i = 1; i < header.shape.size(); ++i) {
    is_empty = is_empty || header.shape[i] == 0;
    if (is_empty) break;
    is_huge = is_huge || header.shape[i] > kMost / features.columns / features.rows / 8;
    if (is_huge) break;
    features.columns *= header.shape[i];
  }
  if (is_empty)
    throw DataError(name, "the array is empty: its shape is " + features.shape +
                              "; use a file with rows in it");
  if (is_huge)
    throw DataError(name, "the header announces the shape " + features.shape +
                              ", more than can be; write the file again");
  features.are_bytes = header.type == "|u1";
  if (contents == Contents::outline) return features;
  if (features.are_bytes)
    for_each_number(
        file, header, features.rows * features.columns, 1,
        [&](const std::uint8_t* byte, std::uint64_t) { features.bytes.push_back(*byte); });
  else
    read_reals(file, header, features);
  return features;
}

struct Label {
  std::int64_t value = 0;
  std::uint64_t byte = 0;  // where it stands in the file
};

std::vector<Label> read_labels(const path& name, const path& features_name, std::uint64_t rows) {
  ByteFile file(name);
  const NpyHeader header = read_npy_header(file);
  const bool is_plain = header.type.size() == 3 && header.type[2] >= '1' && header.type[2] <= '8';
  const auto width = static_cast<std::size_t>(is_plain ? header.type[2] - '0' : 0);
  const bool is_integer =
      is_plain && (header.type[1] == 'i' || header.type[1] == 'u') && std::has_single_bit(width);
  if (!is_integer)
    throw DataError(name, "the array's values are of type '" + header.type +
                              "', but labels are whole numbers; save labels.astype('int64') "
                              "instead, texts as the numbers of np.unique(labels, "
                              "return_inverse=True)");
  const bool is_column = header.shape.size() == 2 && header.shape[1] == 1;
  if (!is_column || header.type[0] == '>') check_order(header, name);
  if (header.shape.size() != 1 && !is_column)
    throw DataError(name, "the array's shape is " + header.shape_text() +
                              ", but labels are one number a row, (rows,); save the number of "
                              "each row's class, such as one_hot.argmax(axis=1)");
  if (header.shape.front() != rows)
    throw DataError(name, "the array has " + std::to_string(header.shape.front()) +
                              " labels, but " + features_name.string() + " has " +
                              std::to_string(rows) + " rows; use two files that belong together");
  const std::uint64_t begin = file.offset();
  const bool is_signed = header.type[1] == 'i';
  std::vector<Label> labels;
  for_each_number(file, header, rows, width, [&](const std::uint8_t* bytes, std::uint64_t row) {
    auto word = little_endian<std::uint64_t>(bytes, width);
    const unsigned bits = 8 * static_cast<unsigned>(width);
    const bool has_top_bit = ((word >> (bits - 1)) & 1U) != 0;
    if (is_signed && has_top_bit && bits < 64) word |= ~std::uint64_t{0} << bits;
    if (!is_signed && has_top_bit && bits == 64)
      fail_at(file, begin + row * width, row, ": a label beyond 2^63; use smaller numbers");
    labels.push_back({static_cast<std::int64_t>(word), begin + row * width});
  });
  return labels;
}

using Classes = std::map<std::int64_t, std::int32_t>;

Classes classes_of(const std::vector<Label>& labels, const path& name) {
  Classes classes;
  for (const Label& label : labels) classes.try_emplace(label.value, 0);
  check_number_of_classes(classes.size(), name, "the file's numbers",
                          std::to_string(labels.front().value));
  number_in_order(classes);
  return classes;
}

LabelledRows labelled(Features features, const std::vector<Label>& labels, const Classes& classes,
                      const path& name, const path& train) {
  LabelledRows rows{.features = std::move(features.bytes), .reals = std::move(features.reals)};
  rows.features.shrink_to_fit();
  rows.labels.reserve(labels.size());
  for (const Label& label : labels) {
    const auto found = classes.find(label.value);
    if (found == classes.end())
      throw DataError(name, "byte " + std::to_string(label.byte) + ", row " +
                                std::to_string(rows.labels.size()) + ": label " +
                                std::to_string(label.value) + " never occurs in " + train.string() +
                                "; use two files that belong together");
    rows.labels.push_back(found->second);
  }
  return rows;
}

}  // namespace

DataSet read_npy(const NpyFiles& files, Contents contents) {
  Features train = read_features(files.train, contents);
  const bool are_bytes = train.are_bytes;
  const std::uint64_t columns = train.columns;
  const std::string shape = train.shape;
  const std::vector<Label> labels = read_labels(files.train_labels, files.train, train.rows);
  const Classes classes = classes_of(labels, files.train_labels);

  DataSet set;
  set.columns = static_cast<std::size_t>(columns);
  set.classes = static_cast<std::int32_t>(classes.size());
  for (const auto& [value, label] : classes) set.class_names.push_back(std::to_string(value));
  if (are_bytes) {
    set.shift = -127.5F;
    set.scale = 1.0F / 255.0F;
  }
  set.train = labelled(std::move(train), labels, classes, files.train_labels, files.train_labels);
  if (!files.test.empty()) {
    Features test = read_features(files.test, contents);
    if (test.columns != columns || test.are_bytes != are_bytes)
      throw DataError(files.test, "the array has the shape " + test.shape + " of " +
                                      (test.are_bytes ? "bytes, " : "floats, ") +
                                      files.train.string() + " the shape " + shape + " of " +
                                      (are_bytes ? "bytes" : "floats") +
                                      "; use two files that belong together");
    const std::vector<Label> test_labels = read_labels(files.test_labels, files.test, test.rows);
    set.test =
        labelled(std::move(test), test_labels, classes, files.test_labels, files.train_labels);
  }
  if (contents == Contents::everything) set.checksum = checksum_of(set);
  return set;
}

}  // namespace stepladder::data
