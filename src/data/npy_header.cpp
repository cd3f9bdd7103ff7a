#include "npy_header.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "stepladder/data/data_error.hpp"

namespace stepladder::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongest = std::size_t{1} << 20U;

// The Python dictionary of a header, read strictly: three known keys, each once.
class Dictionary {
 public:
  Dictionary(std::string_view text, const ByteFile& file, std::uint64_t begin)
      : text_(text), file_(file), begin_(begin) {}

  NpyHeader read() {
    NpyHeader header;
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      bool& has = key == "descr" ? has_type : key == "shape" ? has_shape : has_order;
      if (has || (&has == &has_order && key != "fortran_order")) damaged();
      has = true;
      if (key == "descr") {
        header.type = type();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        header.is_fortran = truth();
      }
      if (!accept(',') && peek() != '}') damaged();
    }
    if (peek() != '\0' || !has_type || !has_order || !has_shape) damaged();
    return header;
  }

 private:
  [[noreturn]] void damaged() const {
    throw DataError(file_.path(), "the header is damaged at byte " + std::to_string(begin_ + at_) +
                                      "; write the file again with np.save");
  }
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) damaged();
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') damaged();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) damaged();
    std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }
  std::string type() {
    if (peek() == '[')
      throw DataError(file_.path(),
                      "the array has fields with names; save plain arrays of numbers");
    return quoted();
  }
  bool truth() {
    peek();
    for (const std::string_view word : {"True", "False"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return word == "True";
    }
    damaged();
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      peek();
      std::uint64_t size = 0;
      const char* end = text_.data() + text_.size();
      const auto [stop, error] = std::from_chars(text_.data() + at_, end, size);
      if (error != std::errc{}) damaged();
      at_ = static_cast<std::size_t>(stop - text_.data());
      accept('L');  // Python 2's long
      sizes.push_back(size);
      if (!accept(',') && peek() != ')') damaged();
    }
    return sizes;
  }

  std::string_view text_;
  const ByteFile& file_;
  std::uint64_t begin_;  // of the text in the file
  std::size_t at_ = 0;
};

std::vector<std::uint8_t> read_exactly(ByteFile& file, std::size_t size) {
  std::vector<std::uint8_t> bytes = file.read_up_to(size);
  if (bytes.size() < size)
    throw DataError(file.path(), "the file ends at byte " + std::to_string(file.offset()) +
                                     ", inside its header; write it again with np.save");
  return bytes;
}

}  // namespace

std::string NpyHeader::shape_text() const {
  std::string text;
  for (const std::uint64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return '(' + text + (shape.size() == 1 ? ",)" : ")");
}

NpyHeader read_npy_header(ByteFile& file) {
  const std::vector<std::uint8_t> start = read_exactly(file, kMagic.size() + 2);
  const bool is_npy = std::equal(kMagic.begin(), kMagic.end(), start.begin(),
                                 [](char a, auto b) { return static_cast<std::uint8_t>(a) == b; });
  if (!is_npy)
    throw DataError(file.path(),
                    start[0] == 'P' && start[1] == 'K'
                        ? "this is an .npz archive; save each array on its own with np.save"
                        : "not a .npy file: its first bytes are not NumPy's mark; check that the "
                          "path names the right file");
  const unsigned version = start[kMagic.size()];
  if (version < 1 || version > 3)
    throw DataError(file.path(), "the .npy format's version " + std::to_string(version) +
                                     " (byte 6) does not exist; write the file again with np.save");
  const std::vector<std::uint8_t> size_bytes = read_exactly(file, version == 1 ? 2 : 4);
  std::size_t size = 0;
  for (std::size_t i = size_bytes.size(); i-- > 0;) size = (size << 8U) | size_bytes[i];
  if (size > kLongest)
    throw DataError(file.path(), "the header is damaged: at byte 8 it claims " +
                                     std::to_string(size) +
                                     " bytes for itself; write the file again with np.save");
  const std::uint64_t begin = file.offset();
  const std::vector<std::uint8_t> bytes = read_exactly(file, size);
  const std::string text(bytes.begin(), bytes.end());
  return Dictionary(text, file, begin).read();
}

}  // namespace stepladder::data
