#include "finalists.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/analysis/interval.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

std::string optimism_text(const std::optional<analysis::SeenOptimism>& optimism) {
  if (!optimism) return "-";
  return with_interval(optimism->value, optimism->interval_95,
                       [](double value) { return fmt::format("{:+.4f}", value); });
}

std::string capitalised(std::string word) {
  word.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
  return word;
}

std::string confirmation_heading(const record::Leaderboard& l) {
  const std::size_t count = l.finalists.size();
  std::size_t seeds = 0;
  for (const record::Finalist& f : l.finalists) seeds = std::max(seeds, f.replicates.size());
  // Simulated runs score no rows.
  const std::string scored_on =
      l.rows.final > 0 ? fmt::format(" Scored on the {} final rows, which had decided nothing.",
                                     steps_text(l.rows.final))
                       : "";
  return wrapped(fmt::format(
             "Confirmation: the {}, trained again from step 0 to {} with {} ({}).{} {} with 95 % "
             "intervals:",
             count == 1 ? "best trial, the finalist"
                        : fmt::format("best {} trials, the finalists", count),
             counted_steps(l.finalists.front().trained_to),
             seeds == 1 ? "a fresh seed" : fmt::format("{} fresh seeds each", seeds),
             seeds == 1 ? "its replicate" : "its replicates", scored_on,
             capitalised(l.metrics.first().name))) +
         '\n';
}

// What best/model.checkpoint is.
std::string model_text(const record::Leaderboard& l) {
  const record::Winner& winner = *l.winner;
  const std::string steps = fmt::format("trained for {}", counted_steps(winner.steps));
  const record::Finalist* finalist = record::finalist_of(l, winner.trial);
  if (!winner.seed || finalist == nullptr) return "the trial itself, " + steps;
  return fmt::format("replicate {} of {}, the best of them on the final rows, {}", *winner.seed + 1,
                     finalist->replicates.size(), steps);
}

}  // namespace

// By the metric that decides.
std::string finalists_text(const record::Leaderboard& l) {
  const bool has_optimism =
      std::any_of(l.finalists.begin(), l.finalists.end(),
                  [](const record::Finalist& f) { return f.optimism.has_value(); });
  const auto row = [&](const std::string& trial, const std::string& tuned, const std::string& at,
                       const std::string& fresh, const std::string& seeds,
                       const std::string& optimism, const std::string& behind) {
    return fmt::format("{:>7}  {:<16}  {:>8}  {:<24}  {:>5}  {}{}\n", trial, tuned, at, fresh,
                       seeds, has_optimism ? fmt::format("{:<26}  ", optimism) : "", behind);
  };
  std::string text =
      confirmation_heading(l) + row("trial", "picked for, prune", "at steps", "fresh seeds, final",
                                    "seeds", "difference", "behind the winner, seed by seed");
  for (const record::Finalist& f : l.finalists) {
    const std::string tuned =
        f.tuning_score
            ? value_text(l.metrics.first(), (*f.tuning_score)[l.metrics.deciding], l.rows.prune)
            : "-";
    const bool is_winner = l.winner && l.winner->trial == f.trial;
    text += row(fmt::format("{}", f.trial.value), tuned, steps_text(f.picked_at),
                spread_text(f.fresh.of(l.metrics.deciding)),
                fmt::format("{}/{}", f.scored(), f.replicates.size()), optimism_text(f.optimism),
                is_winner ? "the winner"
                          : spread_text(f.behind.of(l.metrics.deciding)) +
                                (f.dropped_after ? ", dropped" : ""));
  }
  if (std::any_of(l.finalists.begin(), l.finalists.end(),
                  [](const record::Finalist& f) { return f.dropped_after.has_value(); }))
    text += "(dropped: behind for sure, so no further seeds were spent on it)\n";
  if (has_optimism)
    text +=
        "(difference: the score it was picked for less that of the fresh seeds; where its interval "
        "holds 0, it may be\nthe luck of rows and seeds; \"-\": judged at fewer steps)\n";
  return text;
}

ordered_json finalists_json(const record::Leaderboard& l) {
  ordered_json json = ordered_json::array();
  for (const record::Finalist& f : l.finalists) {
    ordered_json scores = ordered_json::array();
    for (const auto& score : f.replicates)
      scores.push_back(json_of(l.metrics, score, l.rows.final));
    json.push_back({{"trial", f.trial.value},
                    {"picked_at", f.picked_at},
                    {"trained_to", f.trained_to},
                    {"tuning", json_of(l.metrics, f.tuning_score, l.rows.prune)},
                    {"replicates", scores},
                    {"dropped_after", or_null(f.dropped_after)},
                    {"scores", json_of(l.metrics, f.fresh)},
                    {"optimism", or_null(f.optimism,
                                         [](const analysis::SeenOptimism& seen) {
                                           return ordered_json{
                                               {"value", seen.value},
                                               {"interval_95", json_of(seen.interval_95)}};
                                         })},
                    {"behind", json_of(l.metrics, f.behind)}});
  }
  return json;
}

std::string winner_text(const record::Leaderboard& l) {
  const record::Winner& winner = *l.winner;
  const auto entry =
      std::find_if(l.entries.begin(), l.entries.end(),
                   [&](const record::LeaderboardEntry& e) { return e.trial == winner.trial; });
  std::string text = fmt::format("Winner: trial {}, {}\n  {:<14} {}\n", winner.trial.value,
                                 short_text(entry->configuration), "model", model_text(l));
  // The figure that decides; with its name, and the share beside it, where that is another.
  const auto line = [&](const char* what, const auto& text_of, std::int64_t rows,
                        const std::string& meaning) {
    const std::size_t deciding = l.metrics.deciding;
    std::string figures = text_of(deciding);
    if (const auto share = l.metrics.share(); share && *share != deciding)
      figures = fmt::format("{} {}, {} {}", l.metrics.first().name, figures,
                            l.metrics.all[*share].name, text_of(*share));
    text += fmt::format("  {:<14} {}{}, {}\n", what, figures,
                        rows > 0 ? fmt::format(" on {} rows", steps_text(rows)) : "", meaning);
  };
  const auto score_line = [&](const char* what, const Score& score, std::int64_t rows,
                              const std::string& meaning) {
    line(
        what, [&](std::size_t i) { return value_text(l.metrics.all[i], score[i], rows); }, rows,
        meaning);
  };
  if (entry->score)
    score_line("heldout, prune", *entry->score, l.rows.prune,
               fmt::format("trial {} at {}: {}", winner.trial.value, counted_steps(entry->steps),
                           winner.seed ? "this made it a finalist" : "the best of all trials"));
  const record::Finalist* finalist = record::finalist_of(l, winner.trial);
  if (winner.seed && finalist != nullptr)
    line(
        "heldout, final", [&](std::size_t i) { return spread_text(finalist->fresh.of(i)); },
        l.rows.final, fmt::format("the mean of its replicates ({})", finalist->scored()));
  else if (winner.final_score)
    score_line("heldout, final", *winner.final_score, l.rows.final,
               "which it had not seen before it was the best");
  if (const auto& test = winner.test_score; test && l.rows.test > 0)
    line(
        "test",
        [&](std::size_t i) {
          return l.metrics.all[i].is_share()
                     ? with_interval((*test)[i], analysis::wilson_interval((*test)[i], l.rows.test))
                     : value_text(l.metrics.all[i], (*test)[i], l.rows.test);
        },
        l.rows.test,
        winner.times_tested > 1
            ? fmt::format("the model, after the choice; test was scored {} times in this run",
                          winner.times_tested)
            : "the model, scored once, after the choice was written down");
  return text;
}

ordered_json winner_json(const record::Leaderboard& l) {
  const record::Winner& winner = *l.winner;
  ordered_json json = {{"trial", winner.trial.value},
                       {"model", winner.model.value},
                       {"replicate", nullptr},
                       {"steps", winner.steps},
                       {"final", json_of(l.metrics, winner.final_score, l.rows.final)},
                       {"test", json_of(l.metrics, winner.test_score, l.rows.test)},
                       {"times_tested", winner.times_tested}};
  if (winner.seed) json["replicate"] = *winner.seed + 1;
  if (winner.test_score && l.rows.test > 0)
    for (std::size_t i = 0; i < l.metrics.size(); ++i)
      if (l.metrics.all[i].is_share())
        json["test"]["intervals_95"][l.metrics.all[i].name] =
            json_of(analysis::wilson_interval((*winner.test_score)[i], l.rows.test));
  return json;
}

}  // namespace stepladder::report
