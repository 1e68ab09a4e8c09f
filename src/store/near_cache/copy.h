#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "codec/record/record.h"
#include "latchkey/store.h"

namespace latchkey::near_cache {

// KnownUser tells what is known of the user beside a record.
enum class KnownUser : std::uint8_t { not_asked, none, known };

// Copy is one cached record, and perhaps its user, in one block of memory. Empty when default-made.
// One pointer; the block is 24 bytes of head, the id, and the packed form.
class Copy {
 public:
  Copy() = default;
  // make packs what a store answered. `found.record` must be there.
  static Copy make(const Found& found, KnownUser known, UnixTime taken_at, std::uint64_t stamp,
                   std::uint16_t user_slot);

  explicit operator bool() const noexcept { return block_ != nullptr; }

  // Of the moment before the store was asked.
  UnixTime taken_at() const noexcept { return from_unix_millis(head().taken_at); }
  std::uint64_t stamp() const noexcept { return head().stamp; }
  std::uint16_t user_slot() const noexcept { return head().user_slot; }
  KnownUser known_user() const noexcept { return head().known; }

  // age_by makes the copy older than it is.
  void age_by(Millis time) noexcept { head().taken_at -= time.count(); }

  // prefetch starts loading the lines behind the first one, which a small record fills.
  void prefetch() const noexcept {
    __builtin_prefetch(block_.get() + 64);
    __builtin_prefetch(block_.get() + 128);
  }
  bool is_of(const SessionId& id) const noexcept {
    // Of a length the compiler knows it makes a few loads, of another one a call.
    const std::string_view wanted = id.text();
    const std::string_view kept = id_text();
    if (wanted.size() != kept.size()) return false;
    if (wanted.size() != SessionId::kLength) return wanted == kept;
    return std::memcmp(wanted.data(), kept.data(), SessionId::kLength) == 0;
  }
  std::string_view id_text() const noexcept {
    return {reinterpret_cast<const char*>(block_.get()) + sizeof(Head), head().id_size};
  }
  // unpack fills `out` and returns false when the block cannot be read.
  bool unpack(const SessionId& id, bool with_user, const FoundPlaces& out) const;
  // times and set_times: what a touch reads and writes.
  std::optional<codec::PackedTimes> times() const noexcept;
  void set_times(const codec::PackedTimes& times) noexcept;

  // bytes is what the allocator gave for the block.
  std::size_t bytes() const noexcept;

 private:
  struct Head {
    std::int64_t taken_at;
    std::uint64_t stamp;
    std::uint32_t size;  // of the packed form
    std::uint16_t user_slot;
    std::uint8_t id_size;
    KnownUser known;
  };
  static_assert(sizeof(Head) == 24);

  Head& head() noexcept { return *reinterpret_cast<Head*>(block_.get()); }
  const Head& head() const noexcept { return *reinterpret_cast<const Head*>(block_.get()); }
  std::span<std::uint8_t> packed() const noexcept {
    return {block_.get() + sizeof(Head) + head().id_size, head().size};
  }

  std::unique_ptr<std::uint8_t[]> block_;
};

}  // namespace latchkey::near_cache
