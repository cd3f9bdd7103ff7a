// Reading the lines of the journal; journal_line.cpp writes them.
#include "journal_words.hpp"
#include "json_reader.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::wire {
namespace {

using namespace schedule;  // the event and command types, named on almost every line below

template <class Id>
Id id_from(JsonReader& json) {
  return Id{json.integer<decltype(Id::value)>()};
}

WorkerId worker_from(JsonReader& json) {
  json.field("worker");
  return id_from<WorkerId>(json);
}

// One of the words, as its enumerator.
template <class Enum, std::size_t Count>
Enum one_of(const std::array<const char*, Count>& words, const std::string& word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (word == words[i]) return static_cast<Enum>(i);
  throw WireError("unknown word \"" + word + "\"");
}

Metrics metrics_from(JsonReader& json) {
  Metrics metrics{.all = {}};
  json.field("metrics");
  json.begin_array();
  while (json.next()) {
    Metric metric;
    json.begin_object();
    json.field("name");
    metric.name = json.text();
    json.field("direction");
    metric.direction = one_of<Direction>(kDirectionNames, json.text());
    json.field("kind");
    metric.kind = one_of<MetricKind>(kMetricKindNames, json.text());
    json.end_object();
    metrics.all.push_back(std::move(metric));
  }
  json.end_array();
  if (metrics.all.empty() || metrics.size() > kMetricsMax)
    throw WireError("there must be 1 to " + std::to_string(kMetricsMax) + " metrics");
  json.field("metric");
  const std::string deciding = json.text();
  const auto found = metrics.find(deciding);
  if (!found) throw WireError("no metric is named \"" + deciding + "\"");
  metrics.deciding = *found;
  return metrics;
}

Assignment assignment_from(JsonReader& json) {
  Assignment a;
  json.field("lease");
  a.lease = id_from<LeaseId>(json);
  json.field("trial");
  a.trial = id_from<TrialId>(json);
  json.field("configuration");
  json.begin_object();
  while (json.next()) {
    std::string name = json.name();
    a.configuration.settings.push_back({std::move(name), json.value()});
  }
  json.end_object();
  json.field("from");
  a.from = json.integer<Steps>();
  json.field("to");
  a.to = json.integer<Steps>();
  json.field("horizon");
  a.horizon = json.integer<Steps>();
  json.field("part");
  a.part = one_of<Part>(kPartNames, json.text());
  if (json.field_if("draws")) a.draws = id_from<TrialId>(json);
  if (json.field_if("averages")) a.averages = json.truth();
  if (json.field_if("cooldown")) a.cooldown = json.integer<Steps>();
  if (json.field_if("watched")) a.is_watched = json.truth();
  return a;
}

// {"kind":{...}}: a variant's alternative. `read` gets the kind, and reads the fields.
template <class Read>
auto tagged(JsonReader& json, const Read& read) {
  json.begin_object();
  if (!json.next()) throw WireError("a kind is missing");
  const std::string kind = json.name();
  json.begin_object();
  auto result = read(kind);
  json.end_object();
  json.end_object();
  return result;
}

Score score_from(JsonReader& json) {
  std::vector<double> values;
  json.begin_array();
  while (json.next() && values.size() < kMetricsMax) values.push_back(json.real());
  json.end_array();
  return Score(values);
}

Outcome outcome_from(JsonReader& json) {
  return tagged(json, [&](const std::string& kind) -> Outcome {
    if (kind == "score") {
      json.field("values");
      return score_from(json);
    }
    if (kind == "crashed" || kind == "storage_failed") {
      json.field("reason");
      std::string reason = json.text();
      if (kind == "crashed") return Crashed{std::move(reason)};
      return StorageFailed{std::move(reason)};
    }
    if (kind != "diverged" && kind != "interrupted")
      throw WireError("unknown outcome \"" + kind + "\"");
    json.field("at");
    const auto at = json.integer<Steps>();
    if (kind == "diverged") return Diverged{at};
    return Interrupted{at};
  });
}

// What older journals do not have is asked for by field_if().
Effort effort_from(JsonReader& json) {
  Effort effort;
  json.begin_object();
  json.field("steps");
  effort.steps = json.integer<Steps>();
  if (json.field_if("recomputed")) effort.recomputed = json.integer<Steps>();
  json.field("training");
  effort.training = json.real();
  json.field("scoring");
  effort.scoring = json.real();
  json.field("checkpointing");
  effort.checkpointing = json.real();
  if (json.field_if("waiting")) effort.waiting = json.real();
  json.end_object();
  return effort;
}

search::Extension extension_from(JsonReader& json) {
  search::Extension extension;
  json.field("hyperparameter");
  extension.name = json.text();
  json.field("min");
  extension.min = json.real();
  json.field("max");
  extension.max = json.real();
  json.field("trials");
  extension.trials = json.integer<std::int64_t>();
  return extension;
}

Growth growth_from(JsonReader& json) {
  Growth growth;
  json.field("trials");
  growth.trials = json.integer<std::int64_t>();
  json.field("total_steps");
  growth.total_steps = json.integer<Steps>();
  json.field("finalists");
  growth.finalists = json.integer<std::int64_t>();
  json.field("confirmation_seeds");
  growth.confirmation_seeds = json.integer<std::int64_t>();
  json.field("max_steps");
  growth.max_steps = json.integer<Steps>();
  json.field("levels");
  json.begin_array();
  while (json.next()) growth.levels.push_back(json.integer<Steps>());
  json.end_array();
  return growth;
}

RoundJudged round_from(JsonReader& json) {
  RoundJudged judged;
  json.field("rounds");
  judged.rounds = json.integer<std::int64_t>();
  json.field("dropped");
  json.begin_array();
  while (json.next()) judged.dropped.push_back(id_from<TrialId>(json));
  json.end_array();
  return judged;
}

decltype(Event::what) what_from(JsonReader& json) {
  json.field("event");
  const std::string kind = json.text();
  if (kind == "worker_joined") return WorkerJoined{worker_from(json)};
  if (kind == "worker_lost") {
    WorkerLost lost{worker_from(json)};
    if (json.field_if("heard_at")) lost.heard_at = json.integer<Steps>();
    return lost;
  }
  if (kind == "restarted") return Restarted{};
  if (kind == "stop_requested")
    return StopRequested{json.field_if("why") ? json.text() : "as asked to"};
  if (kind == "range_kept") return RangeKept{};
  if (kind == "range_extended") return RangeExtended{extension_from(json)};
  if (kind == "grown") return Grown{growth_from(json)};
  if (kind == "round_judged") return round_from(json);
  if (kind != "reported") throw WireError("unknown event \"" + kind + "\"");
  Reported report;
  json.field("lease");
  report.lease = id_from<LeaseId>(json);
  json.field("outcome");
  report.outcome = outcome_from(json);
  json.field("effort");
  report.effort = effort_from(json);
  if (json.field_if("by_group")) {
    json.begin_array();
    while (json.next()) report.by_group.push_back(score_from(json));
    json.end_array();
  }
  return report;
}

Command command_from(JsonReader& json) {
  return tagged(json, [&](const std::string& kind) -> Command {
    if (kind == "assign") {
      const WorkerId worker = worker_from(json);
      json.field("cause");
      const Cause cause = one_of<Cause>(kCauseNames, json.text());
      return Assign{worker, assignment_from(json), cause};
    }
    if (kind == "recall") return Recall{worker_from(json)};
    if (kind == "retire") return Retire{worker_from(json)};
    if (kind != "choose" && kind != "give_up") throw WireError("unknown command \"" + kind + "\"");
    json.field("trial");
    const auto trial = id_from<TrialId>(json);
    if (kind == "give_up") {
      json.field("reason");
      return GiveUp{trial, json.text()};
    }
    json.field("model");
    return Choose{.trial = trial, .model = id_from<TrialId>(json)};
  });
}

// At the first field behind the line's number.
JsonReader line_of(std::string_view text, std::uint64_t number) {
  if (!is_whole(text)) throw WireError("the line's checksum does not match its text");
  JsonReader json(text);
  json.begin_object();
  json.field("line");
  check_line_number(json.integer<std::uint64_t>(), number);
  return json;
}

void end_line(JsonReader& json) {
  json.field("crc");
  static_cast<void>(json.text());
  json.end_object();
}

}  // namespace

Opened opened_from(std::string_view text) {
  JsonReader json = line_of(text, 1);
  json.field("event");
  if (json.text() != "opened") throw WireError("the first line is not \"opened\"");
  Opened opened;
  json.field("version");
  opened.version = json.integer<int>();
  if (opened.version != kJournalVersion)
    throw WireError("it was written as version " + std::to_string(opened.version) +
                    ", this program reads version " + std::to_string(kJournalVersion));
  json.field("seed");
  opened.seed = id_from<Seed>(json);
  json.field("data_checksum");
  opened.data_checksum = json.integer<std::uint64_t>();
  json.field("rows");
  json.begin_object();
  json.field("train");
  opened.rows.train = json.integer<std::int64_t>();
  json.field("prune");
  opened.rows.prune = json.integer<std::int64_t>();
  json.field("final");
  opened.rows.final = json.integer<std::int64_t>();
  json.field("test");
  opened.rows.test = json.integer<std::int64_t>();
  if (json.field_if("prune_by_class")) {
    json.begin_array();
    while (json.next()) opened.rows.prune_by_class.push_back(json.integer<std::int64_t>());
    json.end_array();
  }
  json.end_object();
  opened.metrics = metrics_from(json);
  json.field("experiment");
  opened.experiment = json.text();
  end_line(json);
  return opened;
}

Entry entry_from(std::string_view text, std::uint64_t line) {
  JsonReader json = line_of(text, line);
  Entry entry;
  json.field("at");
  entry.event.at = json.real();
  entry.event.what = what_from(json);
  json.field("commands");
  json.begin_array();
  while (json.next()) entry.commands.push_back(command_from(json));
  json.end_array();
  end_line(json);
  return entry;
}

}  // namespace stepladder::wire
