#include "stepladder/experiment/difference.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder::experiment {
namespace {

struct Setting {
  std::string section;
  std::string key;
  std::string value;  // in TOML
};

std::vector<Setting> settings_of(const Experiment& experiment) {
  std::vector<Setting> settings;
  std::string section;
  std::istringstream text(identity_of(experiment));
  for (std::string line; std::getline(text, line);) {
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('['))
      section = line.substr(1, line.find(']') - 1);
    else if (equals != std::string::npos)
      settings.push_back({section, line.substr(0, equals), line.substr(equals + 3)});
  }
  return settings;
}

// Files may be moved, linked, renamed or compressed; their rows are known by a checksum. Whether
// there is a file for `test` decides which rows are scored, its path does not.
constexpr std::array<std::string_view, 6> kPaths = {"train",        "test",        "train_images",
                                                    "train_labels", "test_images", "test_labels"};

bool may_have_another_value(const Setting& setting) {
  if (setting.section.empty()) return setting.key == "name";
  return setting.section == "data" &&
         std::find(kPaths.begin(), kPaths.end(), setting.key) != kPaths.end();
}

const Setting* find(const std::vector<Setting>& settings, const Setting& wanted) {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& setting) {
    return setting.section == wanted.section && setting.key == wanted.key;
  });
  return found == settings.end() ? nullptr : &*found;
}

// The settings of `some` that `others` have too.
std::vector<const Setting*> common(const std::vector<Setting>& some,
                                   const std::vector<Setting>& others) {
  std::vector<const Setting*> found;
  for (const Setting& setting : some)
    if (find(others, setting) != nullptr) found.push_back(&setting);
  return found;
}

}  // namespace

std::vector<Difference> differences(const Experiment& there, const Experiment& here) {
  const std::vector<Setting> theirs = settings_of(there);
  const std::vector<Setting> ours = settings_of(here);
  std::vector<Difference> found;
  for (const Setting& setting : theirs) {
    const Setting* other = find(ours, setting);
    if (other == nullptr)
      found.push_back(
          {DifferenceKind::only_there, setting.section, setting.key, setting.value, ""});
    else if (other->value != setting.value && !may_have_another_value(setting))
      found.push_back(
          {DifferenceKind::value, setting.section, setting.key, setting.value, other->value});
  }
  for (const Setting& setting : ours)
    if (find(theirs, setting) == nullptr)
      found.push_back({DifferenceKind::only_here, setting.section, setting.key, "", setting.value});
  const auto of_them = common(theirs, ours);
  const auto of_us = common(ours, theirs);
  for (std::size_t i = 0; i < of_us.size(); ++i)
    if (of_us[i]->key != of_them[i]->key) {
      found.push_back({DifferenceKind::order, of_us[i]->section, of_us[i]->key, of_them[i]->key,
                       of_us[i]->key});
      break;
    }
  return found;
}

std::string override_of(const Difference& difference) {
  return difference.name() + '=' + difference.there;
}

}  // namespace stepladder::experiment
