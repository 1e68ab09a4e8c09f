#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "latchkey/keyring.h"

namespace latchkey::session {

// PerRing keeps what is made from a key ring until the ring is swapped or another of its keys
// begins to write. Thread-safe.
template <class Codec>
class PerRing {
 public:
  using Make = std::function<Result<Codec>(const KeyRing& ring, const Key& writer)>;

  PerRing(std::shared_ptr<const SharedKeyRing> keys, Make make)
      : keys_(std::move(keys)), make_(std::move(make)) {}

  Result<std::shared_ptr<const Codec>> get(UnixTime now) LATCHKEY_EXCLUDES(mutex_) {
    std::shared_ptr<const KeyRing> ring = keys_->get();
    const Key* const writer = &ring->writer(now);
    {
      MutexLock lock(mutex_);
      if (ring_ == ring && writer_ == writer) return codec_;
    }
    Result<Codec> made = make_(*ring, *writer);
    if (!made) return made.error();
    auto codec = std::make_shared<const Codec>(std::move(*made));
    MutexLock lock(mutex_);
    ring_ = std::move(ring);
    writer_ = writer;
    codec_ = codec;
    return codec;
  }

 private:
  const std::shared_ptr<const SharedKeyRing> keys_;
  const Make make_;
  Mutex mutex_;
  std::shared_ptr<const KeyRing> ring_ LATCHKEY_GUARDED_BY(mutex_);
  const Key* writer_ LATCHKEY_GUARDED_BY(mutex_) = nullptr;
  std::shared_ptr<const Codec> codec_ LATCHKEY_GUARDED_BY(mutex_);
};

// writer_first calls add(key) for the writer, then for every other key. Gone keys are among them,
// with bytes that open nothing: their tokens are then refused as forged ones, while an id that is
// in no ring may be a key this node has not got yet.
template <class Add>
void writer_first(const KeyRing& ring, const Key& writer, const Add& add) {
  add(writer);
  for (const Key& key : ring.keys()) {
    if (&key != &writer) add(key);
  }
}

}  // namespace latchkey::session
