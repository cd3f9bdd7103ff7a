#include "stepladder/report/chance.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/analysis/chance.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

std::string text_of(const Score& score, const record::Leaderboard& board) {
  return measure_text(measure_of(score, board.metrics), board.metrics.first());
}

std::string meaning_of(const record::Leaderboard& board) {
  const std::string rows = steps_text(board.against_chance->chance.rows);
  return board.metrics.first().is_share()
             ? fmt::format("the share of the most frequent class in the {} heldout rows", rows)
             : fmt::format("the shares of the classes in the {} heldout rows", rows);
}

std::string best_of_text(const record::AgainstChance& against) {
  return against.of == 1 ? "the only trial" : fmt::format("the best of {} trials", against.of);
}

// Why no trial passes chance. Where one class is much more frequent than the others, a share may
// not see what the loss does.
std::string reason_of(const record::Leaderboard& board) {
  const record::AgainstChance& against = *board.against_chance;
  const Metric& deciding = board.metrics.first();
  for (std::size_t i = 0; i < board.metrics.size() && deciding.is_share(); ++i) {
    const Metric& other = board.metrics.all[i];
    const double best = (*against.best)[i];
    const double chance = against.chance.score[i];
    if (other.kind == MetricKind::log_loss &&
        analysis::is_above_chance(other, best, chance, against.of, against.chance.rows))
      return fmt::format(
          "{0} does not see what was learned, which the {1} does, {2:.4f} against {3:.4f} of "
          "chance; use metric = \"{1}\".",
          deciding.name, other.name, best, chance);
  }
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
  return fmt::format("Chance {}, {}; best {}.\n", text_of(against.chance.score, board),
                     meaning_of(board), against.best ? text_of(*against.best, board) : "-");
}

std::string chance_sentence(const record::Leaderboard& board) {
  if (!board.against_chance || !board.against_chance->best) return "";
  const record::AgainstChance& against = *board.against_chance;
  const std::string chance =
      fmt::format("chance has {}, {}", text_of(against.chance.score, board), meaning_of(board));
  std::string best = fmt::format("{} has {}", best_of_text(against), text_of(*against.best, board));
  if (against.is_above) return 'C' + chance.substr(1) + "; " + best + '.';
  if (board.metrics.first().is_share())
    best += fmt::format(" [{:.4f}, {:.4f}]", against.share_95.low, against.share_95.high);
  return fmt::format(
      "No trial is significantly better than chance: {}, and {}. So the scores say nothing about "
      "learning rates or numbers of steps: {}",
      chance, best, reason_of(board));
}

nlohmann::ordered_json chance_json(const record::Leaderboard& board) {
  const record::AgainstChance& against = *board.against_chance;
  nlohmann::ordered_json json = {{"rows", against.chance.rows}};
  json.update(scores_json(board.metrics, against.chance.score));
  json["best"] = json_of(board.metrics, against.best, against.chance.rows);
  if (against.best) {
    json["best"]["of"] = against.of;
    json["best"]["interval_95"] = json_of(against.share_95);
  }
  json["is_passed"] = against.is_above;
  return json;
}

}  // namespace stepladder::report
