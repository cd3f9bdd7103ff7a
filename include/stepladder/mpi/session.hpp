// MPI's lifetime in this process, and the collectives of start-up: the only ones there are. After
// start-up any rank may die, and a collective with a dead member never returns.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <mpi.h>

namespace stepladder::mpi {

struct MpiError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws MpiError naming the call, with the library's own words.
void require(int code, const char* call);

// Collective. Every rank gives its complaint, or none; every rank gets the complaint of the lowest
// rank that has one.
[[nodiscard]] std::optional<std::string> first_complaint(MPI_Comm communicator,
                                                         const std::optional<std::string>& own);

class Session {
 public:
  // MPI_Init_thread (FUNNELED), a duplicated communicator with errors returned. Ignores SIGPIPE:
  // Open MPI does not, and a send to a rank that just died would end the process.
  Session(int& argc, char**& argv);
  // Finalizes, unless an exception is under way: a finalize with ranks missing hangs, and main()
  // aborts anyway.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] MPI_Comm communicator() const noexcept { return communicator_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int size() const noexcept { return size_; }

  // Start-up only, as below.
  [[nodiscard]] std::optional<std::string> first_complaint(
      const std::optional<std::string>& own) const {
    return mpi::first_complaint(communicator_, own);
  }
  // Start-up only. Rank 0's text, on every rank.
  [[nodiscard]] std::string broadcast(std::string text) const;

  // Start-up only. Every rank's text, on rank 0; nothing on the others.
  [[nodiscard]] std::vector<std::string> gather(const std::string& text) const;

  // What a rank is to exit with: 0 under mpirun --enable-recovery, which loses the code, and prints
  // an error of its own for every other one. Else the code itself.
  [[nodiscard]] static int exit_code_for_mpirun(int exit_code);

  // Ends this process without MPI's ado. For when ranks are missing.
  [[noreturn]] static void leave_at_once(int exit_code);

  // To be called before the end where every rank is thought to be there. Under mpirun
  // --enable-recovery one may die even now, and finalizing would hang: the process then ends after
  // a while all the same (with code 0, as mpirun's own code is in that mode whatever happens).
  static void bound_the_end();

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  int exceptions_at_start_;
};

// The library as it was at the build, and as it calls itself now; both may be asked before MPI is
// started. "Open MPI 4.1.4" and "Open MPI v4.1.4, package: ...", for instance.
[[nodiscard]] std::string library_built_with();
[[nodiscard]] std::string library_running();

// Ends every rank, where MPI is started and not finalized; returns otherwise. For main(), after an
// exception.
void abort_if_started(int exit_code);

}  // namespace stepladder::mpi
