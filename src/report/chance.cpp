#include "stepladder/report/chance.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

using analysis::Measure;

Measure measure_of(const record::Leaderboard& board) {
  return board.metric == Metric::loss ? Measure::loss : Measure::error;
}

Score score_of(const analysis::Chance& chance) {
  return {.accuracy = chance.accuracy, .loss = chance.loss};
}

std::string text_of(const Score& score, const record::Leaderboard& board) {
  return measure_text(report::measure_of(score, measure_of(board)), measure_of(board));
}

std::string meaning_of(const record::Leaderboard& board) {
  const std::string rows = steps_text(board.against_chance->chance.rows);
  return board.metric == Metric::loss
             ? fmt::format("the shares of the classes in the {} heldout rows", rows)
             : fmt::format("the share of the most frequent class in the {} heldout rows", rows);
}

std::string best_of_text(const record::AgainstChance& against) {
  return against.of == 1 ? "the only trial" : fmt::format("the best of {} trials", against.of);
}

// Why no trial passes chance. Where one class is much more frequent than the others, accuracy may
// not see what the loss does.
std::string reason_of(const record::Leaderboard& board) {
  const record::AgainstChance& against = *board.against_chance;
  if (board.metric == Metric::accuracy &&
      analysis::is_above_chance(*against.best, against.of, Metric::loss, against.chance))
    return fmt::format(
        "accuracy does not see what was learned, which the loss does, {:.4f} against {:.4f} of "
        "chance; use metric = \"loss\".",
        against.best->loss, against.chance.loss);
  return "either the features do not tell the classes apart, or nothing tried so far has learned "
         "to.";
}

}  // namespace

bool is_at_chance(const record::Leaderboard& board) {
  return board.against_chance && board.against_chance->best && !board.against_chance->is_above;
}

std::string chance_line(const record::Leaderboard& board) {
  if (!board.against_chance) return "";
  const record::AgainstChance& against = *board.against_chance;
  return fmt::format("Chance {}, {}; best {}.\n", text_of(score_of(against.chance), board),
                     meaning_of(board), against.best ? text_of(*against.best, board) : "-");
}

std::string chance_sentence(const record::Leaderboard& board) {
  if (!board.against_chance || !board.against_chance->best) return "";
  const record::AgainstChance& against = *board.against_chance;
  const std::string chance =
      fmt::format("chance has {}, {}", text_of(score_of(against.chance), board), meaning_of(board));
  std::string best = fmt::format("{} has {}", best_of_text(against), text_of(*against.best, board));
  if (against.is_above) return 'C' + chance.substr(1) + "; " + best + '.';
  if (board.metric == Metric::accuracy)
    best += fmt::format(" [{:.4f}, {:.4f}]", against.accuracy_95.low, against.accuracy_95.high);
  return fmt::format(
      "No trial is significantly better than chance: {}, and {}. So the scores say nothing about "
      "learning rates or numbers of steps: {}",
      chance, best, reason_of(board));
}

nlohmann::ordered_json chance_json(const record::AgainstChance& against) {
  nlohmann::ordered_json json = {{"rows", against.chance.rows},
                                 {"accuracy", against.chance.accuracy},
                                 {"loss", against.chance.loss},
                                 {"best", json_of(against.best, against.chance.rows)}};
  if (against.best) {
    json["best"]["of"] = against.of;
    json["best"]["interval_95"] = json_of(against.accuracy_95);
  }
  json["is_passed"] = against.is_above;
  return json;
}

}  // namespace stepladder::report
