// Scheduler scenarios as text. Settings first, one a line (`eta 3`); then, for each event, the
// event, a line `----`, and what the scheduler answered; blocks end with an empty line. `#` starts
// a comment line.
#pragma once

#include <charconv>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/schedule/invariants.hpp"

namespace stepladder::schedule {

class Scenario {
 public:
  // The same text with what the scheduler answers now. Throws std::runtime_error at a line it does
  // not understand.
  static std::string rewritten(const std::string& text) {
    Scenario scenario;
    std::istringstream lines(text);
    std::string line;
    std::string event;
    bool in_answer = false;
    while (std::getline(lines, line)) {
      if (line.empty()) in_answer = false;
      if (in_answer) continue;
      scenario.result_ += line + '\n';
      if (line == "----") {
        scenario.happen(std::exchange(event, {}));
        in_answer = true;
      } else if (!line.empty() && line.front() != '#') {
        if (scenario.set(line)) continue;
        if (!event.empty()) throw std::runtime_error("no ---- after the event: " + event);
        event = line;
      }
    }
    if (!event.empty()) throw std::runtime_error("no ---- after the event: " + event);
    return scenario.result_;
  }

 private:
  // "eta 3", "mode pasha"; false for a line that is no setting.
  bool set(const std::string& line) {
    std::istringstream words(line);
    std::string key;
    std::string word;
    words >> key >> word;
    if (!words || !words.eof()) return false;
    if (key == "audit_fraction") {
      plan_.audit_fraction = std::stod(word);
      return true;
    }
    if (key == "first") {  // a learning rate to try first
      search_.first.push_back({{{"learning_rate", std::stod(word)}}});
      return true;
    }
    std::int64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    if (scheduler_) throw std::runtime_error("a setting after an event: " + line);
    if (key == "eta") {
      plan_.eta = value;
    } else if (key == "min_steps") {
      plan_.min_steps = value;
    } else if (key == "max_steps") {
      plan_.max_steps = value;
    } else if (key == "trials") {
      plan_.trials = value;
    } else if (key == "finish_winner") {
      plan_.finish_winner = value != 0;
    } else if (key == "brackets") {
      plan_.brackets = value;
    } else if (key == "total_steps") {
      plan_.total_steps = value;
    } else if (key == "top_k") {
      plan_.top_k = value;
    } else if (key == "finalists") {
      plan_.finalists = value;
    } else if (key == "confirmation_seeds") {
      plan_.confirmation_seeds = value;
    } else if (key == "extend_range") {
      plan_.extend_range = value != 0;
    } else if (key == "grid_points") {
      search_.method = search::Method::grid;
      search_.grid_points = value;
    } else if (key == "promotion") {
      plan_.promotion = word == "delayed" ? Promotion::delayed : Promotion::eager;
    } else if (key == "mode") {
      plan_.mode = mode_of(word);
    } else {
      throw std::runtime_error("unknown setting: " + line);
    }
    return true;
  }

  static Mode mode_of(const std::string& word) {
    static const std::map<std::string, Mode> modes = {
        {"asha", Mode::asha},
        {"asha_stopping", Mode::asha_stopping},
        {"hyperband_async", Mode::hyperband_async},
        {"hyperband", Mode::hyperband},
        {"successive_halving", Mode::successive_halving},
        {"pasha", Mode::pasha},
        {"random", Mode::random},
        {"top_k", Mode::top_k}};
    return modes.at(word);
  }

  void happen(const std::string& line) {
    if (!scheduler_) scheduler_.emplace(plan_, search::Sampler(space(), Seed{1}, search_));
    const bool finished = scheduler_->finished();
    const Commands commands = scheduler_->handle({.what = event_of(line, scheduler_->plan())});
    for (const Command& command : commands)
      std::visit([this](const auto& order) { tell(order); }, command);
    if (commands.empty()) result_ += "nothing\n";
    if (scheduler_->finished() && !finished) result_ += "finished\n";
    if (scheduler_->awaits_range()) result_ += "shall the range be extended?\n";
    if (const auto rounds = scheduler_->awaits_round())
      result_ += "who is behind after " + std::to_string(*rounds) + " rounds?\n";
    for (const std::string& broken : broken_invariants(*scheduler_))
      result_ += "BROKEN: " + broken + '\n';
  }

  [[nodiscard]] SearchSpace space() const {
    if (!plan_.extend_range) return {};
    return {{{"learning_rate", Range{.min = 0.001, .max = 1, .scale = Scale::log}}}};
  }

  // "the range becomes 0.001 to 3 for 6 trials"
  static RangeExtended extension_of(std::istringstream& words) {
    search::Extension extension{.name = "learning_rate"};
    std::string word;
    words >> word >> word >> extension.min >> word >> extension.max >> word >> extension.trials;
    return {extension};
  }

  // "grow trials 12 max_steps 27"
  static Grown growth_of(std::istringstream& words, const Plan& plan) {
    Plan to = plan;
    std::string key;
    std::int64_t value = 0;
    while (words >> key >> value) {
      if (key == "trials") {
        to.trials = value;
      } else if (key == "total_steps") {
        to.total_steps = value;
      } else if (key == "finalists") {
        to.finalists = value;
      } else if (key == "confirmation_seeds") {
        to.confirmation_seeds = value;
      } else if (key == "max_steps") {
        to.max_steps = value;
      } else {
        throw std::runtime_error("nothing that a run can have more of: " + key);
      }
    }
    return {growth_to(plan, to).value()};
  }

  // "judge 3 drop 1 2"
  static RoundJudged judged_of(std::istringstream& words) {
    RoundJudged judged;
    std::string word;
    words >> judged.rounds >> word;
    for (std::uint32_t trial = 0; words >> trial;) judged.dropped.push_back(TrialId{trial});
    return judged;
  }

  static decltype(Event::what) event_of(const std::string& line, const Plan& plan) {
    std::istringstream words(line);
    std::string who;
    words >> who;
    if (who == "grow") return growth_of(words, plan);
    if (who == "judge") return judged_of(words);
    if (line == "the range is kept") return RangeKept{};
    if (who == "the") return extension_of(words);
    if (line == "stop") return StopRequested{};
    if (line == "restart") return Restarted{};
    std::uint32_t id = 0;
    std::string what;
    words >> id >> what;
    if (who == "worker" && what == "joins") return WorkerJoined{WorkerId{id}};
    if (who == "worker" && what == "dies") {
      Steps heard_at = 0;  // "worker 0 dies at 120"
      words >> what >> heard_at;
      return WorkerLost{WorkerId{id}, heard_at};
    }
    if (who != "lease") throw std::runtime_error("unknown event: " + line);
    double number = 0;
    words >> number;
    const auto steps = static_cast<Steps>(number);
    if (what == "crashes") return Reported{LeaseId{id}, Crashed{"a reason"}, {}};
    if (line.ends_with("cannot save")) return Reported{LeaseId{id}, StorageFailed{"no room"}, {}};
    if (!words) throw std::runtime_error("a number is missing: " + line);
    if (what == "scores") return Reported{LeaseId{id}, Score{number, 1 - number}, {}};
    if (what == "diverges") return Reported{LeaseId{id}, Diverged{steps}, {}};
    if (what == "stops") return Reported{LeaseId{id}, Interrupted{steps}, {}};
    throw std::runtime_error("unknown event: " + line);
  }

  static std::string named(TrialId trial) {
    if (is_replicate(trial)) return "replicate " + std::to_string(trial.value - kFirstReplicate);
    return "trial " + std::to_string(trial.value);
  }
  void tell(const Assign& order) {
    const Assignment& a = order.assignment;
    std::ostringstream text;
    text << "worker " << order.worker.value << ": lease " << a.lease.value;
    if (a.from < a.to) {
      text << " trains " << named(a.trial) << " from " << a.from << " to " << a.to;
      if (plan_.extend_range && a.from == 0)
        text << ", rate " << std::get<double>(*a.configuration.find("learning_rate"));
      if (a.draws)
        text << " with the random numbers of seed " << a.draws->value - kFirstReplicate
             << ", scored on final";
      text << ", " << name_of(order.cause);
      if (a.is_watched) text << ", watched";
    } else {
      text << " scores " << named(a.trial) << " at " << a.to << " on "
           << (a.part == Part::final ? "final" : "test");
    }
    result_ += text.str() + '\n';
  }
  void tell(const Recall& order) {
    result_ += "worker " + std::to_string(order.worker.value) + ": give back\n";
  }
  void tell(const Retire& order) {
    result_ += "worker " + std::to_string(order.worker.value) + ": leave\n";
  }
  void tell(const Choose& order) {
    result_ += "the choice is trial " + std::to_string(order.trial.value);
    if (order.model != order.trial) result_ += " with the model of " + named(order.model);
    result_ += '\n';
  }
  void tell(const GiveUp& order) {
    result_ += named(order.trial) + " is given up: " + order.reason + '\n';
  }

  Plan plan_{.eta = 3, .min_steps = 1, .max_steps = 9, .trials = 9};
  search::Settings search_;
  std::optional<Hyperband> scheduler_;
  std::string result_;
};

}  // namespace stepladder::schedule
