#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "base/mutex.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/file.h"

namespace latchkey::sqlite {

// Checkpointer copies the write-ahead log into the database on a thread and a connection of its
// own, so that no commit has to: when the log has grown by 8 MiB, or two seconds after the last
// commits. A passive checkpoint never blocks a writer, but under constant load it never reaches the
// log's end either; past 32 MiB the writer is asked to start the log anew.
class Checkpointer {
 public:
  Checkpointer(std::unique_ptr<Connection> connection, const FileGuard& guard);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // note_commit tells how many pages the log holds now. Called by the writer only.
  void note_commit(int log_pages) LATCHKEY_EXCLUDES(mutex_);
  // restart_wanted answers once after the log became too long.
  bool restart_wanted() noexcept { return restart_wanted_.exchange(false); }

 private:
  void loop() LATCHKEY_EXCLUDES(mutex_);
  void checkpoint();

  std::unique_ptr<Connection> connection_;
  const FileGuard& guard_;
  std::atomic<int> copied_pages_{0};
  std::atomic<bool> restart_wanted_{false};
  Mutex mutex_;
  Condition changed_;
  bool pending_ LATCHKEY_GUARDED_BY(mutex_) = false;  // commits that are not copied yet
  bool due_ LATCHKEY_GUARDED_BY(mutex_) = false;      // many of them
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// restart_log lets the writer begin the log anew when everything in it was copied, and gives space
// back to the file system when it is very long. Does nothing while a reader still needs the log.
void restart_log(Connection& writer, int log_pages);

}  // namespace latchkey::sqlite
