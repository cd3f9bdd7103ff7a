// Reads one JSON text from front to back, in the form that the journal is written in: without
// spaces, fields in a known order. The caller says what comes next; anything else is a WireError.
// Ten times as fast as reading it into a tree, and a journal may have a million lines.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "stepladder/trial/configuration.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::wire {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  // Whether another field of the object, or element of the array, follows; steps to it.
  [[nodiscard]] bool next();
  // Steps to the field that must come next.
  void field(std::string_view name);
  // Steps to the field if it comes next.
  [[nodiscard]] bool field_if(std::string_view name);
  // The name of the field that next() stepped to.
  [[nodiscard]] std::string name();

  [[nodiscard]] std::string text();
  // NaN for null: JSON has no NaN or infinity.
  [[nodiscard]] double real();
  [[nodiscard]] bool truth();
  // A bool, an integer, a real number or a text.
  [[nodiscard]] Value value();
  // Throws where the number does not fit.
  template <class Integer>
  [[nodiscard]] Integer integer() {
    Integer number{};
    number_token(number);
    return number;
  }

 private:
  [[noreturn]] void fail(const std::string& wanted) const;
  void begin(char bracket);
  void end(char bracket);
  [[nodiscard]] bool take(std::string_view token);
  [[nodiscard]] char escaped();
  template <class Number>
  void number_token(Number& number) {
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (parsed.ec != std::errc{}) fail("a number");
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
  }

  std::string_view rest_;
  bool is_first_ = true;  // nothing of the object or array has been read yet
};

}  // namespace stepladder::wire
