#pragma once

#include "base/mutex.h"
#include "store/redis/engine.h"
#include "store/redis/records/changes.h"
#include "store/redis/wire/value.h"

namespace latchkey::redis {

class RedisSessions final : public SessionStore {
 public:
  RedisSessions(Engine& engine, Changes& changes) : engine_(engine), changes_(changes) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override;
  std::vector<Result<InsertOutcome>> insert_all(std::span<const Insertion> insertions) override;
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override;
  Result<std::size_t> touch(std::span<const Touch> touches) override;
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override;
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override;
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override;
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override;
  // prune is the engine's own work: kTombstoneLife after its deadline a record goes by its time to
  // live. Only when `now` is not that long ago by the engine's time, within ten minutes, are keys
  // looked through.
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override;
  std::optional<Millis> watch(Sink sink) override;
  std::optional<WatchStatus> watch_status() const override;

 private:
  Result<Call> insert_call(const Insertion& one) const;
  Result<std::vector<Found>> find_plain(std::span<const SessionId> ids);
  Result<std::vector<Found>> find_with_user(std::span<const SessionId> ids);
  // find_one_by_one asks for one key at a time, which works in a slot that is moving, too.
  Result<std::vector<Found>> find_one_by_one(std::span<const SessionId> ids, bool with_user);
  Result<void> add_users(std::vector<Found>& answers);
  Result<std::size_t> prune_page(const std::vector<std::string>& keys, UnixTime now,
                                 std::size_t limit);

  Engine& engine_;
  Changes& changes_;
};

// read_user makes a user of the fields a script answers; nothing when there is none.
Result<std::optional<User>> read_user(const UserId& id, const Reply& fields);

// read_ids makes ids of the elements of `reply` from `first` on.
Result<std::vector<SessionId>> read_ids(const Reply& reply, std::size_t first);

}  // namespace latchkey::redis
