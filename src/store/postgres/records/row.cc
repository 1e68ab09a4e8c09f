#include "store/postgres/records/row.h"

#include <string>

#include "store/damaged_row.h"
#include "store/previous_blob.h"

namespace latchkey::postgres {
namespace {

bool read_user_id(std::string_view text, UserId& id) {
  std::optional<UserId> parsed = UserId::parse(text);
  if (!parsed) return false;
  id = std::move(*parsed);
  return true;
}

}  // namespace

void add_record(Params& params, const SessionRecord& record) {
  params.add(record.id.text())
      .add(std::span<const std::uint8_t>(record.secret_hash.bytes))
      .add_or_null(record.user_id.text())
      .add(record.created_at)
      .add(record.authenticated_at)
      .add(record.last_seen_at)
      .add(record.idle_expires_at)
      .add(record.absolute_expires_at)
      .add(record.idle.count())
      .add(std::int64_t{record.level})
      .add(record.persistent)
      .add(record.version)
      .add_or_null(record.user_agent)
      .add_or_null(record.address)
      .add_or_null(record.attributes)
      .add_or_null(PreviousBlob(record.previous).bytes());
}

Result<void> read_record(const Rows& rows, int row, int column, SessionRecord& record) {
  const std::optional<SessionId> id = SessionId::parse(rows.text(row, column));
  const std::string_view user = rows.text(row, column + 2);
  if (!id || !read_hash(rows.blob(row, column + 1), record.secret_hash) ||
      (!user.empty() && !read_user_id(user, record.user_id)) ||
      !read_previous(rows.blob(row, column + 15), record.previous)) {
    return damaged_row("latchkey_sessions");
  }
  record.id = *id;
  record.created_at = rows.time(row, column + 3);
  record.authenticated_at = rows.time(row, column + 4);
  record.last_seen_at = rows.time(row, column + 5);
  record.idle_expires_at = rows.time(row, column + 6);
  record.absolute_expires_at = rows.time(row, column + 7);
  record.idle = Millis{rows.integer(row, column + 8)};
  record.level = static_cast<std::uint8_t>(rows.integer(row, column + 9));
  record.persistent = rows.integer(row, column + 10) != 0;
  record.version = rows.integer(row, column + 11);
  record.user_agent = rows.text(row, column + 12);
  record.address = rows.text(row, column + 13);
  record.attributes = rows.text(row, column + 14);
  read_octets(rows.blob(row, column + 16), record.binding);
  return {};
}

Result<void> read_user(const Rows& rows, int row, int column, User& user) {
  if (!read_user_id(rows.text(row, column), user.id)) return damaged_row("latchkey_users");
  user.username = rows.text(row, column + 1);
  user.created_at = rows.time(row, column + 2);
  user.disabled = rows.integer(row, column + 3) != 0;
  user.attributes = rows.text(row, column + 4);
  return {};
}

Result<StoredUser> read_stored_user(const Rows& rows, int row) {
  StoredUser stored;
  if (Result<void> read = read_user(rows, row, 0, stored.user); !read) return read.error();
  stored.username_key = rows.text(row, 5);
  stored.password_hash = rows.text(row, 6);
  return stored;
}

Removed read_removed(const Rows& rows, int column) {
  return {.ids = read_ids(rows.text(0, column)), .user_epoch = rows.integer(0, column + 1)};
}

std::vector<SessionId> read_ids(std::string_view comma_separated) {
  std::vector<SessionId> ids;
  for (std::size_t at = 0; at < comma_separated.size();) {
    const std::size_t end = std::min(comma_separated.find(',', at), comma_separated.size());
    if (const auto id = SessionId::parse(comma_separated.substr(at, end - at))) ids.push_back(*id);
    at = end + 1;
  }
  return ids;
}

}  // namespace latchkey::postgres
