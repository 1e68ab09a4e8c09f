#include "store/postgres/records/users.h"

#include "store/postgres/records/row.h"
#include "store/postgres/sql/schema.h"
#include "store/postgres/wire/errors.h"
#include "store/rules.h"

namespace latchkey::postgres {

Result<bool> PostgresUsers::add_user(const StoredUser& user) {
  Params params = client_.params();
  params.add(client_.origin())
      .add(std::string_view(user.user.id.text()))
      .add(std::string_view(user.user.username))
      .add(user.user.created_at)
      .add(user.user.disabled)
      .add_or_null(user.user.attributes)
      .add(std::string_view(user.username_key))
      .add(std::string_view(user.password_hash));
  std::string sqlstate;
  Result<Rows> rows = client_.write(Sql::add_user, params, &sqlstate);
  if (sqlstate == kUniqueViolation) {
    return Error{Errc::invalid_argument, "a user with this id exists: draw another id"};
  }
  if (!rows) return rows.error();
  const bool added = rows->integer(0, 0) != 0;
  if (added) client_.changed();
  return added;
}

Result<std::optional<StoredUser>> PostgresUsers::find_user(const UserId& id) {
  return find(Sql::find_user, id.text());
}

Result<std::optional<StoredUser>> PostgresUsers::find_username(std::string_view username_key) {
  return find(Sql::find_username, username_key);
}

Result<std::optional<StoredUser>> PostgresUsers::find(Sql sql, std::string_view key) {
  Params params;
  params.add(key);
  Result<Rows> rows = client_.read(sql, params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, kStoredUserColumns)) return lost_instance();
  if (rows->is_null(0, 0)) return std::optional<StoredUser>();
  Result<StoredUser> user = read_stored_user(*rows, 0);
  if (!user) return user.error();
  return std::optional<StoredUser>(*std::move(user));
}

Result<SetPasswordOutcome> PostgresUsers::set_password(const SetPassword& change) {
  Params params = client_.params();
  params.add(client_.origin())
      .add(std::string_view(change.user.text()))
      .add(std::string_view(change.expected_hash))
      .add(std::string_view(change.new_hash))
      .add_or_null(change.except ? change.except->text() : std::string_view{})
      .add(static_cast<std::int64_t>(EndReason::password_changed))
      .add(change.now);
  Result<Rows> rows = client_.write(Sql::set_password, params);
  if (!rows) return rows.error();
  SetPasswordOutcome outcome{.status = static_cast<SetPasswordStatus>(rows->integer(0, 0)),
                             .removed = read_removed(*rows, 1)};
  if (outcome.status == SetPasswordStatus::changed) client_.changed();
  return outcome;
}

Result<bool> PostgresUsers::upgrade_hash(const UserId& id, const std::string& expected_hash,
                                         const std::string& new_hash) {
  Params params = client_.params();
  params.add(std::string_view(id.text()))
      .add(std::string_view(expected_hash))
      .add(std::string_view(new_hash));
  Result<Rows> rows = client_.write(Sql::upgrade_hash, params);
  if (!rows) return rows.error();
  return rows->integer(0, 0) != 0;
}

Result<bool> PostgresUsers::set_attributes(const UserId& id, const std::string& expected,
                                           const std::string& attributes) {
  Params params = client_.params();
  params.add(client_.origin())
      .add(std::string_view(id.text()))
      .add_or_null(std::string_view(expected))
      .add_or_null(std::string_view(attributes));
  Result<Rows> rows = client_.write(Sql::set_attributes, params);
  if (!rows) return rows.error();
  const bool changed = rows->integer(0, 0) != 0;
  if (changed) client_.changed();
  return changed;
}

Result<bool> PostgresUsers::set_disabled(const UserId& id, bool disabled) {
  Params params = client_.params();
  params.add(client_.origin()).add(std::string_view(id.text())).add(disabled);
  Result<Rows> rows = client_.write(Sql::set_disabled, params);
  if (!rows) return rows.error();
  const bool known = rows->integer(0, 0) != 0;
  if (known) client_.changed();
  return known;
}

Result<std::optional<Removed>> PostgresUsers::delete_user(const UserId& id, UnixTime now) {
  Params params = client_.params();
  params.add(client_.origin())
      .add(std::string_view(id.text()))
      .add(static_cast<std::int64_t>(EndReason::revoked))
      .add(now);
  Result<Rows> rows = client_.write(Sql::delete_user, params);
  if (!rows) return rows.error();
  if (rows->integer(0, 0) == 0) return std::optional<Removed>();
  client_.changed();
  return std::optional<Removed>(read_removed(*rows, 1));
}

Result<UserPage> PostgresUsers::list_users(const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  Params params;
  params.add(std::string_view(after)).add(static_cast<std::int64_t>(limit));
  // Not a look-up of a request: it may take the time of a write.
  Result<Rows> rows = client_.write(Sql::list_users, params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, kStoredUserColumns)) return lost_instance();
  UserPage page;
  for (int row = 0; row < rows->size() && !rows->is_null(row, 0); ++row) {
    Result<StoredUser> user = read_stored_user(*rows, row);
    if (!user) return user.error();
    page.users.push_back(*std::move(user));
  }
  if (page.users.size() == limit) page.next = page.users.back().username_key;
  return page;
}

Result<std::int64_t> PostgresUsers::user_epoch(const UserId& user) {
  Params params;
  params.add(std::string_view(user.text()));
  Result<Rows> rows = client_.read(Sql::user_epoch, params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, 1)) return lost_instance();
  return rows->integer(0, 0);
}

Result<StoreMeta> PostgresMeta::meta() {
  Result<Rows> rows = client_.read(Sql::meta, Params());
  if (!rows) return rows.error();
  return read_meta(*rows, client_.instance());
}

Result<void> PostgresMeta::check() {
  Result<Rows> rows = client_.read(Sql::check, Params());
  if (!rows) return rows.error();
  if (rows->size() != 1 || rows->text(0, 0) != client_.instance()) return lost_instance();
  return {};
}

}  // namespace latchkey::postgres
