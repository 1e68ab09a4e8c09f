#include "store/sqlite/file/reader.h"

#include <algorithm>
#include <thread>

namespace latchkey::sqlite {
namespace {

// More connections than threads that can run only cost memory: a read does not wait for anything.
std::size_t pool_size() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() + 2, 4, 64);
}

std::size_t preferred_slot() noexcept {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace

ReaderPool::ReaderPool(std::string path, const ConnectionOptions& options, const FileGuard& guard)
    : path_(std::move(path)), options_(options), guard_(guard), slots_(pool_size()) {}

Connection& ReaderPool::Lease::operator*() const noexcept {
  return *pool_->slots_[slot_].connection;
}

Result<ReaderPool::Lease> ReaderPool::acquire() {
  if (forked_.crossed()) return forked_error();
  if (Result<void> in_place = guard_.verify_recently(); !in_place) return in_place.error();
  Lease lease(*this, take_slot());
  std::unique_ptr<Connection>& connection = slots_[lease.slot_].connection;
  if (!connection) {
    Result<std::unique_ptr<Connection>> opened = Connection::open(path_, options_);
    if (!opened) return opened.error();
    // What was opened by name must be the file the store began with.
    if (Result<void> in_place = guard_.verify(); !in_place) return in_place.error();
    connection = std::move(*opened);
  }
  return lease;
}

std::size_t ReaderPool::take_slot() {
  std::size_t slot = 0;
  if (try_take(slot)) return slot;
  waiting_.fetch_add(1);
  {
    MutexLock lock(mutex_);
    while (!try_take(slot)) released_.wait(mutex_);
  }
  waiting_.fetch_sub(1);
  return slot;
}

bool ReaderPool::try_take(std::size_t& slot) noexcept {
  const std::size_t first = preferred_slot();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slot = (first + i) % slots_.size();
    if (!slots_[slot].busy.exchange(true)) return true;
  }
  return false;
}

void ReaderPool::release(std::size_t slot) noexcept {
  slots_[slot].busy.store(false);
  // Both are sequentially consistent: either this sees the waiter, or the waiter sees the slot.
  if (waiting_.load() == 0) return;
  MutexLock lock(mutex_);
  released_.notify_one();
}

}  // namespace latchkey::sqlite
