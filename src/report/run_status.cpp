#include "stepladder/report/run_status.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"

namespace stepladder::report {
namespace {

std::string date_of(double since_1970) {
  return fmt::format("{:%F %T}", fmt::localtime(static_cast<std::time_t>(since_1970)));
}

// Where nothing tells how it ended.
std::string how_it_died(const RunStatus& s) {
  if (s.is_finished) return "it died while writing its results, which the same command does again";
  if (s.stopping) return "it was stopping " + *s.stopping + " and died before that was done";
  return "it died without a word";
}

}  // namespace

std::string RunStatus::state() const {
  if (holder) return "running";
  return is_finished ? "finished" : "resumable";
}

void UnderWay::add(const wire::Entry& entry) {
  const auto& what = entry.event.what;
  if (const auto* report = std::get_if<schedule::Reported>(&what)) {
    ++results_;
    std::erase_if(assignments_,
                  [&](const auto& each) { return each.second.lease == report->lease; });
  } else if (const auto* lost = std::get_if<schedule::WorkerLost>(&what)) {
    assignments_.erase(lost->worker);
  } else if (const auto* stop = std::get_if<schedule::StopRequested>(&what)) {
    stopping_ = stop->why;
  } else if (std::holds_alternative<schedule::Restarted>(what)) {
    assignments_.clear();
    stopping_.reset();
  }
  for (const schedule::Command& command : entry.commands)
    if (const auto* assign = std::get_if<schedule::Assign>(&command))
      assignments_[assign->worker] = assign->assignment;
}

Steps UnderWay::steps_at_risk(const std::vector<store::Checkpoints::Saved>& saved) const {
  Steps sum = 0;
  for (const auto& [worker, assignment] : assignments_) {
    Steps from = 0;
    for (const store::Checkpoints::Saved& checkpoint : saved)
      if (checkpoint.trial == assignment.trial && checkpoint.step <= assignment.to)
        from = std::max(from, checkpoint.step);
    sum += assignment.to - from;
  }
  return sum;
}

std::string to_text(const RunStatus& s) {
  std::string text = fmt::format("{}: {}", s.run, s.state());
  if (s.holder) {
    text += ", by " + *s.holder;
    if (s.latest) text += fmt::format(", since {}", date_of(s.latest->since));
    if (s.stopping) text += ", stopping " + *s.stopping;
    if (s.last_beat)
      text += fmt::format(", last sign of life {:.0f} s ago", std::max(0.0, s.now - *s.last_beat));
  } else if (s.end) {
    text += fmt::format(", ended {} with exit code {}: {}", date_of(s.end->at), s.end->exit_code,
                        s.end->why);
  } else if (s.last_beat) {
    text += fmt::format("; {}, after {}", how_it_died(s), date_of(*s.last_beat));
  }
  text += fmt::format("\n{} results", s.results);
  if (s.state() == "running")
    text += fmt::format("; if it died now, at most {} steps would be trained again",
                        s.steps_to_repeat_max);
  if (s.state() == "resumable")
    text += fmt::format("; the same command goes on, and trains at most {} steps again",
                        s.steps_to_repeat_max);
  return text + '\n';
}

std::string to_json(const RunStatus& s) {
  nlohmann::ordered_json json = {{"run", s.run}, {"state", s.state()}};
  if (s.holder) json["holder"] = *s.holder;
  if (s.latest) {
    json["host"] = s.latest->process.host;
    json["process"] = s.latest->process.number;
    json["since"] = s.latest->since;
    json["hosts"] = s.latest->hosts;
  }
  if (s.last_beat) json["last_beat"] = *s.last_beat;
  if (s.stopping && !s.end) json["stopping"] = *s.stopping;
  if (s.end) {
    json["exit_code"] = s.end->exit_code;
    json["why"] = s.end->why;
    json["ended"] = s.end->at;
  }
  json["results"] = s.results;
  json["steps_to_repeat_max"] = s.steps_to_repeat_max;
  return text_of(json);
}

}  // namespace stepladder::report
