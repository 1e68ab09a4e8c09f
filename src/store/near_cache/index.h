#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "store/near_cache/copy.h"

namespace latchkey::near_cache {

// key_of mixes the random characters of an id into a number whose bits are all good.
std::uint64_t key_of(std::string_view id) noexcept;

// Index finds copies by id. Not thread-safe, but for prefetch.
//
// A look-up in a large cache waits for memory and for nothing else, so a copy is found in two cache
// lines: a bucket, which has a tag and a pointer for each of seven copies, and the copy's block.
// (In a flat map it is three: groups of marks and groups of pointers lie apart.) A copy lives in
// one of the two buckets its key names, the first if there was room. When both are full, one of the
// first bucket's copies goes: this is a cache. The index doubles at four copies a bucket, where
// that is rare.
class Index {
 public:
  struct Bucket;
  // Place is where a copy is, until the index changes.
  struct Place {
    Bucket* bucket = nullptr;
    std::size_t way = 0;
    explicit operator bool() const noexcept { return bucket != nullptr; }
  };

  Index();
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // prefetch starts loading the bucket of `key`; any thread may call it at any time.
  void prefetch(std::uint64_t key) const noexcept;

  Place find(std::uint64_t key, const SessionId& id) const noexcept;
  static Copy& at(const Place& place) noexcept;
  // mark tells the CLOCK that the copy was used.
  static void mark(const Place& place) noexcept;

  // add takes a copy whose id is not here. Others may go.
  void add(std::uint64_t key, Copy copy);
  void replace(const Place& place, Copy copy);
  void erase(const Place& place);
  // evict lets one copy go that was not used lately. There must be one.
  void evict();

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept;
  void swap(Index& other) noexcept;

 private:
  Bucket& bucket(std::uint64_t number) const noexcept;
  bool add_to(Bucket& bucket, std::uint64_t key, Copy& copy);
  bool settle(std::uint64_t key, Copy& copy);
  bool move_one(Bucket& full);
  void grow();

  std::unique_ptr<Bucket[]> buckets_;
  std::size_t num_buckets_ = 0;  // 0 or a power of two
  std::size_t hand_ = 0;         // bucket the CLOCK looks at next
  std::size_t size_ = 0;
  std::size_t block_bytes_ = 0;
  // The same as above, for prefetch only: it may be stale, and then nothing is gained.
  std::atomic<const Bucket*> hint_{nullptr};
  std::atomic<std::size_t> hint_mask_{0};
};

}  // namespace latchkey::near_cache
