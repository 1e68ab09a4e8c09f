#pragma once

#include "latchkey/store.h"
#include "store/postgres/wire/client.h"
#include "store/postgres/wire/listener.h"

namespace latchkey::postgres {

// PostgresSessions keeps records in latchkey_sessions.
class PostgresSessions final : public SessionStore {
 public:
  PostgresSessions(Client& client, Listener& listener) : client_(client), listener_(listener) {}

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
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override;
  std::optional<Millis> watch(Sink sink) override { return listener_.watch(std::move(sink)); }
  std::optional<WatchStatus> watch_status() const override { return listener_.status(); }

 private:
  Params insert_params(const SessionRecord& record, const InsertOptions& options) const;
  InsertOutcome read_inserted(const Rows& rows) const;

  Client& client_;
  Listener& listener_;
};

}  // namespace latchkey::postgres
