#include "stepladder/schedule/confirmation.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace stepladder::schedule {
namespace {

// Random numbers that no trial of the search uses: those have ids below.
constexpr std::uint32_t kFirstFreshSeed = std::uint32_t{1} << 31U;

TrialId trial_at(std::size_t index) { return TrialId{static_cast<std::uint32_t>(index)}; }

}  // namespace

Confirmation::Confirmation(std::vector<TrialId> finalists, std::int64_t seeds, TrialId first,
                           Metrics metrics)
    : finalists_(std::move(finalists)), first_(first.value), metrics_(std::move(metrics)) {
  outcomes_.resize(finalists_.size() * static_cast<std::size_t>(seeds));
}

TrialId Confirmation::replicate(std::size_t place, std::size_t seed) const noexcept {
  return replicate(seed * finalists_.size() + place);
}

TrialId Confirmation::replicate(std::size_t index) const noexcept {
  return trial_at(first_ + index);
}

std::size_t Confirmation::place_of(TrialId finalist) const {
  return static_cast<std::size_t>(std::find(finalists_.begin(), finalists_.end(), finalist) -
                                  finalists_.begin());
}

TrialId Confirmation::finalist_of(TrialId replicate) const {
  return finalists_[index_of(replicate) % finalists_.size()];
}

std::size_t Confirmation::seed_of(TrialId replicate) const {
  return index_of(replicate) / finalists_.size();
}

TrialId Confirmation::draws_of(TrialId replicate) const {
  return trial_at(kFirstFreshSeed + seed_of(replicate));
}

void Confirmation::complete(TrialId replicate, const Outcome& outcome) {
  std::optional<Outcome>& kept = outcomes_.at(index_of(replicate));
  if (kept) throw std::logic_error("Confirmation: a replicate ends twice");
  kept = outcome;
  ++completed_;
}

std::optional<Score> Confirmation::score(std::size_t place, std::size_t seed) const {
  const TrialId trial = replicate(place, seed);
  const std::optional<Outcome>& outcome = outcomes_[index_of(trial)];
  if (!outcome || standing_of(*outcome, trial, metrics_).failed) return std::nullopt;
  return std::get<Score>(*outcome);
}

std::optional<Score> Confirmation::mean(std::size_t place) const {
  std::array<double, kMetricsMax> sums{};
  std::size_t count = 0;
  for (std::size_t seed = 0; seed < seeds(); ++seed) {
    const std::optional<Score> found = score(place, seed);
    if (!found) continue;
    for (std::size_t i = 0; i < metrics_.size(); ++i) sums[i] += (*found)[i];
    ++count;
  }
  if (count == 0) return std::nullopt;
  for (double& sum : sums) sum /= static_cast<double>(count);
  return Score(std::span(sums).first(metrics_.size()));
}

std::size_t Confirmation::failures(std::size_t place) const {
  std::size_t failed = 0;
  for (std::size_t seed = 0; seed < seeds(); ++seed)
    if (outcomes_[index_of(replicate(place, seed))] && !score(place, seed)) ++failed;
  return failed;
}

Confirmation::Choice Confirmation::choice() const {
  // Places stand for trials: they order equals, and the place before was better.
  const auto standing = [this](std::size_t place) {
    const std::optional<Score> score = mean(place);
    return standing_of(score ? Outcome(*score) : Outcome(Crashed{}), trial_at(place), metrics_);
  };
  std::size_t best = 0;
  for (std::size_t place = 1; place < finalists_.size(); ++place) {
    const std::size_t failed = failures(place);
    const std::size_t least = failures(best);
    if (failed < least || (failed == least && standing(place) < standing(best))) best = place;
  }
  Choice choice{.finalist = finalists_[best], .model = finalists_[best]};
  std::optional<Standing> model;
  for (std::size_t seed = 0; seed < seeds(); ++seed) {
    const std::optional<Score> found = score(best, seed);
    if (!found) continue;
    const Standing candidate = standing_of(*found, replicate(best, seed), metrics_);
    if (model && !(candidate < *model)) continue;
    model = candidate;
    choice.model = candidate.trial;
  }
  return choice;
}

}  // namespace stepladder::schedule
