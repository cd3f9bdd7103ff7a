// What every worker did when: training, scoring, waiting for work, or work that was lost. Fed the
// same entries as the scheduler, live or from a journal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "stepladder/schedule/ledger.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::record {

enum class Doing : std::uint8_t {
  training,  // reading and writing checkpoints included
  scoring,
  waiting,  // present, but without an assignment
  lost,     // on an assignment that came to nothing: the worker was lost, or the trial crashed
};
inline constexpr std::array<const char*, 4> kDoingWords = {"training", "scoring", "waiting",
                                                           "lost"};
[[nodiscard]] constexpr const char* name_of(Doing doing) noexcept {
  return kDoingWords[static_cast<std::size_t>(doing)];
}

struct Stretch {
  Seconds from = 0;
  Seconds to = 0;
  Doing doing = Doing::waiting;
  std::optional<TrialId> trial;  // none while waiting
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

class Timeline {
 public:
  void add(const wire::Entry& entry);

  [[nodiscard]] Seconds elapsed() const noexcept { return ledger_.now(); }
  // Of each worker that was ever there, in order of time, without overlap; a gap is a time at which
  // it was not there. What is under way is shown as training up to elapsed().
  [[nodiscard]] std::map<WorkerId, std::vector<Stretch>> stretches() const;

 private:
  void push(WorkerId worker, const Stretch& stretch);

  schedule::Ledger ledger_;
  std::map<WorkerId, std::vector<Stretch>> stretches_;
};

}  // namespace stepladder::record
