#pragma once

#include <optional>
#include <utility>

#include "latchkey/record.h"
#include "latchkey/time.h"

// What a look-up of a session finds. Include latchkey/store.h.
namespace latchkey {

// Found is the answer for one id: a record, or what is left of it, or nothing.
struct Found {
  std::optional<SessionRecord> record{};
  std::optional<Tombstone> tombstone{};  // only when there is no record
  std::optional<User> user{};            // only with_user, and only when the store knows the user
  Millis stale_for{0};                   // over 0: a copy of this age, because the store failed
};

// FoundPlaces are where find_one writes: the members of a Found, or places of the caller's own, so
// that a record is made where it is wanted and never moved. They live as long as the call.
struct FoundPlaces {
  FoundPlaces(Found& found) noexcept
      : FoundPlaces(found.record, found.tombstone, found.user, found.stale_for) {}
  FoundPlaces(std::optional<SessionRecord>& found_record, std::optional<Tombstone>& found_tombstone,
              std::optional<User>& found_user, Millis& age) noexcept
      : record(found_record), tombstone(found_tombstone), user(found_user), stale_for(age) {}
  void put(Found&& found) const {
    record = std::move(found.record);
    tombstone = std::move(found.tombstone);
    user = std::move(found.user);
    stale_for = found.stale_for;
  }

  std::optional<SessionRecord>& record;
  std::optional<Tombstone>& tombstone;
  std::optional<User>& user;
  Millis& stale_for;
};

}  // namespace latchkey
