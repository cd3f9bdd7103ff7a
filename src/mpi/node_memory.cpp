#include "stepladder/mpi/node_memory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stepladder::mpi {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kBlock = std::size_t{1} << 20U;
constexpr std::size_t kBroadcastMax = std::size_t{1} << 30U;  // MPI counts are ints

std::size_t rounded_up(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// Where each part begins, as all lie one behind the other; last, where they end.
std::vector<std::size_t> offsets_of(const std::vector<std::uint64_t>& sizes) {
  std::vector<std::size_t> offsets = {0};
  for (const std::uint64_t size : sizes) offsets.push_back(offsets.back() + rounded_up(size));
  return offsets;
}

// Gives the whole pages inside `used` back to the system. Where that fails, it costs memory only.
void release(NodeMemory::OwnBytes used) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t ahead = -reinterpret_cast<std::uintptr_t>(used.data()) % page;
  if (used.size() < ahead + page) return;
  const std::size_t whole = (used.size() - ahead) / page * page;
  static_cast<void>(madvise(used.data() + ahead, whole, MADV_DONTNEED));
}

// Uses the parts up.
void lay_out(const std::vector<NodeMemory::OwnBytes>& parts, std::byte* to) {
  for (const NodeMemory::OwnBytes part : parts) {
    for (std::size_t done = 0; done < part.size(); done += kBlock) {
      const NodeMemory::OwnBytes block = part.subspan(done, std::min(kBlock, part.size() - done));
      std::copy(block.begin(), block.end(), to + done);
      release(block);
    }
    to += rounded_up(part.size());
  }
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class File {
 public:
  File(int descriptor, const std::string& what) : descriptor_(descriptor) {
    if (descriptor_ < 0) fail(what);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

// The keeper's file, as the others look for it. Where a rank is in a container of its own, another
// process may have the keeper's number there: device and inode tell.
struct KeepersFile {
  std::int64_t process = -1;
  std::int64_t descriptor = -1;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

KeepersFile keepers_file_of(const File& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("fstat");
  return {.process = ::getpid(),
          .descriptor = file.get(),
          .device = status.st_dev,
          .inode = status.st_ino};
}

NodeMemory::OwnBytes mapped(std::size_t size, int protection, int flags, int descriptor) {
  void* begin = ::mmap(nullptr, size, protection, flags, descriptor, 0);
  if (begin == MAP_FAILED) fail("mmap");
  return {static_cast<std::byte*>(begin), size};
}

NodeMemory::OwnBytes mapped_of(const KeepersFile& keeper, std::size_t size) {
  const std::string path =
      "/proc/" + std::to_string(keeper.process) + "/fd/" + std::to_string(keeper.descriptor);
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  const KeepersFile found = keepers_file_of(file);
  if (found.device != keeper.device || found.inode != keeper.inode)
    throw std::runtime_error(path + " is not the keeper's: the ranks do not share /proc");
  return mapped(size, PROT_READ, MAP_SHARED, file.get());
}

}  // namespace

NodeMemory::NodeMemory(const Session& session) : exceptions_at_start_(std::uncaught_exceptions()) {
  require(MPI_Comm_split_type(session.communicator(), MPI_COMM_TYPE_SHARED, session.rank(),
                              MPI_INFO_NULL, &node_),
          "MPI_Comm_split_type");
  require(MPI_Comm_set_errhandler(node_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require(MPI_Comm_rank(node_, &rank_), "MPI_Comm_rank");
}

NodeMemory::~NodeMemory() {
  unmap();
  if (std::uncaught_exceptions() <= exceptions_at_start_) MPI_Comm_free(&node_);
}

std::vector<NodeMemory::Bytes> NodeMemory::share(const std::vector<OwnBytes>& parts) {
  if (!memory_.empty()) throw std::logic_error("NodeMemory: shared twice");
  std::vector<std::uint64_t> sizes;
  sizes.reserve(parts.size());
  for (const OwnBytes part : parts) sizes.push_back(part.size());
  auto count = static_cast<std::uint64_t>(sizes.size());
  require(MPI_Bcast(&count, 1, MPI_UINT64_T, 0, node_), "MPI_Bcast");
  sizes.resize(count);
  require(MPI_Bcast(sizes.data(), static_cast<int>(count), MPI_UINT64_T, 0, node_), "MPI_Bcast");
  const std::vector<std::size_t> offsets = offsets_of(sizes);

  map(std::max<std::size_t>(offsets.back(), 1));
  if (is_keeper()) lay_out(parts, memory_.data());
  if (is_shared())
    require(MPI_Barrier(node_), "MPI_Barrier");
  else
    copy_from_keeper();
  std::vector<Bytes> shared;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    shared.push_back(memory_.subspan(offsets[i], sizes[i]));
  return shared;
}

void NodeMemory::map(std::size_t size) {
  std::optional<File> file;  // the keeper's, until all have mapped it
  std::optional<std::string> trouble;
  KeepersFile keeper;
  const auto attempt = [&trouble](const auto& action) {
    try {
      action();
    } catch (const std::runtime_error& error) {
      trouble = error.what();
    }
  };
  if (is_keeper())
    attempt([&] {
      file.emplace(::memfd_create("stepladder", MFD_CLOEXEC), "memfd_create");
      if (::ftruncate(file->get(), static_cast<off_t>(size)) != 0) fail("ftruncate");
      memory_ = mapped(size, PROT_READ | PROT_WRITE, MAP_SHARED, file->get());
      keeper = keepers_file_of(*file);
    });
  require(MPI_Bcast(&keeper, sizeof(keeper), MPI_BYTE, 0, node_), "MPI_Bcast");
  if (!is_keeper() && keeper.process >= 0) attempt([&] { memory_ = mapped_of(keeper, size); });
  trouble_ = first_complaint(node_, trouble).value_or("");
  if (is_shared()) return;
  unmap();
  memory_ = mapped(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

void NodeMemory::unmap() {
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
  memory_ = {};
}

void NodeMemory::copy_from_keeper() {
  for (std::size_t done = 0; done < memory_.size(); done += kBroadcastMax) {
    const OwnBytes block = memory_.subspan(done, std::min(kBroadcastMax, memory_.size() - done));
    require(MPI_Bcast(block.data(), static_cast<int>(block.size()), MPI_BYTE, 0, node_),
            "MPI_Bcast");
  }
}

}  // namespace stepladder::mpi
