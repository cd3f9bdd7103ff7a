// What Open MPI 4 leaves on this machine when ranks are killed, and never looks at again: files of
// shared memory, 4 MB a rank, and the folder of an mpirun that was killed as well. Version 5 clears
// up itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace stepladder::launch {

// The files in `folder` that carry the number of the job in their names as Open MPI puts it, are
// this user's own and mapped by no process any more. Returns how many were removed.
int remove_shared_memory_of(std::uint32_t job, const std::filesystem::path& folder = "/dev/shm");

// The folder that the ranks were given for their session, if its name is that of this mpirun, which
// has ended. Does nothing with any other folder.
void remove_session_of(pid_t mpirun, const std::filesystem::path& folder);

}  // namespace stepladder::launch
