#include "sentences.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "stepladder/report/chance.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {

namespace {

// "a test loss of 0.31 and a test accuracy of 0.88 [0.87, 0.89]".
std::string test_text(const RunReport& report, const Score& score) {
  const Metrics& metrics = report.board.metrics;
  const auto text_of = [&](std::size_t i) {
    const Metric& metric = metrics.all[i];
    return fmt::format(
        "a test {} of {}", metric.name,
        metric.is_share()
            ? with_interval(score[i], analysis::wilson_interval(score[i], report.board.rows.test))
            : four_decimals(score[i]));
  };
  const auto share = metrics.share();
  return text_of(metrics.deciding) +
         (share && *share != metrics.deciding ? " and " + text_of(*share) : "");
}

std::string winner_sentence(const RunReport& report) {
  const auto& winner = report.board.winner;
  // Simulated: there is nothing to test.
  if (!winner || !winner->test_score || report.board.rows.test <= 0) return "";
  const std::optional<double> rate = report.paths[winner->trial.value].learning_rate;
  return fmt::format("The winner, trial {}{}, has {}.", winner->trial.value,
                     rate ? " at rate " + number_text(*rate) : "",
                     test_text(report, *winner->test_score));
}

// Said only where it is more than the luck of rows and seeds.
std::string optimism_text(const record::Finalist& finalist, const Metric& metric) {
  if (!finalist.optimism || !finalist.optimism->is_shown()) return "";
  const auto [value, interval] = *finalist.optimism;
  const analysis::Estimate size =
      value > 0 ? analysis::Estimate{value, *interval}
                : analysis::Estimate{-value, {-interval->high, -interval->low}};
  return fmt::format(": the score it was picked for {} by {}",
                     value > 0 ? "flattered it" : "was too low", difference_text(size, metric));
}

// What fresh seeds made of the score that the winner was picked for.
std::string confirmation_sentence(const RunReport& report) {
  if (!report.board.winner) return "";
  const record::Finalist* finalist = finalist_of(report.board, report.board.winner->trial);
  if (finalist == nullptr || !finalist->tuning_score) return "";
  const Metrics& metrics = report.board.metrics;
  const auto fresh = finalist->fresh.of(metrics.deciding);
  if (!fresh) return "";
  const bool goes_further = finalist->picked_at < finalist->trained_to;
  return fmt::format(
      "Picked for {} of {:.4f}{}, its configuration has {}{} over {} on rows that "
      "decided nothing{}.",
      with_article(metrics.first()), (*finalist->tuning_score)[metrics.deciding],
      goes_further ? " at " + counted_steps(finalist->picked_at) : "", spread_text(fresh),
      goes_further ? " at " + counted_steps(finalist->trained_to) : "",
      counted(fresh->count, "fresh seed"), optimism_text(*finalist, metrics.first()));
}

}  // namespace

std::vector<std::string> sentences_of(const RunReport& report) {
  std::vector<std::string> sentences;
  const auto say = [&sentences](std::string sentence) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  };
  if (report.board.entries.empty()) say("No trial was started yet.");
  const bool is_in_vain = is_at_chance(report.board);
  if (is_in_vain) {
    say(chance_sentence(report.board));
  } else {
    if (report.rates.groups.empty() && !report.board.entries.empty())
      say("The trials of this run have no learning rate, so there is none to recommend.");
    for (const std::string& sentence : sentences_of(report.rates)) say(sentence);
  }
  for (const auto& extended : report.board.extensions)
    say(
        fmt::format("The range of learning_rate was extended {}, because the best rate seemed to "
                    "lie at its edge: {} come from there.",
                    extension_text(extended), trials_text(extended)));
  say(winner_sentence(report));
  say(confirmation_sentence(report));
  if (!is_in_vain) say(chance_sentence(report.board));
  if (report.trials_read < report.paths.size())
    say(fmt::format("All this is read from {} of {} trials, a fair sample of them.",
                    steps_text(static_cast<Steps>(report.trials_read)),
                    steps_text(static_cast<Steps>(report.paths.size()))));
  return sentences;
}

std::vector<std::string> first_sentences(const RunReport& report, std::size_t count) {
  std::vector<std::string> sentences = report.answer;
  if (sentences.size() > count) sentences.resize(count);
  // What may make all that wrong is worth a sentence.
  if (!report.warnings.empty() && count > 1) {
    if (sentences.size() == count) sentences.pop_back();
    sentences.push_back("But: " + report.warnings.front().what + ' ' +
                        report.warnings.front().advice);
  }
  return sentences;
}

}  // namespace stepladder::report
