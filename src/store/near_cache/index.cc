#include "store/near_cache/index.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

namespace latchkey::near_cache {
namespace {

constexpr std::size_t kWays = 7;
constexpr std::size_t kFirstBuckets = 4;
constexpr std::size_t kFullBucket = 4;  // copies a bucket, on average, before the index doubles
constexpr std::size_t kMaxClockSteps = 64;

// Of a key the low octet is the tag, the top octet chooses the shard, and these two the buckets.
std::uint64_t first_number(std::uint64_t key) noexcept { return key >> 8; }
std::uint64_t second_number(std::uint64_t key) noexcept {
  return first_number(key) ^ ((key >> 32) | 1);  // never the first one
}

}  // namespace

struct alignas(64) Index::Bucket {
  std::array<std::uint8_t, kWays> tags{};
  std::uint8_t used_lately = 0;  // a bit for each way
  std::array<Copy, kWays> copies;

  // ways_of sets the high bit of each octet that may be the tag of `key`. It misses none, and may
  // name others: all seven are compared at once, without a jump that nobody can predict.
  std::uint64_t ways_of(std::uint64_t key) const noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    std::uint64_t octets = 0;
    std::memcpy(&octets, static_cast<const void*>(this), sizeof octets);
    if constexpr (std::endian::native == std::endian::big) octets = __builtin_bswap64(octets);
    octets ^= kOnes * (key & 0xff);
    return (octets - kOnes) & ~octets & (kOnes << 7);
  }
};

// Both forms of an id have random characters from the fifth to the twentieth.
std::uint64_t key_of(std::string_view id) noexcept {
  if (id.size() < SessionId::kLength) return 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, id.data() + 4, 8);
  std::memcpy(&b, id.data() + 12, 8);
  std::uint64_t key = a * 0x9e3779b97f4a7c15U ^ b * 0xc2b2ae3d27d4eb4fU;
  key = (key ^ (key >> 32)) * 0xd6e8feb86659fd93U;
  return key ^ (key >> 32);
}

Index::Index() { static_assert(sizeof(Bucket) == 64); }
Index::~Index() = default;

Index::Bucket& Index::bucket(std::uint64_t number) const noexcept {
  return buckets_[number & (num_buckets_ - 1)];
}

void Index::prefetch(std::uint64_t key) const noexcept {
  const Bucket* buckets = hint_.load(std::memory_order_relaxed);
  const std::size_t mask = hint_mask_.load(std::memory_order_relaxed);
  if (buckets != nullptr) __builtin_prefetch(buckets + (first_number(key) & mask));
}

Index::Place Index::find(std::uint64_t key, const SessionId& id) const noexcept {
  if (num_buckets_ == 0) return {};
  for (const std::uint64_t number : {first_number(key), second_number(key)}) {
    Bucket& candidate = bucket(number);
    for (std::uint64_t ways = candidate.ways_of(key); ways != 0; ways &= ways - 1) {
      const auto way = static_cast<std::size_t>(std::countr_zero(ways)) / 8;
      if (way == kWays) continue;  // the octet after the tags
      const Copy& copy = candidate.copies[way];
      if (!copy) continue;
      copy.prefetch();
      if (copy.is_of(id)) return {&candidate, way};
    }
  }
  return {};
}

Copy& Index::at(const Place& place) noexcept { return place.bucket->copies[place.way]; }

void Index::mark(const Place& place) noexcept {
  place.bucket->used_lately |= static_cast<std::uint8_t>(1U << place.way);
}

bool Index::add_to(Bucket& target, std::uint64_t key, Copy& copy) {
  for (std::size_t way = 0; way < kWays; ++way) {
    if (target.copies[way]) continue;
    target.tags[way] = static_cast<std::uint8_t>(key);
    target.used_lately &= static_cast<std::uint8_t>(~(1U << way));
    block_bytes_ += copy.bytes();
    ++size_;
    target.copies[way] = std::move(copy);
    return true;
  }
  return false;
}

bool Index::settle(std::uint64_t key, Copy& copy) {
  Bucket& first = bucket(first_number(key));
  if (add_to(first, key, copy) || add_to(bucket(second_number(key)), key, copy)) return true;
  return move_one(first) && add_to(first, key, copy);
}

void Index::add(std::uint64_t key, Copy copy) {
  if (size_ >= num_buckets_ * kFullBucket) grow();
  if (settle(key, copy)) return;
  Bucket& first = bucket(first_number(key));
  std::size_t way = 0;
  while (way + 1 < kWays && (first.used_lately >> way & 1) != 0) ++way;
  first.used_lately = 0;
  erase({&first, way});
  add_to(first, key, copy);
}

// move_one moves a copy of a full bucket to the other bucket it may live in.
bool Index::move_one(Bucket& full) {
  for (Copy& copy : full.copies) {
    const std::uint64_t key = key_of(copy.id_text());
    Bucket& first = bucket(first_number(key));
    Bucket& other = &first == &full ? bucket(second_number(key)) : first;
    const std::size_t bytes = copy.bytes();
    if (!add_to(other, key, copy)) continue;
    block_bytes_ -= bytes;  // add_to counted a new one
    --size_;
    return true;
  }
  return false;
}

void Index::replace(const Place& place, Copy copy) {
  block_bytes_ += copy.bytes() - at(place).bytes();
  at(place) = std::move(copy);
}

void Index::erase(const Place& place) {
  block_bytes_ -= at(place).bytes();
  --size_;
  at(place) = Copy{};
}

void Index::grow() {
  const std::size_t old_buckets = num_buckets_;
  const std::unique_ptr<Bucket[]> old = std::move(buckets_);
  num_buckets_ = old_buckets == 0 ? kFirstBuckets : old_buckets * 2;
  buckets_ = std::make_unique<Bucket[]>(num_buckets_);
  size_ = block_bytes_ = hand_ = 0;
  for (std::size_t i = 0; i < old_buckets; ++i) {
    for (Copy& copy : old[i].copies) {
      if (copy) settle(key_of(copy.id_text()), copy);  // or it goes
    }
  }
  hint_mask_.store(0, std::memory_order_relaxed);
  hint_.store(buckets_.get(), std::memory_order_relaxed);
  hint_mask_.store(num_buckets_ - 1, std::memory_order_relaxed);
}

// The hand clears the marks it passes. After kMaxClockSteps buckets it takes what comes next, so
// that nobody waits for a walk through a table in which everything was used.
void Index::evict() {
  assert(size_ > 0);
  for (std::size_t step = 0;; ++step, ++hand_) {
    Bucket& candidate = bucket(hand_);
    for (std::size_t way = 0; way < kWays; ++way) {
      const bool spared = step < kMaxClockSteps && (candidate.used_lately >> way & 1) != 0;
      if (candidate.copies[way] && !spared) return erase({&candidate, way});
    }
    candidate.used_lately = 0;
  }
}

std::size_t Index::bytes() const noexcept { return block_bytes_ + num_buckets_ * sizeof(Bucket); }

void Index::swap(Index& other) noexcept {
  std::swap(buckets_, other.buckets_);
  std::swap(num_buckets_, other.num_buckets_);
  std::swap(hand_, other.hand_);
  std::swap(size_, other.size_);
  std::swap(block_bytes_, other.block_bytes_);
  hint_.store(nullptr, std::memory_order_relaxed);
  other.hint_.store(nullptr, std::memory_order_relaxed);
}

}  // namespace latchkey::near_cache
