// A page taken apart: whether its tags are balanced and its text escaped, and what is in it.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stepladder::report {

// What is wrong with it, or nothing.
inline std::string fault_of(std::string_view html) {
  static const std::set<std::string, std::less<>> empty = {"meta", "link", "!DOCTYPE"};
  std::vector<std::string> open;
  for (std::size_t i = 0; i < html.size(); ++i) {
    if (html[i] == '&') {
      const std::size_t end = html.find(';', i);
      if (end == std::string_view::npos || end - i > 6)
        return "a bare & before " + std::string(html.substr(i, 30));
    }
    if (html[i] == '>') return "a bare > before " + std::string(html.substr(i, 30));
    if (html[i] != '<') continue;
    bool is_quoted = false;
    std::size_t end = i + 1;
    for (; end < html.size() && (is_quoted || html[end] != '>'); ++end) {
      if (html[end] == '"') is_quoted = !is_quoted;
      if (html[end] == '<') return "a < within a tag: " + std::string(html.substr(i, 60));
    }
    const std::string tag(html.substr(i + 1, end - i - 1));
    const std::string name = tag.substr(tag.front() == '/' ? 1 : 0,
                                        tag.find_first_of(" />", 1) - (tag.front() == '/' ? 1 : 0));
    if (tag.front() == '/') {
      if (open.empty() || open.back() != name) return "</" + name + "> closes another";
      open.pop_back();
    } else if (tag.back() != '/' && !empty.contains(name)) {
      open.push_back(name);
      if (name == "style") end = html.find("</style", end) - 1;
    }
    i = end;
  }
  return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

inline std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t i = text.find(what); i != std::string_view::npos; i = text.find(what, i + 1))
    ++count;
  return count;
}

}  // namespace stepladder::report
