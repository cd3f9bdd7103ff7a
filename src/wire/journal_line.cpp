#include "stepladder/wire/journal_line.hpp"

#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "journal_words.hpp"

namespace stepladder::wire {
namespace {

using nlohmann::ordered_json;
using namespace schedule;  // the event and command types, named on almost every line below

// ---- checksum: `{...}` becomes `{...,"crc":"89abcdef"}`, computed over the former
// --------------------------------

constexpr std::size_t kTailLength = 18;  // ,"crc":"89abcdef"}

std::array<char, kTailLength + 1> tail_of(std::string_view body, bool closed) {
  uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  if (!closed) crc = crc32(crc, reinterpret_cast<const Bytef*>("}"), 1);
  std::array<char, kTailLength + 1> tail{};
  std::snprintf(tail.data(), tail.size(), ",\"crc\":\"%08lx\"}", crc);
  return tail;
}

std::string sealed(const ordered_json& json) {
  // A crash's reason may hold any bytes.
  std::string line = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const auto tail = tail_of(line, true);
  line.pop_back();
  line.append(tail.data(), kTailLength);
  return line;
}

// ---- values
// --------------------------------------------------------------------------------------------------------

ordered_json json_of(const Configuration& configuration) {
  ordered_json json = ordered_json::object();
  for (const Setting& setting : configuration.settings)
    std::visit([&](const auto& value) { json[setting.name] = value; }, setting.value);
  return json;
}

ordered_json json_of(const Assignment& a) {
  ordered_json json = {{"lease", a.lease.value},
                       {"trial", a.trial.value},
                       {"configuration", json_of(a.configuration)},
                       {"from", a.from},
                       {"to", a.to},
                       {"horizon", a.horizon},
                       {"part", kPartNames[static_cast<std::size_t>(a.part)]}};
  if (a.draws) json["draws"] = a.draws->value;
  if (a.averages) json["averages"] = true;
  if (a.cooldown > 0) json["cooldown"] = a.cooldown;
  if (a.is_watched) json["watched"] = true;
  return json;
}

ordered_json json_of(const Metric& metric) {
  return {{"name", metric.name},
          {"direction", kDirectionNames[static_cast<std::size_t>(metric.direction)]},
          {"kind", kMetricKindNames[static_cast<std::size_t>(metric.kind)]}};
}

std::vector<double> values_of(const Score& score) {
  return {score.values().begin(), score.values().end()};
}

struct OutcomeToJson {
  ordered_json operator()(const Score& o) const { return {{"score", {{"values", values_of(o)}}}}; }
  ordered_json operator()(const Diverged& o) const { return {{"diverged", {{"at", o.at}}}}; }
  ordered_json operator()(const Crashed& o) const { return {{"crashed", {{"reason", o.reason}}}}; }
  ordered_json operator()(const Interrupted& o) const { return {{"interrupted", {{"at", o.at}}}}; }
  ordered_json operator()(const StorageFailed& o) const {
    return {{"storage_failed", {{"reason", o.reason}}}};
  }
};

// ---- events
// ----------------------------------------------------------------------------------------------------------

struct EventToJson {
  ordered_json& json;
  void operator()(const WorkerJoined& e) const {
    json["event"] = "worker_joined";
    json["worker"] = e.worker.value;
  }
  void operator()(const Reported& e) const {
    json["event"] = "reported";
    json["lease"] = e.lease.value;
    json["outcome"] = std::visit(OutcomeToJson{}, e.outcome);
    json["effort"] = {{"steps", e.effort.steps},
                      {"recomputed", e.effort.recomputed},
                      {"training", e.effort.training},
                      {"scoring", e.effort.scoring},
                      {"checkpointing", e.effort.checkpointing},
                      {"waiting", e.effort.waiting}};
    if (e.by_group.empty()) return;
    json["by_group"] = ordered_json::array();
    for (const Score& score : e.by_group) json["by_group"].push_back(values_of(score));
  }
  void operator()(const WorkerLost& e) const {
    json["event"] = "worker_lost";
    json["worker"] = e.worker.value;
    json["heard_at"] = e.heard_at;
  }
  void operator()(const StopRequested& e) const {
    json["event"] = "stop_requested";
    json["why"] = e.why;
  }
  void operator()(const Restarted&) const { json["event"] = "restarted"; }
  void operator()(const RangeExtended& e) const {
    json["event"] = "range_extended";
    json["hyperparameter"] = e.extension.name;
    json["min"] = e.extension.min;
    json["max"] = e.extension.max;
    json["trials"] = e.extension.trials;
  }
  void operator()(const RangeKept&) const { json["event"] = "range_kept"; }
  void operator()(const Grown& e) const {
    json["event"] = "grown";
    json["trials"] = e.growth.trials;
    json["total_steps"] = e.growth.total_steps;
    json["finalists"] = e.growth.finalists;
    json["confirmation_seeds"] = e.growth.confirmation_seeds;
    json["max_steps"] = e.growth.max_steps;
    json["levels"] = e.growth.levels;
  }
  void operator()(const RoundJudged& e) const {
    json["event"] = "round_judged";
    json["rounds"] = e.rounds;
    json["dropped"] = ordered_json::array();
    for (const TrialId trial : e.dropped) json["dropped"].push_back(trial.value);
  }
};

// ---- commands
// --------------------------------------------------------------------------------------------------------

struct CommandToJson {
  ordered_json operator()(const Assign& c) const {
    ordered_json assign = {{"worker", c.worker.value}, {"cause", name_of(c.cause)}};
    assign.update(json_of(c.assignment));
    return {{"assign", std::move(assign)}};
  }
  ordered_json operator()(const Recall& c) const {
    return {{"recall", {{"worker", c.worker.value}}}};
  }
  ordered_json operator()(const Retire& c) const {
    return {{"retire", {{"worker", c.worker.value}}}};
  }
  ordered_json operator()(const Choose& c) const {
    return {{"choose", {{"trial", c.trial.value}, {"model", c.model.value}}}};
  }
  ordered_json operator()(const GiveUp& c) const {
    return {{"give_up", {{"trial", c.trial.value}, {"reason", c.reason}}}};
  }
};

}  // namespace

bool is_whole(std::string_view text) noexcept {
  if (text.size() <= kTailLength) return false;
  const std::string_view body = text.substr(0, text.size() - kTailLength);
  return text.substr(body.size()) == tail_of(body, false).data();
}

std::string to_line(const Opened& opened) {
  ordered_json rows = {{"train", opened.rows.train},
                       {"prune", opened.rows.prune},
                       {"final", opened.rows.final},
                       {"test", opened.rows.test}};
  if (!opened.rows.prune_by_class.empty()) rows["prune_by_class"] = opened.rows.prune_by_class;
  ordered_json metrics = ordered_json::array();
  for (const Metric& metric : opened.metrics.all) metrics.push_back(json_of(metric));
  return sealed({{"line", 1},
                 {"event", "opened"},
                 {"version", opened.version},
                 {"seed", opened.seed.value},
                 {"data_checksum", opened.data_checksum},
                 {"rows", std::move(rows)},
                 {"metrics", std::move(metrics)},
                 {"metric", opened.metrics.first().name},
                 {"experiment", opened.experiment}});
}

std::string to_line(const Entry& entry, std::uint64_t line) {
  ordered_json json = {{"line", line}, {"at", entry.event.at}};
  std::visit(EventToJson{json}, entry.event.what);
  ordered_json commands = ordered_json::array();
  for (const Command& command : entry.commands)
    commands.push_back(std::visit(CommandToJson{}, command));
  json["commands"] = std::move(commands);
  return sealed(json);
}

}  // namespace stepladder::wire
