#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "latchkey/record.h"

// The packed form of records and users, docs/formats/record.md.
namespace latchkey::codec {

using Packed = std::span<const std::uint8_t>;

// pack_record appends the packed form of `record` to `out`. The id is not part of it.
void pack_record(const SessionRecord& record, std::vector<std::uint8_t>& out);

// unpack_record reads a record from the front of `in` into `out`, except its id, and moves `in`
// behind it. False: not a packed record; `in` and `out` are then unspecified. Never reads beyond
// `in`, allocates no more than `in` is long, and accepts only what pack_record writes.
bool unpack_record(Packed& in, SessionRecord& out);

// pack_user and unpack_user do the same for a user; the id is not part of it.
void pack_user(const User& user, std::vector<std::uint8_t>& out);
bool unpack_user(Packed& in, User& out);

// PackedTimes are what a touch needs to know of a record.
struct PackedTimes {
  UnixTime last_seen_at{};
  UnixTime idle_expires_at{};
  UnixTime absolute_expires_at{};
};
std::optional<PackedTimes> unpack_times(Packed packed_record) noexcept;

// repack_times writes last_seen_at and idle_expires_at into a packed record, which keeps its size.
void repack_times(std::span<std::uint8_t> packed_record, const PackedTimes& times) noexcept;

}  // namespace latchkey::codec
