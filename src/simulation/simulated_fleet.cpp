#include "stepladder/simulation/simulated_fleet.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/trial/elementary.hpp"

namespace stepladder::simulation {

namespace {

Steps steps_of(const Outcome& outcome, const Assignment& assignment) {
  const auto* diverged = std::get_if<Diverged>(&outcome);
  if (diverged == nullptr) return assignment.steps();
  return std::clamp(diverged->at, assignment.from, assignment.to + assignment.cooldown) -
         assignment.from;
}

}  // namespace

SimulatedFleet::SimulatedFleet(std::uint32_t workers, Training workload, Disturbances disturbances,
                               Seed seed)
    : workload_(std::move(workload)), disturbances_(disturbances), seed_(seed) {
  for (std::uint32_t i = 0; i < workers; ++i) arrive(0, schedule::WorkerJoined{WorkerId{i}});
}

fleet::Arrivals SimulatedFleet::next() {
  fleet::Arrivals arrivals;
  while (!pending_.empty() && (arrivals.empty() || pending_.top().event.at == now_)) {
    const schedule::Event& event = pending_.top().event;
    const auto* report = std::get_if<schedule::Reported>(&event.what);
    const bool withdrawn = report != nullptr && recalled_.contains(report->lease) &&
                           !std::holds_alternative<Interrupted>(report->outcome);
    if (!withdrawn) {
      now_ = event.at;
      arrivals.push_back(event);
    }
    pending_.pop();
  }
  return arrivals;
}

void SimulatedFleet::arrive(Seconds at, decltype(schedule::Event::what) what) {
  pending_.push({.order = order_++, .event = {.at = at, .what = std::move(what)}});
}

void SimulatedFleet::carry_out(const schedule::Command& command) {
  if (const auto* assign = std::get_if<schedule::Assign>(&command)) begin(*assign);
  if (const auto* recall = std::get_if<schedule::Recall>(&command)) give_back(recall->worker);
}

void SimulatedFleet::begin(const schedule::Assign& assign) {
  const RandomStream random(seed_, Purpose::simulation, assign.assignment.lease.value);
  const Trained work = workload_(assign.assignment);
  const Seconds duration =
      work.duration * (1 + disturbances_.straggling * std::abs(random.normal(0)));
  const Seconds end = now_ + duration;
  const schedule::Reported report{
      .lease = assign.assignment.lease,
      .outcome = work.outcome,
      .effort = {.steps = steps_of(work.outcome, assign.assignment), .training = duration}};
  Task& task = tasks_[assign.worker] = {.lease = assign.assignment.lease,
                                        .from = assign.assignment.from,
                                        .to = assign.assignment.to,
                                        .start = now_,
                                        .end = end,
                                        .worked_until = end};

  if (random.uniform(10) < disturbances_.loss) {
    const double share = random.uniform(11);
    const Seconds death = now_ + share * duration;
    const Assignment& a = assign.assignment;
    const auto done = static_cast<Steps>(share * static_cast<double>(a.to - a.from));
    task.worked_until = death;
    busy_ += death - now_;
    arrive(death, schedule::WorkerLost{assign.worker, a.from + done});
    arrive(death + disturbances_.away, schedule::WorkerJoined{assign.worker});
    if (random.uniform(12) < disturbances_.late_report) arrive(death + duration, report);
    return;
  }
  busy_ += duration;
  arrive(end + disturbances_.report_delay, report);
  if (random.uniform(13) < disturbances_.duplicate)
    arrive(end + disturbances_.report_delay + random.uniform(14) * duration, report);
}

// The worker stops half-way at once: its own report is withdrawn, Interrupted arrives instead.
void SimulatedFleet::give_back(WorkerId worker) {
  const Task& task = tasks_.at(worker);
  if (task.end <= now_) return;  // its report is on the way
  const double share = task.end > task.start ? (now_ - task.start) / (task.end - task.start) : 1.0;
  const Steps at = task.from + static_cast<Steps>(share * static_cast<double>(task.to - task.from));
  recalled_[task.lease] = true;
  busy_ -= task.worked_until - now_;
  arrive(now_ + disturbances_.report_delay,
         schedule::Reported{
             .lease = task.lease, .outcome = Interrupted{at}, .effort = {.steps = at - task.from}});
}

Training made_up_training(Seed seed) {
  return [seed](const Assignment& assignment) -> Trained {
    const RandomStream random(seed, Purpose::simulation, assignment.drawn_as().value,
                              ~std::uint64_t{0});
    const auto duration = static_cast<double>(assignment.steps());
    double rate = elementary::exp(elementary::log(1e-3) + random.uniform(0) * elementary::log(1e3));
    if (const Value* given = assignment.configuration.find("learning_rate"))
      if (const auto* real = std::get_if<double>(given)) rate = *real;
    const auto steps = static_cast<double>(std::max<Steps>(assignment.to, 1));
    if (rate > 0.7 && random.uniform(1) < 0.5) return {Diverged{assignment.from + 1}, 1.0};

    const double best = elementary::log(0.2) - 0.25 * elementary::log(steps / 1000.0);
    const double miss = elementary::log(rate) - best;
    const double noise = 0.02 * random.normal(100 + static_cast<std::uint64_t>(assignment.to)) /
                         std::sqrt(steps / 100);
    const double loss = 0.3 + 0.03 * miss * miss + 2.0 / std::sqrt(steps) + noise;
    return {Score{std::clamp(1.0 - 0.4 * loss, 0.0, 1.0), loss}, duration};
  };
}

}  // namespace stepladder::simulation
