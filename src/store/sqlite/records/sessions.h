#pragma once

#include <string>

#include "latchkey/store.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteSessions keeps records in latchkey_sessions. Writes state their conditions in SQL under the
// write lock, so they hold against other processes too.
class SqliteSessions final : public SessionStore {
 public:
  SqliteSessions(ReaderPool& readers, Writer& writer, std::string instance)
      : readers_(readers), writer_(writer), instance_(std::move(instance)) {}

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override;
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override;
  Result<void> find_one(const SessionId& id, const FindOptions& options,
                        const FoundPlaces& out) override;
  Result<std::size_t> touch(std::span<const Touch> touches) override;
  Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                UnixTime now) override;
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override;
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override;
  Result<SessionPage> list_user(const UserId& user, const PageRequest& page) override;
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override;
  std::optional<Millis> watch(Sink sink) override { return writer_.watch(std::move(sink)); }
  std::optional<WatchStatus> watch_status() const override { return writer_.watch_status(); }

 private:
  Result<void> find_row(Connection& connection, const SessionId& id, bool with_user,
                        const FoundPlaces& found) const;
  Result<void> find_tombstone(Connection& connection, const SessionId& id,
                              const FoundPlaces& found) const;

  ReaderPool& readers_;
  Writer& writer_;
  const std::string instance_;
};

// remove_user_sessions ends a user's sessions inside the caller's transaction.
Result<Removed> remove_user_sessions(Connection& connection, const UserId& user,
                                     const RemoveUserOptions& options);
// read_epoch returns the user's epoch, 0 when none was ever set.
Result<std::int64_t> read_epoch(Connection& connection, const UserId& user);

}  // namespace latchkey::sqlite
