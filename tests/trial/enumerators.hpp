// How many enumerators an enumeration has, so that a test can ask for a word or a row for each.
#pragma once

#include <cstddef>
#include <string_view>

namespace stepladder {

// The compiler writes "Kind::name" for an enumerator and "(Kind)9" for any other value.
template <auto value>
consteval bool is_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("= (") == std::string_view::npos;
}

// Of an enumeration that counts from 0.
template <class Enum, std::size_t count = 0>
consteval std::size_t enumerators() {
  if constexpr (is_enumerator<static_cast<Enum>(count)>())
    return enumerators<Enum, count + 1>();
  else
    return count;
}

}  // namespace stepladder
