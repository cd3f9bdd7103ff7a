#include "stepladder/advice/answer.hpp"

#include "stepladder/advice/range_judgement.hpp"
#include "stepladder/analysis/race.hpp"
#include "stepladder/record/leaderboard.hpp"

namespace stepladder::advice {

// Of complete rounds alone: what else has been trained already does not count.
schedule::RoundJudged judge_round(const schedule::Hyperband& scheduler,
                                  const record::History& history, std::int64_t rows) {
  const schedule::Confirmation& confirmation = scheduler.replicates();
  const Metrics& metrics = scheduler.plan().metrics;
  schedule::RoundJudged judged{.rounds = *scheduler.awaits_round(), .dropped = {}};
  std::vector<TrialId> left;
  std::vector<analysis::Racer> racers;
  for (std::size_t place = 0; place < confirmation.finalists().size(); ++place) {
    if (confirmation.dropped_after(place)) continue;
    left.push_back(confirmation.finalists()[place]);
    racers.push_back(record::racer_of(scheduler, history, left.back(),
                                      static_cast<std::size_t>(judged.rounds), metrics.deciding));
  }
  for (const std::size_t i :
       analysis::behind_for_sure(racers, metrics.first(), record::race_of(scheduler, rows)))
    judged.dropped.push_back(left[i]);
  return judged;
}

schedule::Answer answer(const schedule::Hyperband& scheduler, const record::History& history,
                        std::int64_t rows) {
  if (scheduler.awaits_round()) return judge_round(scheduler, history, rows);
  return judge_range(scheduler, history);
}

}  // namespace stepladder::advice
