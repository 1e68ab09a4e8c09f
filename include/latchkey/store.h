#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "latchkey/record.h"
#include "latchkey/result.h"
#include "latchkey/store/counter_store.h"
#include "latchkey/store/deny_store.h"
#include "latchkey/store/event_store.h"
#include "latchkey/store/found.h"
#include "latchkey/store/key_store.h"
#include "latchkey/store/meta_store.h"
#include "latchkey/store/one_time_store.h"
#include "latchkey/store/user_store.h"
#include "latchkey/watch.h"

// The store contract. Every implementation passes latchkey/testing/store_suite.h.
//
// Common to all calls: blocking, thread-safe, and atomic: after an Error nothing was changed unless
// the call says otherwise (a lost connection may leave a write done but unconfirmed; every write
// may be repeated). Times come from the caller. Records past their deadline stay until pruned.
namespace latchkey {

struct InsertOptions {
  UnixTime now{};                            // sessions past a deadline at `now` do not count
  std::uint32_t max_per_user = 0;            // 0: no limit; guests are never counted
  std::optional<std::int64_t> user_epoch{};  // insert only while the user's epoch is this one
};
enum class InsertStatus : std::uint8_t { inserted, id_taken, user_changed };
struct InsertOutcome {
  InsertStatus status = InsertStatus::inserted;
  std::vector<SessionId> evicted{};  // ended to keep the limit: longest idle first
};

// Insertion is one record for insert_all; what it names outlives the call.
struct Insertion {
  const SessionRecord& record;
  const InsertOptions& options;
};

// kMaxFind is how many ids one find may ask for, and how many records insert_all may be given.
inline constexpr std::size_t kMaxFind = 64;

struct FindOptions {
  bool with_user = false;
  bool fresh = false;  // no cache may answer
  Wait wait = Wait::allowed;
  // stale_ok: when the store does not answer, find_one may return an old copy, if there is a cache
  // that keeps some. Found::stale_for tells.
  bool stale_ok = false;
};

// Touch moves the idle deadline and last-seen time of one session.
struct Touch {
  SessionId id{};
  UnixTime last_seen_at{};     // the moment of use
  UnixTime idle_expires_at{};  // the new deadline
};

enum class ReplaceStatus : std::uint8_t { replaced, conflict, gone };

struct RemoveUserOptions {
  UnixTime now{};
  EndReason reason = EndReason::revoked;
  std::optional<SessionId> except{};  // this one stays
  bool bump_epoch = false;            // logins under way with the old epoch fail
};

struct PageRequest {
  UnixTime now{};          // sessions past a deadline at `now` are left out
  std::string after{};     // `next` of the page before; empty: from the start
  std::size_t limit = 50;  // 1 to 1000
};
struct SessionPage {
  std::vector<SessionRecord> records{};  // newest first: by created_at, then id, descending
  std::string next{};                    // empty: that was all
};

class SessionStore {
 public:
  virtual ~SessionStore() = default;

  // insert adds a new record. id_taken: a record or tombstone with this id exists (nothing
  // changed). user_changed: the epoch asked for is not the user's. Durable when it returns.
  virtual Result<InsertOutcome> insert(const SessionRecord& record,
                                       const InsertOptions& options) = 0;

  // insert_all is insert for each of `insertions` (at most kMaxFind), in their order and as
  // durable. Each has an outcome of its own. A store behind a network does them in one step when it
  // can.
  virtual std::vector<Result<InsertOutcome>> insert_all(std::span<const Insertion> insertions) {
    std::vector<Result<InsertOutcome>> outcomes;
    outcomes.reserve(insertions.size());
    for (const Insertion& one : insertions) outcomes.push_back(insert(one.record, one.options));
    return outcomes;
  }

  // find answers for each of `ids` (at most kMaxFind), in their order. One round trip.
  virtual Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                          const FindOptions& options) = 0;

  // find_one is find for one id, without a list: `Found found; ... find_one(id, {}, found)`. `out`
  // is empty before; after an Error what it holds means nothing.
  virtual Result<void> find_one(const SessionId& id, const FindOptions& options,
                                const FoundPlaces& out) {
    auto found = find(std::span(&id, 1), options);
    if (!found) return found.error();
    out.put(std::move(found->front()));
    return {};
  }

  // expect announces a find of `id`: a cache may begin to load what it needs for it.
  virtual void expect(const SessionId& /*id*/) const noexcept {}

  // touch moves each session that exists and is alive at its touch's last_seen_at. It never
  // creates, never revives and never shortens: each time ends at the later of old and new, and
  // idle_expires_at never passes absolute_expires_at. It does not change `version` and may be lost
  // in a crash. Returns how many rows moved. One write.
  virtual Result<std::size_t> touch(std::span<const Touch> touches) = 0;

  // replace stores `record` with version expected_version + 1 if the row has expected_version and
  // is alive at `now`. id, user_id and created_at must not change. A touch that ran in between is
  // kept: no time of it ever moves back. Durable when it returns.
  virtual Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                        UnixTime now) = 0;

  // remove ends sessions and leaves a tombstone for each that existed. Returns how many existed.
  // Durable when it returns; afterwards no touch, replace or insert brings one of them back.
  virtual Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                                     UnixTime now) = 0;

  // remove_user ends every session of `user` but `except`, exactly: sessions inserted before it
  // end, sessions inserted after it stay, there is no in between. Durable when it returns.
  virtual Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) = 0;

  // list_user pages through the live sessions of a user.
  virtual Result<SessionPage> list_user(const UserId& user, const PageRequest& page) = 0;

  // prune deletes at most `limit` records past a deadline at `now`, and tombstones older than
  // kTombstoneLife. Returns how many rows were deleted; fewer than `limit` means done.
  virtual Result<std::size_t> prune(UnixTime now, std::size_t limit) = 0;

  // watch calls `sink` for changes made by others (other processes, other nodes), and perhaps for
  // this store's own, on a thread of the store or of a caller that writes; nullptr ends it, and no
  // call is under way then. Returns how late a change may be told at worst, or nothing when the
  // engine cannot tell.
  using Sink = std::function<void(const Invalidation&)>;
  virtual std::optional<Millis> watch(Sink sink) = 0;

  // watch_status is for metrics. Nothing while nobody watches, and where there is no channel.
  virtual std::optional<WatchStatus> watch_status() const { return std::nullopt; }
};

class ScanStore;  // latchkey/store/scan_store.h

// Store bundles what one engine offers. The parts live as long as the Store.
class Store {
 public:
  virtual ~Store() = default;
  virtual SessionStore& sessions() = 0;
  virtual EpochStore& epochs() = 0;
  virtual UserStore& users() = 0;
  virtual DenyStore& denials() = 0;
  virtual CounterStore& counters() = 0;
  virtual OneTimeStore& one_time() = 0;
  virtual EventStore& events() = 0;
  virtual KeyStore& keys() = 0;
  virtual MetaStore& meta() = 0;
  // scan lists everything in the store, for copying it; nullptr: not supported.
  virtual ScanStore* scan() { return nullptr; }
};

}  // namespace latchkey
