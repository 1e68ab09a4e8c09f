#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/file.h"

namespace latchkey::sqlite {

// ReaderPool lends read connections to the calling threads. A thread mostly gets the one it had
// before, for the price of two uncontended atomic writes. Connections are opened when needed.
class ReaderPool {
 public:
  ReaderPool(std::string path, const ConnectionOptions& options, const FileGuard& guard);

  // Lease is one connection for one call; it must not outlive the pool.
  class Lease {
   public:
    Lease(Lease&& other) noexcept : pool_(other.pool_), slot_(other.slot_) {
      other.pool_ = nullptr;
    }
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->release(slot_);
    }
    Connection& operator*() const noexcept;

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, std::size_t slot) noexcept : pool_(&pool), slot_(slot) {}
    ReaderPool* pool_;
    std::size_t slot_;
  };

  // acquire waits while all connections are in use. It fails when the database was moved away or
  // cannot be opened.
  Result<Lease> acquire();

 private:
  struct alignas(64) Slot {
    std::atomic<bool> busy{false};
    std::unique_ptr<Connection> connection;
  };
  std::size_t take_slot();
  bool try_take(std::size_t& slot) noexcept;
  void release(std::size_t slot) noexcept;

  const std::string path_;
  const ConnectionOptions options_;
  const FileGuard& guard_;
  const ForkGuard forked_;
  std::vector<Slot> slots_;
  std::atomic<std::uint32_t> waiting_{0};
  Mutex mutex_;
  Condition released_;
};

}  // namespace latchkey::sqlite
