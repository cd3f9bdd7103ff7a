#include "stepladder/data/idx.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "byte_file.hpp"

namespace stepladder::data {
namespace {

using std::filesystem::path;

constexpr std::uint32_t kImageMagic = 0x803;  // unsigned bytes, three dimensions
constexpr std::uint32_t kLabelMagic = 0x801;  // unsigned bytes, one dimension

struct Images {
  std::uint32_t count = 0;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  std::vector<std::uint8_t> pixels;

  [[nodiscard]] std::uint64_t size() const { return std::uint64_t{height} * width; }
  [[nodiscard]] std::string shape() const {
    return std::to_string(height) + " x " + std::to_string(width);
  }
};

std::string hexadecimal(std::uint32_t value) {
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4)
    digits += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 0xFU];
  return "0x" + digits;
}

std::uint32_t read_number(ByteFile& file) {
  std::array<std::uint8_t, 4> bytes{};
  if (file.read(bytes) < bytes.size())
    throw DataError(file.path(), "the file ends at byte " + std::to_string(file.offset()) +
                                     ", inside its header; download it again");
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes) number = (number << 8U) | byte;
  return number;
}

void read_magic(ByteFile& file, std::uint32_t expected) {
  const std::uint32_t magic = read_number(file);
  if (magic == expected) return;
  const bool swapped = magic == kImageMagic || magic == kLabelMagic;
  const std::string wanted = expected == kImageMagic ? "an image file" : "a label file";
  const std::string found = magic == kImageMagic ? "an image file" : "a label file";
  if (swapped)
    throw DataError(file.path(), "this is " + found + " where " + wanted +
                                     " is wanted; are the two paths swapped?");
  throw DataError(file.path(), "not an IDX file of bytes: it begins with " + hexadecimal(magic) +
                                   " instead of " + hexadecimal(expected) + ", the mark of " +
                                   wanted + "; check that the path names the right file");
}

// The announced bytes, no fewer and no more.
std::vector<std::uint8_t> read_body(ByteFile& file, std::uint64_t size, const std::string& claim) {
  const std::uint64_t begin = file.offset();
  std::vector<std::uint8_t> body = file.read_up_to(size);
  if (body.size() < size)
    throw DataError(file.path(), "the header announces " + claim + ", " + std::to_string(size) +
                                     " bytes after byte " + std::to_string(begin) +
                                     ", but the contents end at byte " +
                                     std::to_string(file.offset()) + "; download the file again");
  std::array<std::uint8_t, 1> extra{};
  if (file.read(extra) != 0)
    throw DataError(file.path(), "the header announces " + claim + ", which end at byte " +
                                     std::to_string(begin + size) +
                                     ", but more bytes follow; download the file again");
  return body;
}

Images read_images(const path& name, Contents contents) {
  ByteFile file(name);
  read_magic(file, kImageMagic);
  Images images{.count = read_number(file),
                .height = read_number(file),
                .width = read_number(file),
                .pixels = {}};
  if (images.count == 0 || images.size() == 0)
    throw DataError(name, "the file holds " + std::to_string(images.count) + " images of " +
                              images.shape() + " pixels; use a file with images in it");
  if (contents == Contents::outline) return images;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  const std::uint64_t size =
      images.count > kMost / images.size() ? kMost : images.count * images.size();
  images.pixels = read_body(
      file, size, std::to_string(images.count) + " images of " + images.shape() + " pixels");
  return images;
}

std::vector<std::int32_t> read_labels(const path& name, const path& images_name,
                                      std::uint32_t images) {
  ByteFile file(name);
  read_magic(file, kLabelMagic);
  const std::uint32_t count = read_number(file);
  if (count != images)
    throw DataError(name, "announces " + std::to_string(count) + " labels, but " +
                              images_name.string() + " holds " + std::to_string(images) +
                              " images; use two files that belong together");
  const std::vector<std::uint8_t> bytes = read_body(file, count, std::to_string(count) + " labels");
  return {bytes.begin(), bytes.end()};
}

// The number of classes of the training labels, with a check that the test labels are among them.
std::int32_t classes_of(const DataSet& set, const IdxFiles& files) {
  constexpr std::size_t kHeader = 8;
  std::array<bool, 256> trained{};
  for (const std::int32_t label : set.train.labels) trained[static_cast<std::size_t>(label)] = true;
  const std::int32_t highest = *std::max_element(set.train.labels.begin(), set.train.labels.end());
  if (highest == 0)
    throw DataError(files.train_labels,
                    "every label is 0, but a classifier needs two classes or more; check that the "
                    "path names the right file");
  for (std::size_t i = 0; i < set.test.labels.size(); ++i) {
    const std::int32_t label = set.test.labels[i];
    if (!trained[static_cast<std::size_t>(label)])
      throw DataError(files.test_labels, "label " + std::to_string(label) + " at byte " +
                                             std::to_string(kHeader + i) + " never occurs in " +
                                             files.train_labels.string() +
                                             "; use two files that belong together");
  }
  return highest + 1;
}

}  // namespace

DataSet read_idx(const IdxFiles& files, Contents contents) {
  Images train = read_images(files.train_images, contents);
  DataSet set;
  set.columns = static_cast<std::size_t>(train.size());
  set.shift = -127.5F;
  set.scale = 1.0F / 255.0F;
  set.train.labels = read_labels(files.train_labels, files.train_images, train.count);
  if (!files.test_images.empty()) {
    Images test = read_images(files.test_images, contents);
    if (train.height != test.height || train.width != test.width)
      throw DataError(files.test_images, "its images have " + test.shape() + " pixels, those of " +
                                             files.train_images.string() + " have " +
                                             train.shape() +
                                             "; use two files that belong together");
    set.test.labels = read_labels(files.test_labels, files.test_images, test.count);
    set.test.features = std::move(test.pixels);
  }
  set.train.features = std::move(train.pixels);
  set.classes = classes_of(set, files);
  for (std::int32_t label = 0; label < set.classes; ++label)
    set.class_names.push_back(std::to_string(label));
  if (contents == Contents::everything) set.checksum = checksum_of(set);
  return set;
}

}  // namespace stepladder::data
