#include "stepladder/store/checkpoints.hpp"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "stepladder/store/files.hpp"
#include "stepladder/wire/checkpoint.hpp"

namespace stepladder::store {
namespace {

constexpr std::string_view kSuffix = ".checkpoint";

std::string prefix_of(TrialId trial) { return "trial-" + std::to_string(trial.value) + "-step-"; }

// The steps for which the folder holds a checkpoint of the trial, latest first.
std::vector<Steps> saved_steps(const std::filesystem::path& folder, TrialId trial) {
  const std::string prefix = prefix_of(trial);
  std::vector<Steps> steps;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) continue;
    Steps step = 0;
    const char* end = name.data() + name.size() - kSuffix.size();
    const auto parsed = std::from_chars(name.data() + prefix.size(), end, step);
    if (parsed.ec == std::errc{} && parsed.ptr == end) steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end(), std::greater<>());
  return steps;
}

}  // namespace

std::filesystem::path Checkpoints::path_of(TrialId trial, Steps step) const {
  return folder_ / (prefix_of(trial) + std::to_string(step) + std::string(kSuffix));
}

void Checkpoints::save(TrialId trial, const training::State& state) const {
  write_atomically(path_of(trial, state.step), [&](const Descriptor& file) {
    wire::save(state, [&](std::span<const std::byte> bytes) { file.write_all(bytes); });
  });
  for (const Steps step : saved_steps(folder_, trial))
    if (step < state.step) std::filesystem::remove(path_of(trial, step));
}

std::optional<training::State> Checkpoints::latest(TrialId trial, Steps to) const {
  for (const Steps step : saved_steps(folder_, trial)) {
    if (step > to) continue;
    try {
      const Descriptor file(path_of(trial, step), O_RDONLY, "read");
      return wire::load_state(file.size(),
                              [&](std::span<std::byte> bytes) { return file.read_up_to(bytes); });
    } catch (const wire::WireError&) {
    } catch (const StorageError&) {  // gone since we looked, or unreadable: the one before, or none
    }
  }
  return std::nullopt;
}

}  // namespace stepladder::store
