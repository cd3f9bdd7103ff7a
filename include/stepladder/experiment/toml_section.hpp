// Reads one table of a TOML experiment with complaints a user can act on: each names file, line and
// key. A key that nobody asked for is refused, with the nearest known one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "stepladder/trial/input_error.hpp"

namespace stepladder::experiment {

// "FILE:LINE", or the --set option a value came from.
[[nodiscard]] std::string place_of(const toml::node& node);

class TomlSection {
 public:
  // `name` as it stands in the file, "" for the top level. The table must outlive the section.
  TomlSection(const toml::table& table, std::string name);

  // The key's value, or nothing where the key is not there. Throws InputError where it is of
  // another type. A whole number will do for a real one.
  [[nodiscard]] std::optional<std::string> text(const std::string& key);
  [[nodiscard]] std::optional<std::int64_t> integer(const std::string& key);
  [[nodiscard]] std::optional<double> real(const std::string& key);
  [[nodiscard]] std::optional<bool> truth(const std::string& key);
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(const std::string& key);
  [[nodiscard]] const toml::array* array(const std::string& key);
  [[nodiscard]] const toml::table* table(const std::string& key);
  [[nodiscard]] const toml::node* any(const std::string& key) { return find(key); }

  // The place in `words` of the key's text, or nothing. Throws InputError, listing the words, where
  // it is none of them.
  [[nodiscard]] std::optional<std::size_t> choice(const std::string& key,
                                                  std::span<const std::string_view> words);

  [[nodiscard]] std::string place() const { return place_of(table_); }
  // Of the key where it is there, of the table where it is not.
  [[nodiscard]] std::string place(const std::string& key) const;

  [[noreturn]] void missing(const std::string& key, const std::string& advice) const;
  // Blames place(key).
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

  // To be called last: throws InputError for the first key that was not asked for.
  void refuse_unknown_keys() const;

 private:
  [[nodiscard]] const toml::node* find(const std::string& key);
  [[noreturn]] void wrong_type(const toml::node& node, const std::string& key,
                               const std::string& wanted) const;

  const toml::table& table_;
  std::string name_;
  std::vector<std::string> known_;
};

}  // namespace stepladder::experiment
