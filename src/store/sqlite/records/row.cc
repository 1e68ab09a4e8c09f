#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

bool read_user_id(std::string_view text, UserId& id) {
  std::optional<UserId> parsed = UserId::parse(text);
  if (!parsed) return false;
  id = std::move(*parsed);
  return true;
}

}  // namespace

void bind_record(Query& query, const SessionRecord& record, const PreviousBlob& previous) {
  query.bind(record.id.text())
      .bind_blob(record.secret_hash.bytes)
      .bind_or_null(record.user_id.text())
      .bind(record.created_at)
      .bind(record.authenticated_at)
      .bind(record.last_seen_at)
      .bind(record.idle_expires_at)
      .bind(record.absolute_expires_at)
      .bind(record.idle.count())
      .bind(std::int64_t{record.level})
      .bind(std::int64_t{record.persistent})
      .bind(record.version)
      .bind_or_null(record.user_agent)
      .bind_or_null(record.address)
      .bind_or_null(record.attributes);
  if (previous.bytes().empty()) {
    query.bind_null();
  } else {
    query.bind_blob(previous.bytes());
  }
  if (record.binding.empty()) {
    query.bind_null();
  } else {
    query.bind_blob(octets_of(record.binding));
  }
}

Result<void> read_record(const Query& query, int column, SessionRecord& record) {
  const std::optional<SessionId> id = SessionId::parse(query.text(column));
  const std::string_view user = query.text(column + 2);
  if (!id || !read_hash(query.blob(column + 1), record.secret_hash) ||
      (!user.empty() && !read_user_id(user, record.user_id)) ||
      !read_previous(query.blob(column + 15), record.previous)) {
    return damaged_row("latchkey_sessions");
  }
  record.id = *id;
  record.created_at = query.time(column + 3);
  record.authenticated_at = query.time(column + 4);
  record.last_seen_at = query.time(column + 5);
  record.idle_expires_at = query.time(column + 6);
  record.absolute_expires_at = query.time(column + 7);
  record.idle = Millis{query.integer(column + 8)};
  record.level = static_cast<std::uint8_t>(query.integer(column + 9));
  record.persistent = query.integer(column + 10) != 0;
  record.version = query.integer(column + 11);
  record.user_agent = query.text(column + 12);
  record.address = query.text(column + 13);
  record.attributes = query.text(column + 14);
  read_octets(query.blob(column + 16), record.binding);
  return {};
}

Result<void> read_user(const Query& query, int column, User& user) {
  if (!read_user_id(query.text(column), user.id)) return damaged_row("latchkey_users");
  user.username = query.text(column + 1);
  user.created_at = query.time(column + 2);
  user.disabled = query.integer(column + 3) != 0;
  user.attributes = query.text(column + 4);
  return {};
}

Result<StoredUser> read_stored_user(const Query& query) {
  StoredUser stored;
  if (Result<void> read = read_user(query, 0, stored.user); !read) return read.error();
  stored.username_key = query.text(5);
  stored.password_hash = query.text(6);
  return stored;
}

}  // namespace latchkey::sqlite
