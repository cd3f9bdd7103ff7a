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

namespace fs = std::filesystem;

constexpr std::string_view kTrial = "trial-";
constexpr std::string_view kReplicate = "replicate-";
constexpr std::string_view kMiddle = "-step-";
constexpr std::string_view kSuffix = ".checkpoint";

// Takes a number off the front; false where there is none.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return parsed.ec == std::errc{};
}

bool take(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

// "trial-3-step-300.checkpoint" or "replicate-0-step-300.checkpoint"; none for any other file.
std::optional<Checkpoints::Saved> named(std::string_view name) {
  Checkpoints::Saved saved;
  const bool is_of_replicate = take(name, kReplicate);
  if (!is_of_replicate && !take(name, kTrial)) return std::nullopt;
  if (!take_number(name, saved.trial.value) || !take(name, kMiddle) ||
      !take_number(name, saved.step) || name != kSuffix || is_replicate(saved.trial))
    return std::nullopt;
  if (is_of_replicate) saved.trial.value += kFirstReplicate;
  return saved;
}

// Calls `visit` for every file of a folder with its path; of none where somebody has removed it.
template <class Visit>
void for_each_file(const fs::path& folder, const Visit& visit) {
  try {
    for (const auto& file : fs::directory_iterator(folder)) visit(file.path());
  } catch (const fs::filesystem_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return;
    throw StorageError(folder,
                       "cannot read the folder " + folder.string() + ": " + error.code().message());
  }
}

// The steps for which the folder holds a checkpoint of the trial, latest first.
std::vector<Steps> saved_steps(const fs::path& folder, TrialId trial) {
  std::vector<Steps> steps;
  for_each_file(folder, [&](const fs::path& path) {
    const auto saved = named(path.filename().string());
    if (saved && saved->trial == trial) steps.push_back(saved->step);
  });
  std::sort(steps.begin(), steps.end(), std::greater<>());
  return steps;
}

void remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) throw StorageError(path, "cannot remove " + path.string() + ": " + error.message());
}

}  // namespace

void write_state(const fs::path& path, const training::State& state) {
  write_atomically(path, [&](const Descriptor& file) {
    wire::save(state, [&](std::span<const std::byte> bytes) { file.write_all(bytes); });
  });
}

std::optional<training::State> state_in(const fs::path& path) {
  try {
    const Descriptor file(path, O_RDONLY, "read");
    return wire::load_state(file.size(),
                            [&](std::span<std::byte> bytes) { return file.read_up_to(bytes); });
  } catch (const wire::WireError&) {
  } catch (const StorageError&) {
  }
  return std::nullopt;
}

std::filesystem::path Checkpoints::path_of(TrialId trial, Steps step) const {
  const std::string of =
      is_replicate(trial) ? std::string(kReplicate) + std::to_string(trial.value - kFirstReplicate)
                          : std::string(kTrial) + std::to_string(trial.value);
  return folder_ / (of + std::string(kMiddle) + std::to_string(step) + std::string(kSuffix));
}

void Checkpoints::save(TrialId trial, const training::State& state) const {
  write_state(path_of(trial, state.step), state);
  for (const Steps step : saved_steps(folder_, trial))
    if (step < state.step) remove(trial, step);
}

std::optional<training::State> Checkpoints::latest(TrialId trial, Steps to, Steps horizon,
                                                   Steps after) const {
  for (const Steps step : saved_steps(folder_, trial)) {
    if (step <= after || step > to) continue;
    auto state = state_in(path_of(trial, step));
    if (state && state->horizon == horizon) return state;
  }
  return std::nullopt;
}

std::vector<Checkpoints::Saved> Checkpoints::all() const {
  std::vector<Saved> result;
  for_each_file(folder_, [&](const fs::path& path) {
    auto saved = named(path.filename().string());
    if (!saved) return;
    std::error_code gone;  // since we looked
    saved->bytes = static_cast<std::int64_t>(fs::file_size(path, gone));
    if (!gone) result.push_back(*saved);
  });
  std::sort(result.begin(), result.end());
  return result;
}

void Checkpoints::remove(TrialId trial, Steps step) const { remove_file(path_of(trial, step)); }

}  // namespace stepladder::store
