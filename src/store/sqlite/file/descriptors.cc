#include "store/sqlite/file/descriptors.h"

#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_map>

#include "base/fork.h"
#include "base/mutex.h"
#include "base/platform/platform.h"

namespace latchkey::sqlite {
namespace {

using OpenCall = int (*)(const char*, int, int);
using CloseCall = int (*)(int);

// Opening and closing are done under the lock: a descriptor is ours whenever somebody can look.
Mutex g_mutex;
using Opened = std::unordered_map<int, ForkGuard>;
Opened& ours() LATCHKEY_REQUIRES(g_mutex) {
  static auto* the = new Opened;  // connections may close after static objects die
  return *the;
}
OpenCall g_open = nullptr;
CloseCall g_close = nullptr;

int tracked_open(const char* path, int flags, int mode) {
  MutexLock lock(g_mutex);
  const int descriptor = g_open(path, flags, mode);
  if (descriptor >= 0) ours().insert_or_assign(descriptor, ForkGuard{});
  return descriptor;
}

int tracked_close(int descriptor) {
  MutexLock lock(g_mutex);
  ours().erase(descriptor);
  return g_close(descriptor);
}

bool install() {
  // Counting every allocation of the process takes a lock each time. Refused, harmlessly, when the
  // program has used SQLite before.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_initialize();
  sqlite3_vfs* files = sqlite3_vfs_find(nullptr);
  g_open = reinterpret_cast<OpenCall>(files->xGetSystemCall(files, "open"));
  g_close = reinterpret_cast<CloseCall>(files->xGetSystemCall(files, "close"));
  files->xSetSystemCall(files, "open", reinterpret_cast<sqlite3_syscall_ptr>(tracked_open));
  files->xSetSystemCall(files, "close", reinterpret_cast<sqlite3_syscall_ptr>(tracked_close));
  // A child finds the list whole and the lock free, whatever another thread was doing.
  constexpr auto lock = []() LATCHKEY_NO_THREAD_SAFETY_ANALYSIS { g_mutex.lock(); };
  constexpr auto unlock = []() LATCHKEY_NO_THREAD_SAFETY_ANALYSIS { g_mutex.unlock(); };
  return ::pthread_atfork(lock, unlock, unlock) == 0;
}

bool leads_to(int descriptor, const struct stat& file) {
  struct stat open {};
  return ::fstat(descriptor, &open) == 0 && open.st_ino == file.st_ino &&
         open.st_dev == file.st_dev;
}

// any_descriptor asks `look` about every open descriptor until it returns true.
template <class Look>
bool any_descriptor(const Look& look) LATCHKEY_REQUIRES(g_mutex) {
  DIR* folder = ::opendir(platform::descriptor_folder());
  if (folder == nullptr) {  // no such folder: try every number
    const long limit = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
    for (int descriptor = 0; descriptor < limit; ++descriptor) {
      if (look(descriptor)) return true;
    }
    return false;
  }
  bool found = false;
  while (const dirent* entry = found ? nullptr : ::readdir(folder)) {
    int descriptor = -1;
    const char* name = entry->d_name;
    std::from_chars(name, name + std::strlen(name), descriptor);
    found = descriptor >= 0 && descriptor != ::dirfd(folder) && look(descriptor);
  }
  ::closedir(folder);
  return found;
}

}  // namespace

void track_descriptors() { [[maybe_unused]] static const bool installed = install(); }

Result<void> refuse_inherited(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return {};
  MutexLock lock(g_mutex);
  const bool inherited = std::any_of(ours().begin(), ours().end(), [&](const auto& opened) {
    return opened.second.crossed() && leads_to(opened.first, file);
  });
  if (!inherited) return {};
  return Error{Errc::bad_config,
               "the parent of this process had the database open when it forked, and SQLite cannot "
               "open it again in the child: open it after fork() only, or close it before"};
}

Result<void> refuse_shared(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return {};  // not there, so nobody has it open by this name
  MutexLock lock(g_mutex);
  const bool shared = any_descriptor([&](int descriptor) LATCHKEY_REQUIRES(g_mutex) {
    return leads_to(descriptor, file) && !ours().contains(descriptor);
  });
  if (!shared) return {};
  return Error{
      Errc::sqlite_shared,
      "this process has the database file open through another copy of SQLite "
      "(better-sqlite3, node:sqlite), whose writes and ours would destroy each other: give the "
      "sessions a file of their own or, to latchkey/lucia, pass that Database object"};
}

}  // namespace latchkey::sqlite
