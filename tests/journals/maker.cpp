// Writes the journals of this folder; `make`, beside this file, says which and how.
//   journal_maker FOLDER                a journal for each mode and each group of settings below,
//   in
//                                       virtual time, the same ones every time
//   journal_maker FOLDER NAME JOURNAL   keeps a journal of a real run
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "journals/fixture.hpp"
#include "schedule/simulated_run.hpp"
#include "stepladder/advice/answer.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/record/history.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::journals {
namespace {

namespace fs = std::filesystem;
using Overrides = std::vector<std::string>;

const std::string kExperiment = R"(name = "fixture"
[space]
learning_rate = { min = 1e-3, max = 1.0, scale = "log" }
policy = { choices = ["constant", "exponential", "linear", "wsd"] }
decay_steps = { min = 10, max = 1000, scale = "log" }
decay_rate = { min = 0.5, max = 1.0 }
optimizer = { choices = ["sgd", "momentum", "adam"] }
momentum = { min = 0.5, max = 0.99, when = { optimizer = "momentum" } }
[schedule]
eta = 3
min_steps = 10
max_steps = 200
audit_fraction = 0
confirmation_seeds = 0
)";

struct Settings {
  std::string name;
  Overrides overrides;
  bool is_disturbed = false;  // by everything that can happen to workers and to the scheduler
  bool is_grown = false;      // after its end, by everything that it may have more of
};

const std::vector<Settings> kModes = {
    {"asha", {"schedule.mode=asha"}},
    {"asha_delayed", {"schedule.mode=asha", "schedule.promotion=delayed"}},
    {"asha_stopping", {"schedule.mode=asha_stopping"}},
    {"hyperband_async", {"schedule.mode=hyperband_async"}},
    {"hyperband_async_delayed", {"schedule.mode=hyperband_async", "schedule.promotion=delayed"}},
    {"successive_halving", {"schedule.mode=successive_halving"}},
    {"hyperband", {"schedule.mode=hyperband"}},
    {"pasha", {"schedule.mode=pasha"}},
    {"random", {"schedule.mode=random"}},
    {"top_k", {"schedule.mode=top_k", "schedule.trials=40"}},
};

const std::vector<Settings> kGroups = {
    {"plain", {"schedule.rung_score=as_is", "schedule.trials=40"}},
    {"audited",
     {"schedule.rung_score=average", "schedule.trials=40", "schedule.audit_fraction=0.3",
      "schedule.metric=loss", "schedule.finalists=2", "schedule.confirmation_seeds=5"}},
    {"disturbed",
     {"schedule.rung_score=cooldown", "schedule.trials=40", "schedule.audit_fraction=0.2",
      "schedule.finalists=3", "schedule.confirmation_seeds=1"},
     true},
    {"extended",
     {"schedule.rung_score=restart", "schedule.trials=40", "schedule.extend_range=true",
      "schedule.audit_fraction=0.1", "schedule.finalists=2", "schedule.confirmation_seeds=1",
      "space.learning_rate={min=1e-3,max=0.05,scale='log'}"}},
    {"grown",
     {"schedule.rung_score=restart", "schedule.trials=20", "schedule.audit_fraction=0.2",
      "schedule.finalists=2", "schedule.confirmation_seeds=4"},
     false,
     true},
    {"budget",
     {"schedule.rung_score=cooldown", "schedule.total_steps=3000", "schedule.search=random",
      "schedule.first=[{learning_rate=0.1},{learning_rate=0.3,optimizer='sgd'}]"},
     true},
    {"grid",
     {"schedule.rung_score=restart", "schedule.search=grid", "schedule.grid_points=3",
      "schedule.trials=36", "schedule.extend_range=true", "schedule.finish_winner=false",
      "space.learning_rate={min=1e-3,max=0.05,scale='log'}", "space.decay_rate=0.9",
      "space.optimizer={choices=['sgd','momentum']}", "space.momentum=0.9"},
     true},
};

class Run {
 public:
  explicit Run(const experiment::Experiment& experiment)
      : experiment_(experiment), scheduler_(experiment::scheduler_of(experiment)) {}

  void feed(const schedule::Event& event) {
    entries_.push_back({.event = event, .commands = scheduler_.handle(event)});
    entries_.back().event.at += begun_at_;
    history_.add(entries_.back());
  }

  // Until every worker is retired, or `events` more events and those of the same moment are
  // handled.
  void drive(fleet::Fleet& fleet, std::size_t events) {
    const std::size_t enough = entries_.size() + events;
    while (entries_.size() < enough && !is_over()) {
      const std::size_t first = entries_.size();
      for (const schedule::Event& event :
           scheduler_.awaits_answer() ? fleet::Arrivals{answer(fleet.now())} : fleet.next())
        feed(event);
      if (entries_.size() == first) throw std::logic_error("nothing will ever happen again");
      carry_out(first, fleet);
    }
  }

  void stop(fleet::Fleet& fleet, std::size_t events) {
    feed({.at = fleet.now(), .what = schedule::StopRequested{}});
    carry_out(entries_.size() - 1, fleet);
    drive(fleet, events);
  }

  // What was still on its way arrives when its leases are gone.
  void restart(fleet::Fleet& former) {
    begun_at_ = entries_.back().event.at;
    feed({.what = schedule::Restarted{}});
    for (fleet::Arrivals some = former.next(); !some.empty(); some = former.next())
      for (const schedule::Event& event : some)
        if (std::holds_alternative<schedule::Reported>(event.what))
          feed({.at = 0.5, .what = event.what});
  }

  void grow() {
    schedule::Plan plan = scheduler_.plan();
    plan.trials *= 2;
    plan.max_steps *= 3;
    ++plan.finalists;
    ++plan.confirmation_seeds;
    feed({.what = schedule::Grown{*schedule::growth_to(scheduler_.plan(), plan)}});
    feed({.what = schedule::Restarted{}});
  }

  [[nodiscard]] bool finished() const { return scheduler_.finished() && scheduler_.workers() == 0; }

  void write(const fs::path& journal) const {
    store::Journal::create(journal, {.seed = experiment_.seed,
                                     .experiment = experiment::identity_of(experiment_),
                                     .metrics = experiment_.plan.metrics})
        .append(entries_);
  }

 private:
  [[nodiscard]] bool is_over() const {
    return !entries_.empty() && scheduler_.workers() == 0 &&
           (scheduler_.finished() || scheduler_.stopping());
  }
  void carry_out(std::size_t first, fleet::Fleet& fleet) const {
    for (std::size_t i = first; i < entries_.size(); ++i)
      for (const schedule::Command& command : entries_[i].commands) fleet.carry_out(command);
  }
  [[nodiscard]] schedule::Event answer(Seconds at) const {
    return schedule::event_of(advice::answer(scheduler_, history_, 0), at);
  }

  const experiment::Experiment& experiment_;
  schedule::Hyperband scheduler_;
  record::History history_;
  std::vector<wire::Entry> entries_;
  Seconds begun_at_ = 0;  // this life of the scheduler
};

void run_undisturbed(Run& run, Seed seed) {
  simulation::SimulatedFleet fleet(4, simulation::made_up_training(seed), {.straggling = 1}, seed);
  while (!run.finished()) run.drive(fleet, 1000);
}

// Workers crash, die, diverge and come back, their storage fails, reports come late and twice, and
// the scheduler is stopped or dies every so often.
void run_disturbed(Run& run, Seed seed) {
  const RandomStream random(seed, Purpose::simulation, 7);
  for (std::uint64_t life = 0; !run.finished(); ++life) {
    simulation::SimulatedFleet fleet(
        2 + static_cast<std::uint32_t>(random.below(2 * life, 4)), schedule::random_workload(seed),
        {.straggling = 1, .loss = 0.1, .late_report = 0.5, .duplicate = 0.1, .report_delay = 2},
        Seed{1000 * life + seed.value});
    run.drive(fleet, 10 + random.below(2 * life + 1, 50));
    if (run.finished()) return;
    if (life % 2 == 0) run.stop(fleet, 30);
    if (!run.finished()) run.restart(fleet);
  }
}

void keep(const fs::path& folder, const std::string& name, const fs::path& journal) {
  std::ifstream file(journal, std::ios::binary);
  write_gzip(folder / (name + ".jsonl.gz"), {std::istreambuf_iterator<char>(file), {}});
  std::string decisions;
  run::RecordedRun run(journal.parent_path());
  std::size_t event = 0;
  run.replay([&](const wire::Entry& entry, const schedule::Commands&) {
    decisions += decisions_text(++event, entry.commands, run.scheduler());
  });
  write_gzip(folder / (name + ".decisions.gz"), decisions);
}

void make(const fs::path& folder, const Settings& mode, const Settings& group, Seed seed) {
  const std::string name = mode.name + '-' + group.name;
  Overrides overrides = mode.overrides;
  overrides.insert(overrides.end(), group.overrides.begin(), group.overrides.end());
  overrides.push_back("seed=" + std::to_string(seed.value));
  overrides.push_back("name='" + name + "'");
  const experiment::Experiment experiment =
      experiment::parse_experiment(kExperiment, name, "/", overrides, experiment::Needs::schedule);
  Run run(experiment);
  if (group.is_disturbed)
    run_disturbed(run, seed);
  else
    run_undisturbed(run, seed);
  if (group.is_grown) {
    run.grow();
    run_undisturbed(run, Seed{seed.value + 1000});
  }
  const fs::path journal = folder / "journal.jsonl";
  run.write(journal);
  keep(folder, name, journal);
  fs::remove(journal);
}

}  // namespace
}  // namespace stepladder::journals

int main(int count, char** arguments) {
  using namespace stepladder;
  using namespace stepladder::journals;
  const std::vector<std::string> words(arguments + 1, arguments + count);
  try {
    if (words.size() == 3) {
      keep(words[0], words[1], words[2]);
    } else if (words.size() == 1) {
      std::uint64_t seed = 180;
      for (const Settings& mode : kModes)
        for (const Settings& group : kGroups) make(words[0], mode, group, Seed{++seed});
    } else {
      std::fputs("usage: journal_maker FOLDER [NAME JOURNAL]\n", stderr);
      return 2;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "journal_maker: %s\n", error.what());
    return 1;
  }
  return 0;
}
