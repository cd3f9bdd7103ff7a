#include <array>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "stepladder/doctor/findings.hpp"

namespace stepladder::doctor {
namespace {

const char* name_of(Gravity gravity) {
  static constexpr std::array kNames = {"ok", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(gravity));
}

}  // namespace

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{:8} {:11} {}\n", name_of(finding.gravity), finding.about, finding.what);
    if (!finding.remedy.empty()) text += fmt::format("{:21}{}\n", "", finding.remedy);
  }
  return text;
}

std::string to_json(const std::vector<Finding>& findings) {
  auto json = nlohmann::ordered_json::array();
  for (const Finding& finding : findings)
    json.push_back({{"gravity", name_of(finding.gravity)},
                    {"about", finding.about},
                    {"what", finding.what},
                    {"remedy", finding.remedy}});
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace stepladder::doctor
