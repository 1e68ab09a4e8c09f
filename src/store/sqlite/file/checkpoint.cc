#include "store/sqlite/file/checkpoint.h"

#include <pthread.h>

#include "base/log.h"
#include "base/platform/platform.h"

namespace latchkey::sqlite {
namespace {

constexpr int kCopyPages = 8192;       // 32 MiB of 4 KiB pages
constexpr int kRestartPages = 16384;   // 64 MiB
constexpr int kTruncatePages = 32768;  // 128 MiB
constexpr Millis kQuiet{2000};
constexpr int kRestartWaitMillis = 20;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection, const FileGuard& guard)
    : connection_(std::move(connection)), guard_(guard), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::note_commit(int log_pages) {
  if (log_pages < copied_pages_.load()) copied_pages_.store(0);  // the log began anew
  const bool due = log_pages - copied_pages_.load() >= kCopyPages;
  bool wake = false;
  {
    MutexLock lock(mutex_);
    wake = !pending_ || (due && !due_);
    pending_ = true;
    due_ = due_ || due;
  }
  if (wake) changed_.notify_one();
}

void Checkpointer::loop() {
  platform::name_thread("lk-checkpoint");
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!pending_ && !stopping_) changed_.wait(mutex_);
      if (!due_ && !stopping_) changed_.wait_for(mutex_, kQuiet);
      if (stopping_) return;
      pending_ = false;
      due_ = false;
    }
    checkpoint();
  }
}

void Checkpointer::checkpoint() {
  if (!guard_.verify_alone()) return;  // it cannot see the readers of another copy of SQLite
  int log_pages = 0;
  int copied_pages = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), "main",
                                             SQLITE_CHECKPOINT_PASSIVE, &log_pages, &copied_pages);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    log(LogLevel::warn, "store_checkpoint_failed", {{"detail", connection_->last_error().detail}});
    return;
  }
  copied_pages_.store(copied_pages);
  if (log_pages >= kRestartPages) restart_wanted_.store(true);
}

void restart_log(Connection& writer, int log_pages) {
  const int mode =
      log_pages >= kTruncatePages ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
  sqlite3_busy_timeout(writer.handle(), kRestartWaitMillis);
  // Failing means that a reader was in the way; the next checkpoint asks again.
  sqlite3_wal_checkpoint_v2(writer.handle(), "main", mode, nullptr, nullptr);
  sqlite3_busy_timeout(writer.handle(), 0);
}

}  // namespace latchkey::sqlite
