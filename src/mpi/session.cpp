#include "stepladder/mpi/session.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <numeric>
#include <string_view>
#include <unistd.h>

namespace stepladder::mpi {
namespace {
constexpr unsigned kEndSecondsMax = 10;

// Whether mpirun --enable-recovery of Open MPI 4 has started this.
bool is_recovering() {
  const char* recovery = std::getenv("OMPI_MCA_orte_enable_recovery");
  return recovery != nullptr && std::string_view(recovery) != "0";
}

}  // namespace

void require(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw MpiError(std::string(call) + ": " +
                 std::string(text.data(), static_cast<std::size_t>(length)));
}

Session::Session(int& argc, char**& argv) : exceptions_at_start_(std::uncaught_exceptions()) {
  std::signal(SIGPIPE, SIG_IGN);
  int provided = MPI_THREAD_SINGLE;
  require(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  require(MPI_Comm_dup(MPI_COMM_WORLD, &communicator_), "MPI_Comm_dup");
  require(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require(MPI_Comm_rank(communicator_, &rank_), "MPI_Comm_rank");
  require(MPI_Comm_size(communicator_, &size_), "MPI_Comm_size");
}

Session::~Session() {
  if (std::uncaught_exceptions() > exceptions_at_start_) return;
  MPI_Comm_free(&communicator_);
  MPI_Finalize();
}

std::optional<std::string> first_complaint(MPI_Comm communicator,
                                           const std::optional<std::string>& own) {
  int rank = 0;
  require(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
  const int mine = own ? rank : std::numeric_limits<int>::max();
  int first = 0;
  require(MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, communicator), "MPI_Allreduce");
  if (first == std::numeric_limits<int>::max()) return std::nullopt;
  std::string text = own.value_or("");
  auto length = static_cast<unsigned long>(text.size());
  require(MPI_Bcast(&length, 1, MPI_UNSIGNED_LONG, first, communicator), "MPI_Bcast");
  text.resize(length);
  require(MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, first, communicator),
          "MPI_Bcast");
  return text;
}

std::string Session::broadcast(std::string text) const {
  auto length = static_cast<unsigned long>(text.size());
  require(MPI_Bcast(&length, 1, MPI_UNSIGNED_LONG, 0, communicator_), "MPI_Bcast");
  text.resize(length);
  require(MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, 0, communicator_),
          "MPI_Bcast");
  return text;
}

std::vector<std::string> Session::gather(const std::string& text) const {
  const auto count = static_cast<std::size_t>(rank_ == 0 ? size_ : 0);
  const int length = static_cast<int>(text.size());
  std::vector<int> lengths(count);
  require(MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, communicator_),
          "MPI_Gather");
  std::vector<int> begins(count);
  std::exclusive_scan(lengths.begin(), lengths.end(), begins.begin(), 0);
  std::string all(static_cast<std::size_t>(std::reduce(lengths.begin(), lengths.end())), '\0');
  require(MPI_Gatherv(text.data(), length, MPI_CHAR, all.data(), lengths.data(), begins.data(),
                      MPI_CHAR, 0, communicator_),
          "MPI_Gatherv");
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < count; ++rank)
    texts.push_back(all.substr(static_cast<std::size_t>(begins[rank]),
                               static_cast<std::size_t>(lengths[rank])));
  return texts;
}

int Session::exit_code_for_mpirun(int exit_code) { return is_recovering() ? 0 : exit_code; }

void Session::leave_at_once(int exit_code) {
  std::fflush(nullptr);
  ::_exit(exit_code_for_mpirun(exit_code));
}

void Session::bound_the_end() {
  if (!is_recovering()) return;
  std::signal(SIGALRM, [](int) { ::_exit(0); });
  ::alarm(kEndSecondsMax);
}

void abort_if_started(int exit_code) {
  std::fflush(nullptr);
  int started = 0;
  int finalized = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&finalized);
  if (started == 0 || finalized != 0) return;
  MPI_Abort(MPI_COMM_WORLD, exit_code);
}

std::string library_built_with() {
#if defined(OPEN_MPI)
  return "Open MPI " + std::to_string(OMPI_MAJOR_VERSION) + '.' +
         std::to_string(OMPI_MINOR_VERSION) + '.' + std::to_string(OMPI_RELEASE_VERSION);
#elif defined(MPICH_VERSION)
  return "MPICH Version: " MPICH_VERSION;
#else
  return library_running();
#endif
}

std::string library_running() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> version{};
  int length = 0;
  MPI_Get_library_version(version.data(), &length);
  return {version.data(), static_cast<std::size_t>(length)};
}

}  // namespace stepladder::mpi
