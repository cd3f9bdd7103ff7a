#include "stepladder/wire/messages.hpp"

#include <algorithm>
#include <array>

#include "archive.hpp"

namespace stepladder::wire {
namespace {

constexpr std::uint8_t kMessageVersion = 6;
constexpr std::size_t kReasonMax = 1000;

using schedule::Reported;

// save(writer, value) and load<T>(reader), one pair a type; a variant is its index and then its
// value.

void save(Writer& writer, const Value& value) {
  writer(static_cast<std::uint8_t>(value.index()));
  if (const auto* text = std::get_if<std::string>(&value)) {
    save_text(writer, *text);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    writer(static_cast<std::uint8_t>(*flag));
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    writer(*integer);
  } else {
    writer(std::get<double>(value));
  }
}

template <class Number>
Number load_number(Reader& reader) {
  Number number{};
  reader(number);
  return number;
}

Value load_value(Reader& reader) {
  switch (load_number<std::uint8_t>(reader)) {
    case 0:
      return load_number<std::uint8_t>(reader) != 0;
    case 1:
      return load_number<std::int64_t>(reader);
    case 2:
      return load_number<double>(reader);
    case 3:
      return load_text(reader);
    default:
      throw WireError("unknown kind of value");
  }
}

void save(Writer& writer, const Assignment& a) {
  writer(a.lease.value, a.trial.value, a.drawn_as().value, a.from, a.to, a.horizon,
         static_cast<std::uint8_t>(a.part), static_cast<std::uint8_t>(a.is_watched),
         static_cast<std::uint8_t>(a.averages), a.cooldown);
  writer(static_cast<std::uint32_t>(a.configuration.settings.size()));
  for (const Setting& setting : a.configuration.settings) {
    save_text(writer, setting.name);
    save(writer, setting.value);
  }
}

Assignment load_assignment(Reader& reader) {
  Assignment a;
  std::uint8_t part = 0;
  std::uint8_t is_watched = 0;
  std::uint8_t averages = 0;
  std::uint32_t settings = 0;
  TrialId draws;
  reader(a.lease.value, a.trial.value, draws.value, a.from, a.to, a.horizon, part, is_watched,
         averages, a.cooldown, settings);
  a.averages = averages != 0;
  if (draws != a.trial) a.draws = draws;
  a.is_watched = is_watched != 0;
  if (part > static_cast<std::uint8_t>(Part::test)) throw WireError("unknown part");
  a.part = static_cast<Part>(part);
  for (std::uint32_t i = 0; i < settings; ++i) {
    std::string name = load_text(reader);
    a.configuration.settings.push_back({std::move(name), load_value(reader)});
  }
  return a;
}

void save(Writer& writer, const Score& score) {
  writer(static_cast<std::uint8_t>(score.values().size()));
  for (const double value : score.values()) writer(value);
}

Score load_score(Reader& reader) {
  const auto count = load_number<std::uint8_t>(reader);
  if (count > kMetricsMax) throw WireError("a score of too many values");
  std::array<double, kMetricsMax> values{};
  for (std::uint8_t i = 0; i < count; ++i) reader(values[i]);
  return Score(std::span(values).first(count));
}

void save(Writer& writer, const Outcome& outcome) {
  writer(static_cast<std::uint8_t>(outcome.index()));
  if (const auto* score = std::get_if<Score>(&outcome)) {
    save(writer, *score);
  } else if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
    writer(diverged->at);
  } else if (const auto* interrupted = std::get_if<Interrupted>(&outcome)) {
    writer(interrupted->at);
  } else if (const auto* crashed = std::get_if<Crashed>(&outcome)) {
    save_text(writer, crashed->reason.substr(0, kReasonMax));
  } else {
    save_text(writer, std::get<StorageFailed>(outcome).reason.substr(0, kReasonMax));
  }
}

Outcome load_outcome(Reader& reader) {
  switch (load_number<std::uint8_t>(reader)) {
    case 0:
      return load_score(reader);
    case 1:
      return Diverged{load_number<Steps>(reader)};
    case 2:
      return Crashed{load_text(reader)};
    case 3:
      return Interrupted{load_number<Steps>(reader)};
    case 4:
      return StorageFailed{load_text(reader)};
    default:
      throw WireError("unknown kind of outcome");
  }
}

void save(Writer&, const Hello&) {}
void save(Writer& writer, const Pulse& pulse) { writer(pulse.lease.value, pulse.at); }
void save(Writer& writer, const Reported& report) {
  writer(report.lease.value);
  save(writer, report.outcome);
  const Effort& effort = report.effort;
  writer(effort.steps, effort.recomputed, effort.training, effort.scoring, effort.checkpointing,
         effort.waiting);
  writer(static_cast<std::uint8_t>(report.by_group.size()));
  for (const Score& score : report.by_group) save(writer, score);
}
void save(Writer& writer, const Start& start) { save(writer, start.assignment); }
void save(Writer&, const GiveBack&) {}
void save(Writer& writer, const Leave& leave) {
  writer(static_cast<std::uint8_t>(leave.is_anyone_missing));
}
void save(Writer&, const StillHere&) {}

Reported load_report(Reader& reader) {
  Reported report;
  reader(report.lease.value);
  report.outcome = load_outcome(reader);
  Effort& effort = report.effort;
  reader(effort.steps, effort.recomputed, effort.training, effort.scoring, effort.checkpointing,
         effort.waiting);
  const auto groups = load_number<std::uint8_t>(reader);
  for (std::uint8_t i = 0; i < groups; ++i) {
    report.by_group.push_back(load_score(reader));
    if (report.by_group.back().values().empty()) throw WireError("a score of no values");
  }
  return report;
}

template <class Message>
Bytes encode_message(const Message& message) {
  ByteSink sink;
  std::ostream stream(&sink);
  {
    Writer writer(stream);
    writer(kMessageVersion, static_cast<std::uint8_t>(message.index()));
    std::visit([&](const auto& alternative) { save(writer, alternative); }, message);
  }
  if (sink.bytes.size() > kMessageBytesMax)
    throw WireError("a message of " + std::to_string(sink.bytes.size()) +
                    " bytes is over the limit of " + std::to_string(kMessageBytesMax) +
                    "; use fewer hyperparameters or shorter names");
  return std::move(sink.bytes);
}

// `load` gets the reader and the message's kind.
template <class Load>
auto decode_message(std::span<const std::byte> bytes, const Load& load) {
  ByteSource source(bytes);
  std::istream stream(&source);
  try {
    Reader reader(stream, source);
    const auto version = load_number<std::uint8_t>(reader);
    if (version != kMessageVersion)
      throw WireError("a message of version " + std::to_string(version) +
                      "; all ranks must run the same program");
    auto message = load(reader, load_number<std::uint8_t>(reader));
    if (reader.left() != 0) throw WireError("a message is longer than its content");
    return message;
  } catch (const cereal::Exception& error) {
    throw WireError(std::string("a message is cut short: ") + error.what());
  }
}

}  // namespace

Bytes encode(const ToScheduler& message) { return encode_message(message); }
Bytes encode(const ToWorker& message) { return encode_message(message); }

ToScheduler to_scheduler_from(std::span<const std::byte> bytes) {
  return decode_message(bytes, [](Reader& reader, std::uint8_t kind) -> ToScheduler {
    switch (kind) {
      case 0:
        return Hello{};
      case 1:
        return load_report(reader);
      case 2: {
        Pulse pulse;
        reader(pulse.lease.value, pulse.at);
        return pulse;
      }
      default:
        throw WireError("unknown kind of message to the scheduler");
    }
  });
}

ToWorker to_worker_from(std::span<const std::byte> bytes) {
  return decode_message(bytes, [](Reader& reader, std::uint8_t kind) -> ToWorker {
    switch (kind) {
      case 0:
        return Start{load_assignment(reader)};
      case 1:
        return GiveBack{};
      case 2:
        return Leave{.is_anyone_missing = load_number<std::uint8_t>(reader) != 0};
      case 3:
        return StillHere{};
      default:
        throw WireError("unknown kind of message to a worker");
    }
  });
}

}  // namespace stepladder::wire
