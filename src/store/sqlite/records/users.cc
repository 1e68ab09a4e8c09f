#include "store/sqlite/records/users.h"

#include "store/rules.h"
#include "store/sqlite/file/schema.h"
#include "store/sqlite/records/row.h"
#include "store/sqlite/records/sessions.h"

namespace latchkey::sqlite {
namespace {

Result<std::optional<StoredUser>> read_user_row(Connection& connection, Sql sql,
                                                std::string_view key) {
  Query query(connection, sql);
  query.bind(key);
  if (!query.next()) {
    if (query.failed()) return query.status().error();
    return std::optional<StoredUser>();
  }
  Result<StoredUser> user = read_stored_user(query);
  if (!user) return user.error();
  return std::optional<StoredUser>(*std::move(user));
}

// change_hash returns whether the user still had `expected`.
Result<bool> change_hash(Connection& connection, const UserId& id, std::string_view expected,
                         std::string_view replacement) {
  Query query(connection, Sql::set_password);
  query.bind(id.text()).bind(expected).bind(replacement);
  if (Result<void> ran = query.run(); !ran) return ran.error();
  return connection.changes() == 1;
}

}  // namespace

Result<bool> SqliteUsers::add_user(const StoredUser& user) {
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<bool> {
    Query query(connection, Sql::add_user);
    query.bind(user.user.id.text())
        .bind(user.user.username)
        .bind(user.user.created_at)
        .bind(std::int64_t{user.user.disabled})
        .bind_or_null(user.user.attributes)
        .bind(user.username_key)
        .bind(user.password_hash);
    if (Result<void> ran = query.run(); !ran) {
      if (query.code() == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return Error{Errc::invalid_argument, "a user with this id exists: draw another id"};
      }
      return ran.error();
    }
    return connection.changes() == 1;
  });
}

Result<std::optional<StoredUser>> SqliteUsers::find_user(const UserId& id) {
  return find(Sql::find_user, id.text());
}

Result<std::optional<StoredUser>> SqliteUsers::find_username(std::string_view username_key) {
  return find(Sql::find_username, username_key);
}

Result<std::optional<StoredUser>> SqliteUsers::find(Sql sql, std::string_view key) {
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  return read_user_row(**lease, sql, key);
}

Result<SetPasswordOutcome> SqliteUsers::set_password(const SetPassword& change) {
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<SetPasswordOutcome> {
    SetPasswordOutcome outcome;
    Result<bool> changed =
        change_hash(connection, change.user, change.expected_hash, change.new_hash);
    if (!changed) return changed.error();
    if (!*changed) {
      const auto user = read_user_row(connection, Sql::find_user, change.user.text());
      if (!user) return user.error();
      outcome.status = user->has_value() ? SetPasswordStatus::conflict : SetPasswordStatus::gone;
      return outcome;
    }
    Result<Removed> removed = remove_user_sessions(connection, change.user,
                                                   {.now = change.now,
                                                    .reason = EndReason::password_changed,
                                                    .except = change.except,
                                                    .bump_epoch = true});
    if (!removed) return removed.error();
    outcome.removed = *std::move(removed);
    return outcome;
  });
}

Result<bool> SqliteUsers::upgrade_hash(const UserId& id, const std::string& expected_hash,
                                       const std::string& new_hash) {
  return writer_.run(Durability::full, [&](Connection& connection) {
    return change_hash(connection, id, expected_hash, new_hash);
  });
}

Result<bool> SqliteUsers::set_attributes(const UserId& id, const std::string& expected,
                                         const std::string& attributes) {
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<bool> {
    Query query(connection, Sql::set_attributes);
    query.bind(id.text()).bind_or_null(expected).bind_or_null(attributes);
    if (Result<void> ran = query.run(); !ran) return ran.error();
    return connection.changes() == 1;
  });
}

Result<bool> SqliteUsers::set_disabled(const UserId& id, bool disabled) {
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<bool> {
    Query query(connection, Sql::set_disabled);
    query.bind(id.text()).bind(std::int64_t{disabled});
    if (Result<void> ran = query.run(); !ran) return ran.error();
    return connection.changes() == 1;
  });
}

Result<std::optional<Removed>> SqliteUsers::delete_user(const UserId& id, UnixTime now) {
  return writer_.run(Durability::full,
                     [&](Connection& connection) -> Result<std::optional<Removed>> {
                       Query query(connection, Sql::delete_user);
                       query.bind(id.text());
                       if (Result<void> ran = query.run(); !ran) return ran.error();
                       if (connection.changes() == 0) return std::optional<Removed>{};
                       Result<Removed> removed =
                           remove_user_sessions(connection, id, {.now = now, .bump_epoch = true});
                       if (!removed) return removed.error();
                       return std::optional{*std::move(removed)};
                     });
}

Result<UserPage> SqliteUsers::list_users(const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Query query(**lease, Sql::list_users);
  query.bind(after).bind(static_cast<std::int64_t>(limit));
  UserPage page;
  while (query.next()) {
    Result<StoredUser> user = read_stored_user(query);
    if (!user) return user.error();
    page.users.push_back(*std::move(user));
  }
  if (query.failed()) return query.status().error();
  if (page.users.size() == limit) page.next = page.users.back().username_key;
  return page;
}

Result<std::int64_t> SqliteUsers::user_epoch(const UserId& user) {
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  return read_epoch(**lease, user);
}

Result<StoreMeta> SqliteMeta::meta() {
  if (Result<void> same = check(); !same) return same.error();
  return meta_;
}

Result<void> SqliteMeta::check() {
  if (Result<void> in_place = guard_.verify(); !in_place) return in_place;
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  return verify_instance(**lease, meta_.instance);
}

}  // namespace latchkey::sqlite
