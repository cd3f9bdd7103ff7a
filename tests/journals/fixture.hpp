// The journals of this folder: how they are stored, and the decisions in them told in words that do
// not depend on how a journal is written. NAME.jsonl.gz is a journal as a program wrote it;
// NAME.decisions.gz has a line for each of its commands.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <variant>

#include <zlib.h>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::journals {

inline void write_gzip(const std::filesystem::path& path, const std::string& text) {
  const gzFile file = gzopen(path.c_str(), "wb9");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  const int written = gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  if (gzclose(file) != Z_OK || written != static_cast<int>(text.size()))
    throw std::runtime_error("cannot write all of " + path.string());
}

inline std::string read_gzip(const std::filesystem::path& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + path.string());
  std::string text;
  char part[1 << 16];
  int count = 0;
  while ((count = gzread(file, part, sizeof part)) > 0)
    text.append(part, static_cast<std::size_t>(count));
  if (gzclose(file) != Z_OK || count < 0)
    throw std::runtime_error("cannot read all of " + path.string());
  return text;
}

// What is decided, but not the configuration, which is a function of the trial.
struct DecisionText {
  const schedule::Hyperband& scheduler;
  std::string operator()(const schedule::Assign& c) const {
    const Assignment& a = c.assignment;
    const auto number = [](auto value) { return std::to_string(value); };
    std::string text = "worker " + number(c.worker.value) + " lease " + number(a.lease.value) +
                       " trial " + number(a.trial.value) + " from " + number(a.from) + " to " +
                       number(a.to) + " horizon " + number(a.horizon);
    text += a.part == Part::prune ? " prune" : a.part == Part::final ? " final" : " test";
    if (a.draws) text += " draws " + number(a.draws->value);
    if (a.averages) text += " averages";
    if (a.cooldown > 0) text += " cooldown " + number(a.cooldown);
    if (scheduler.is_audited(a.trial)) text += " audited";
    if (a.is_watched) text += " watched";
    return text;
  }
  std::string operator()(const schedule::Recall& c) const {
    return "recall worker " + std::to_string(c.worker.value);
  }
  std::string operator()(const schedule::Retire& c) const {
    return "retire worker " + std::to_string(c.worker.value);
  }
  std::string operator()(const schedule::Choose& c) const {
    return "choose trial " + std::to_string(c.trial.value) + " model " +
           std::to_string(c.model.value);
  }
  std::string operator()(const schedule::GiveUp& c) const {
    return "give up trial " + std::to_string(c.trial.value);
  }
};

// A line a command: the number of the event, from 1, and what was decided on it.
inline std::string decisions_text(std::size_t event, const schedule::Commands& commands,
                                  const schedule::Hyperband& scheduler) {
  std::string text;
  for (const schedule::Command& command : commands)
    text += std::to_string(event) + ": " + std::visit(DecisionText{scheduler}, command) + '\n';
  return text;
}

}  // namespace stepladder::journals
