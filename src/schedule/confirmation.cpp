#include "stepladder/schedule/confirmation.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace stepladder::schedule {

void Confirmation::begin(std::vector<TrialId> finalists, std::int64_t seeds, Steps level) {
  finalists_ = std::move(finalists);
  dropped_after_.assign(finalists_.size(), std::nullopt);
  seeds_ = seeds;
  level_ = level;
  judged_ = 0;
}

std::optional<TrialId> Confirmation::next() {
  for (std::size_t seed = 0; seed < static_cast<std::size_t>(rounds()); ++seed)
    for (std::size_t place = 0; place < finalists_.size(); ++place)
      if (!dropped_after_[place])
        if (const auto begun = begin_one(finalists_[place], seed, level_)) return begun;
  return std::nullopt;
}

std::optional<TrialId> Confirmation::next_of(std::span<const TrialId> sure, std::int64_t seeds,
                                             Steps level) {
  for (std::size_t seed = 0; seed < static_cast<std::size_t>(std::min(seeds, kRoundsMin)); ++seed)
    for (const TrialId finalist : sure)
      if (const auto begun = begin_one(finalist, seed, level)) return begun;
  return std::nullopt;
}

// Unless it is under way, failed, or trained to the level.
std::optional<TrialId> Confirmation::begin_one(TrialId finalist, std::size_t seed, Steps level) {
  const auto next = static_cast<std::uint32_t>(replicates_.size());
  const auto [found, is_new] = numbers_.try_emplace(Key{finalist, seed}, next);
  if (is_new)
    replicates_.push_back({.finalist = finalist, .seed = seed, .state = {}, .outcome = {}});
  Replicate& replicate = replicates_[found->second];
  if (replicate.is_under_way || replicate.state.fate != Trial::Fate::alive ||
      (replicate.outcome && replicate.state.trained == level))
    return std::nullopt;
  replicate.is_under_way = true;
  return TrialId{kFirstReplicate + found->second};
}

void Confirmation::complete(TrialId id, Steps level, const Outcome& outcome) {
  Replicate& replicate = replicates_.at(id.value - kFirstReplicate);
  if (!std::exchange(replicate.is_under_way, false))
    throw std::logic_error("Confirmation: a replicate ends that was not under way");
  if (standing_of(outcome, id, metrics_).failed)
    replicate.state.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
  const auto* diverged = std::get_if<Diverged>(&outcome);
  replicate.state.trained = diverged == nullptr ? level : std::clamp<Steps>(diverged->at, 0, level);
  replicate.outcome = outcome;
}

void Confirmation::forget(TrialId id) {
  replicates_.at(id.value - kFirstReplicate).is_under_way = false;
}

void Confirmation::forget_all_under_way() {
  for (Replicate& replicate : replicates_) replicate.is_under_way = false;
}

// ---- the race

std::size_t Confirmation::left() const {
  return static_cast<std::size_t>(
      std::count(dropped_after_.begin(), dropped_after_.end(), std::nullopt));
}

// How many those get that are left.
std::int64_t Confirmation::rounds() const {
  return finalists_.size() > 1 && left() == 1 ? judged_ : seeds_;
}

std::size_t Confirmation::seeds(std::size_t place) const {
  return static_cast<std::size_t>(dropped_after_[place].value_or(rounds()));
}

bool Confirmation::has_ended(TrialId finalist, std::size_t seed) const {
  const auto found = numbers_.find({finalist, seed});
  if (found == numbers_.end()) return false;
  const Replicate& replicate = replicates_[found->second];
  return !replicate.is_under_way && replicate.outcome &&
         (replicate.state.trained == level_ || replicate.state.fate != Trial::Fate::alive);
}

std::optional<std::int64_t> Confirmation::round_to_judge() const {
  const std::int64_t round = std::max(kRoundsMin, judged_ + 1);
  if (round >= seeds_ || left() < 2) return std::nullopt;
  for (std::size_t place = 0; place < finalists_.size(); ++place)
    for (std::size_t seed = 0; seed < static_cast<std::size_t>(round); ++seed)
      if (!dropped_after_[place] && !has_ended(finalists_[place], seed)) return std::nullopt;
  return round;
}

void Confirmation::judge(std::span<const TrialId> dropped) {
  const std::optional<std::int64_t> round = round_to_judge();
  if (!round) return;
  judged_ = *round;
  for (const TrialId trial : dropped) {
    const std::size_t place = place_of(trial);
    if (place < finalists_.size() && !dropped_after_[place] && left() > 1)
      dropped_after_[place] = *round;
  }
}

bool Confirmation::is_complete() const { return ended() == wanted() && !round_to_judge(); }

bool Confirmation::is_wanted(TrialId id) const {
  const Replicate& replicate = of(id);
  const std::size_t place = place_of(replicate.finalist);
  return place < finalists_.size() && replicate.seed < seeds(place);
}

std::size_t Confirmation::wanted() const {
  std::size_t count = 0;
  for (std::size_t place = 0; place < finalists_.size(); ++place) count += seeds(place);
  return count;
}

std::size_t Confirmation::ended() const {
  std::size_t count = 0;
  for (std::size_t place = 0; place < finalists_.size(); ++place)
    for (std::size_t seed = 0; seed < seeds(place); ++seed)
      count += has_ended(finalists_[place], seed) ? 1 : 0;
  return count;
}

// ---- replicates and their scores

std::size_t Confirmation::place_of(TrialId finalist) const {
  return static_cast<std::size_t>(std::find(finalists_.begin(), finalists_.end(), finalist) -
                                  finalists_.begin());
}

const Confirmation::Replicate& Confirmation::of(TrialId replicate) const {
  return replicates_.at(replicate.value - kFirstReplicate);
}

TrialId Confirmation::draws_of(TrialId replicate) const {
  return TrialId{kFirstReplicate + static_cast<std::uint32_t>(of(replicate).seed)};
}

std::optional<TrialId> Confirmation::find(TrialId finalist, std::size_t seed) const {
  const auto found = numbers_.find({finalist, seed});
  if (found == numbers_.end()) return std::nullopt;
  return TrialId{kFirstReplicate + found->second};
}

std::optional<Score> Confirmation::score(std::size_t place, std::size_t seed) const {
  if (seed >= seeds(place) || !has_ended(finalists_[place], seed)) return std::nullopt;
  const TrialId replicate = *find(finalists_[place], seed);
  const Outcome& outcome = *of(replicate).outcome;
  if (standing_of(outcome, replicate, metrics_).failed) return std::nullopt;
  return std::get<Score>(outcome);
}

std::optional<Score> Confirmation::mean(std::size_t place) const {
  std::array<double, kMetricsMax> sums{};
  std::size_t count = 0;
  for (std::size_t seed = 0; seed < seeds(place); ++seed) {
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
  for (std::size_t seed = 0; seed < seeds(place); ++seed)
    if (has_ended(finalists_[place], seed) && !score(place, seed)) ++failed;
  return failed;
}

Confirmation::Choice Confirmation::choice() const {
  // Numbers stand for trials: they order equals, and the place before was better.
  const auto numbered = [](std::size_t number) {
    return TrialId{static_cast<std::uint32_t>(number)};
  };
  const auto standing = [&](std::size_t place) {
    const std::optional<Score> score = mean(place);
    return standing_of(score ? Outcome(*score) : Outcome(Crashed{}), numbered(place), metrics_);
  };
  std::optional<std::size_t> best;
  for (std::size_t place = 0; place < finalists_.size(); ++place) {
    if (dropped_after_[place]) continue;
    const bool is_better =
        !best || failures(place) < failures(*best) ||
        (failures(place) == failures(*best) && standing(place) < standing(*best));
    if (is_better) best = place;
  }
  Choice choice{.finalist = finalists_[*best], .model = finalists_[*best]};
  std::optional<Standing> model;
  for (std::size_t seed = 0; seed < seeds(*best); ++seed) {
    const std::optional<Score> found = score(*best, seed);
    if (!found) continue;
    const Standing candidate = standing_of(*found, numbered(seed), metrics_);
    if (model && !(candidate < *model)) continue;
    model = candidate;
    choice.model = *find(choice.finalist, seed);
  }
  return choice;
}

}  // namespace stepladder::schedule
