// Turns a journal of the past into one that today's program can read, without touching what was
// decided.
#pragma once

#include <array>
#include <cstdio>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "stepladder/wire/journal_line.hpp"

namespace stepladder::journals {

// Until release 0.2 an assignment had no cause, and said of its trial that it is audited. Nobody
// knows the cause any more: "fresh" stands for all.
inline void give_cause(nlohmann::ordered_json& assign) {
  if (assign.contains("cause")) return;
  nlohmann::ordered_json converted = {{"worker", assign["worker"]}, {"cause", "fresh"}};
  for (const auto& [key, value] : assign.items())
    if (key != "worker" && key != "audited") converted[key] = value;
  assign = converted;
}

// Until release 0.2 the scores of a run were accuracy and loss, by name. What else came with later
// versions adds to what may stand in a journal.
inline void declare_metrics(nlohmann::ordered_json& opened) {
  opened["version"] = wire::kJournalVersion;
  if (opened.contains("metrics")) return;
  const std::string experiment = opened["experiment"];
  const bool is_loss = experiment.find("\nmetric = \"loss\"") != std::string::npos;
  nlohmann::ordered_json converted;
  for (const auto& [key, value] : opened.items()) {
    if (key == "experiment") {
      converted["metrics"] = {{{"name", "accuracy"}, {"direction", "maximise"}, {"kind", "share"}},
                              {{"name", "loss"}, {"direction", "minimise"}, {"kind", "log_loss"}}};
      converted["metric"] = is_loss ? "loss" : "accuracy";
    }
    converted[key] = value;
  }
  opened = converted;
}
inline void leave_names_out(nlohmann::ordered_json& outcome) {
  if (!outcome.contains("score") || outcome["score"].contains("values")) return;
  const nlohmann::ordered_json score = outcome["score"];
  outcome["score"] = {{"values", {score["accuracy"], score["loss"]}}};
}

// The line with a new checksum.
inline std::string sealed(nlohmann::ordered_json json) {
  json.erase("crc");
  std::string line = json.dump();
  std::array<char, 9> crc{};
  std::snprintf(
      crc.data(), crc.size(), "%08lx",
      crc32(0, reinterpret_cast<const Bytef*>(line.data()), static_cast<uInt>(line.size())));
  line.pop_back();
  return line + ",\"crc\":\"" + crc.data() + "\"}";
}

inline std::string converted(const std::string& journal) {
  std::istringstream lines(journal);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(line);
    if (json["event"] == "opened") declare_metrics(json);
    if (json.contains("outcome")) leave_names_out(json["outcome"]);
    if (json.contains("commands"))
      for (auto& command : json["commands"])
        if (command.contains("assign")) give_cause(command["assign"]);
    result += sealed(std::move(json)) + '\n';
  }
  return result;
}

}  // namespace stepladder::journals
