#include "stepladder/run/same_run.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "stepladder/experiment/difference.hpp"
#include "stepladder/run/materials.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::run {
namespace {

using experiment::Difference;
using experiment::DifferenceKind;

// What a run may have more of when it goes on.
constexpr std::array<std::string_view, 5> kMayGrow = {"trials", "total_steps", "finalists",
                                                      "confirmation_seeds", "max_steps"};

bool may_grow(const Difference& difference) {
  return difference.section == "schedule" && difference.kind != DifferenceKind::order &&
         std::find(kMayGrow.begin(), kMayGrow.end(), difference.key) != kMayGrow.end();
}

std::vector<Difference> lasting_differences(const experiment::Experiment& there,
                                            const experiment::Experiment& here) {
  std::vector<Difference> found = experiment::differences(there, here);
  std::erase_if(found, may_grow);
  return found;
}

constexpr std::size_t kShown = 5;  // differences; of more, the first ones

// Where the setting stands; none where it has its default.
std::optional<std::string> place_of(const Difference& difference,
                                    const experiment::Experiment& experiment) {
  const auto place = experiment.places.find(difference.name());
  if (place == experiment.places.end()) return std::nullopt;
  return place->second;
}

// The first difference, after its place: "seed is 5 here, but 7 in the run in runs/small".
std::string first_text(const Difference& difference, const experiment::Experiment& experiment,
                       const std::string& root) {
  const std::optional<std::string> place = place_of(difference, experiment);
  const std::string name = difference.name();
  const std::string what =
      difference.kind == DifferenceKind::only_there
          ? fmt::format("{} is not given, but is {} in the run in {}", name, difference.there, root)
      : difference.kind == DifferenceKind::only_here
          ? fmt::format("{} is {}, but the run in {} has none", name, difference.here, root)
      : difference.kind == DifferenceKind::order
          ? fmt::format("{} stands where the run in {} has {}", name, root, difference.there)
          : fmt::format("{} is {} {}, but {} in the run in {}", name, difference.here,
                        place ? "here" : "by default", difference.there, root);
  return place.value_or(experiment.source) + ": " + what;
}

// The others, each with its place.
std::string others_text(const std::vector<Difference>& found,
                        const experiment::Experiment& experiment) {
  std::string list;
  for (std::size_t i = 1; i < std::min(found.size(), kShown); ++i)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", found[i].name(),
                        place_of(found[i], experiment).value_or("the default"));
  if (list.empty()) return "";
  const std::size_t more = found.size() - std::min(found.size(), kShown);
  return "; also different: " + list + (more > 0 ? fmt::format(" and {} more", more) : "");
}

// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char character : text)
    word += character == '\'' ? std::string("'\\''") : std::string(1, character);
  return word + '\'';
}

bool needs_quotes(const std::string& text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_.-+=/") != std::string::npos;
}

// The --set options that make it the run that is there; empty where none do.
std::string restoring_options(const store::RunDirectory& run, const experiment::Experiment& there,
                              const std::vector<Difference>& found, const WithOverrides& again) {
  if (!again || found.size() > kShown) return "";
  std::vector<std::string> overrides;
  std::string options;
  for (const Difference& difference : found) {
    if (difference.kind != DifferenceKind::value && difference.kind != DifferenceKind::only_there)
      continue;
    const std::string& given = overrides.emplace_back(override_of(difference));
    options += " --set " + (needs_quotes(given) ? shell_word(given) : given);
  }
  try {
    experiment::Experiment restored = again(overrides);
    take_settled(run, restored);
    if (lasting_differences(there, restored).empty()) return options;
  } catch (const InputError&) {
    // Such as a file that is missing from another format's data.
  }
  return "";
}

std::string advice(const store::RunDirectory& run, const std::vector<Difference>& found,
                   const std::string& options) {
  if (!options.empty())
    return "to go on with that run, add" + options +
           "; to begin another, choose another folder with --run-dir";
  const std::string restore = found.size() == 1 && found.front().kind == DifferenceKind::only_here
                                  ? "remove it"
                                  : "make the settings as they are in " + run.experiment().string();
  return "to go on with that run, " + restore +
         "; to begin another, choose another folder with --run-dir";
}

}  // namespace

void check_same_run(const store::RunDirectory& run, const experiment::Experiment& experiment,
                    const wire::Opened& opened, const WithOverrides& again) {
  if (!run.has_journal()) return;
  const wire::Opened begun = store::JournalReader(run.journal()).opened();
  const std::string root = run.root().string();
  std::optional<experiment::Experiment> there;
  try {
    there = experiment_in(begun, run.journal());
  } catch (const InputError& error) {
    throw store::StorageError(
        run.root(), "the run in " + root + " is of another version of this program (" +
                        error.what() +
                        "); go on with that version, or choose another folder with --run-dir");
  }
  const std::vector<Difference> found = lasting_differences(*there, experiment);
  if (!found.empty())
    throw store::StorageError(
        run.root(), first_text(found.front(), experiment, root) + others_text(found, experiment) +
                        "; " + advice(run, found, restoring_options(run, *there, found, again)));
  if (begun.data_checksum == opened.data_checksum) return;
  const std::string& place = experiment.data.place;
  throw store::StorageError(
      run.root(), (place.empty() ? "" : place + ": ") + "the run in " + root +
                      " was started on other data: these files have other rows or labels; "
                      "restore them, or choose another folder with --run-dir");
}

std::optional<schedule::Growth> growth_asked_for(const store::RunDirectory& run,
                                                 const schedule::Plan& there,
                                                 const experiment::Experiment& experiment) {
  try {
    return schedule::growth_to(there, experiment.plan);
  } catch (const schedule::PlanError& error) {
    const auto place = experiment.places.find("schedule." + error.key);
    throw store::StorageError(
        run.root(), (place == experiment.places.end() ? experiment.source : place->second) + ": " +
                        error.what() + " (" + run.root().string() + ")");
  }
}

}  // namespace stepladder::run
