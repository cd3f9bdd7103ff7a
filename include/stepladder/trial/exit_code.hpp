// Exit codes of every command.
#pragma once

namespace stepladder {

inline constexpr int kFinished = 0;
inline constexpr int kOurFault = 1;  // also where no trial could be trained
inline constexpr int kWrongInput = 2;
inline constexpr int kResumable = 3;  // stopped before the end; the same command goes on

}  // namespace stepladder
