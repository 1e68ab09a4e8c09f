#include "store/near_cache/copy.h"

#include <algorithm>
#include <new>
#include <vector>

#include "base/platform/platform.h"

namespace latchkey::near_cache {

Copy Copy::make(const Found& found, KnownUser known, UnixTime taken_at, std::uint64_t stamp,
                std::uint16_t user_slot) {
  thread_local std::vector<std::uint8_t> packed;
  packed.clear();
  codec::pack_record(*found.record, packed);
  if (known == KnownUser::known) codec::pack_user(*found.user, packed);

  const std::string_view id = found.record->id.text();
  Copy copy;
  copy.block_ =
      std::make_unique_for_overwrite<std::uint8_t[]>(sizeof(Head) + id.size() + packed.size());
  Head& head = *::new (copy.block_.get()) Head;
  head.taken_at = to_unix_millis(taken_at);
  head.stamp = stamp;
  head.size = static_cast<std::uint32_t>(packed.size());
  head.user_slot = user_slot;
  head.id_size = static_cast<std::uint8_t>(id.size());
  head.known = known;
  std::copy(id.begin(), id.end(), copy.block_.get() + sizeof(Head));
  std::copy(packed.begin(), packed.end(), copy.packed().begin());
  return copy;
}

bool Copy::unpack(const SessionId& id, bool with_user, const FoundPlaces& out) const {
  codec::Packed in = packed();
  SessionRecord& record = out.record.emplace();
  record.id = id;
  if (!codec::unpack_record(in, record)) return false;
  if (!with_user || head().known != KnownUser::known) return true;
  User& user = out.user.emplace();
  user.id = record.user_id;
  return codec::unpack_user(in, user);
}

std::optional<codec::PackedTimes> Copy::times() const noexcept {
  return codec::unpack_times(packed());
}

void Copy::set_times(const codec::PackedTimes& times) noexcept {
  codec::repack_times(packed(), times);
}

std::size_t Copy::bytes() const noexcept {
  constexpr std::size_t kAllocatorWord = sizeof(std::size_t);  // what an allocator adds
  const std::size_t asked = sizeof(Head) + head().id_size + head().size;
  return std::max(asked, platform::usable_size(block_.get())) + kAllocatorWord;
}

}  // namespace latchkey::near_cache
