#include "json_reader.hpp"

#include <limits>

namespace stepladder::wire {

void JsonReader::fail(const std::string& wanted) const {
  throw WireError("a field is missing or of the wrong type: " + wanted + " should stand where \"" +
                  std::string(rest_.substr(0, 20)) + "\" stands");
}

bool JsonReader::take(std::string_view token) {
  if (!rest_.starts_with(token)) return false;
  rest_.remove_prefix(token.size());
  return true;
}

void JsonReader::begin(char bracket) {
  if (!take({&bracket, 1})) fail(std::string("a '") + bracket + '\'');
  is_first_ = true;
}

void JsonReader::end(char bracket) {
  if (!take({&bracket, 1})) fail(std::string("a '") + bracket + '\'');
  is_first_ = false;
}

bool JsonReader::next() {
  if (rest_.starts_with('}') || rest_.starts_with(']')) return false;
  if (!is_first_ && !take(",")) fail("a comma");
  is_first_ = false;
  return true;
}

bool JsonReader::field_if(std::string_view name) {
  const std::string_view before = rest_;
  if ((is_first_ || take(",")) && take("\"") && take(name) && take("\":")) {
    is_first_ = false;
    return true;
  }
  rest_ = before;
  return false;
}

void JsonReader::field(std::string_view name) {
  if (!field_if(name)) fail("the field " + std::string(name));
}

std::string JsonReader::name() {
  std::string name = text();
  if (!take(":")) fail("a colon");
  return name;
}

std::string JsonReader::text() {
  if (!take("\"")) fail("a text");
  std::string text;
  for (;;) {
    const std::size_t plain = rest_.find_first_of("\"\\");
    if (plain == std::string_view::npos) fail("the end of a text");
    text += rest_.substr(0, plain);
    rest_.remove_prefix(plain);
    if (take("\"")) return text;
    text += escaped();
  }
}

// Only control characters are written by their numbers.
char JsonReader::escaped() {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  rest_.remove_prefix(1);
  if (take("u00") && rest_.size() >= 2) {
    unsigned char code = 0;
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + 2, code, 16);
    if (parsed.ptr != rest_.data() + 2 || code >= 0x80) fail("a control character");
    rest_.remove_prefix(2);
    return static_cast<char>(code);
  }
  const std::size_t place = rest_.empty() ? kLetters.npos : kLetters.find(rest_.front());
  if (place == kLetters.npos) fail("an escaped character");
  rest_.remove_prefix(1);
  return kMeant[place];
}

double JsonReader::real() {
  if (take("null")) return std::numeric_limits<double>::quiet_NaN();
  double number = 0;
  number_token(number);
  return number;
}

bool JsonReader::truth() {
  if (take("true")) return true;
  if (!take("false")) fail("true or false");
  return false;
}

Value JsonReader::value() {
  if (rest_.starts_with("true") || rest_.starts_with("false")) return truth();
  if (rest_.starts_with('"')) return text();
  const std::string_view token = rest_.substr(0, rest_.find_first_of(",}]"));
  if (token.find_first_of(".eE") == std::string_view::npos && token != "null")
    return integer<std::int64_t>();
  return real();
}

}  // namespace stepladder::wire
