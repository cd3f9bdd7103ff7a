#include "stepladder/wire/run_records.hpp"

#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

namespace stepladder::wire {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

// nlohmann takes 1e30 for any integer.
template <class Integer>
Integer integer_in(const ordered_json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  } else if (json.is_number_integer()) {
    const auto number = json.get<std::int64_t>();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  }
  throw WireError(json.dump() + " stands where a whole number should");
}

template <class Record, class Read>
Record read(std::string_view text, const char* what, const Read& read_fields) {
  try {
    return read_fields(ordered_json::parse(text));
  } catch (const ordered_json::exception& error) {
    throw WireError(std::string(what) + ": " + error.what());
  }
}

}  // namespace

std::string to_json(const Incumbent& i) {
  return text_of({{"incarnation", i.incarnation},
                  {"host", i.process.host},
                  {"process", i.process.number},
                  {"process_started", i.process.started},
                  {"since", i.since},
                  {"hosts", i.hosts}});
}

std::string to_json(const Ended& e) {
  return text_of(
      {{"incarnation", e.incarnation}, {"exit_code", e.exit_code}, {"why", e.why}, {"at", e.at}});
}

Incumbent incumbent_from(std::string_view text) {
  return read<Incumbent>(text, "a heartbeat", [](const ordered_json& json) {
    return Incumbent{.incarnation = json.at("incarnation"),
                     .process = {.host = json.at("host"),
                                 .number = integer_in<std::int64_t>(json.at("process")),
                                 .started = integer_in<std::uint64_t>(json.at("process_started"))},
                     .since = json.at("since"),
                     .hosts = json.at("hosts")};
  });
}

Ended ended_from(std::string_view text) {
  return read<Ended>(text, "an end record", [](const ordered_json& json) {
    return Ended{.incarnation = json.at("incarnation"),
                 .exit_code = integer_in<int>(json.at("exit_code")),
                 .why = json.at("why"),
                 .at = json.at("at")};
  });
}

}  // namespace stepladder::wire
