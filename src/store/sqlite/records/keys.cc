#include "store/sqlite/records/keys.h"

#include <charconv>
#include <optional>

#include "store/rules.h"
#include "store/sqlite/file/schema.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

constexpr std::string_view kVersionKey = "keys_version";

Result<bool> deny_one(Connection& connection, const Denial& denial) {
  Query insert(connection, Sql::deny);
  if (Result<void> ran = insert.bind(denial.key).bind(denial.until).run(); !ran) return ran.error();
  if (connection.changes() == 1) return true;
  Query extend(connection, Sql::extend_denial);
  if (Result<void> ran = extend.bind(denial.key).bind(denial.until).run(); !ran) return ran.error();
  return false;
}

// ring_version is 0 while no ring was ever put.
Result<std::int64_t> ring_version(Connection& connection) {
  Query query(connection, Sql::get_meta);
  query.bind(kVersionKey);
  std::int64_t version = 0;
  if (query.next()) {
    const std::string_view text = query.text(0);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return damaged_row("latchkey_meta");
    }
  }
  if (Result<void> read = query.status(); !read) return read.error();
  return version;
}

Result<std::vector<Key>> read_keys(Connection& connection) {
  std::vector<Key> keys;
  Query query(connection, Sql::list_keys);
  while (query.next()) {
    const std::int64_t state = query.integer(1);
    if (state < static_cast<int>(KeyState::next) || state > static_cast<int>(KeyState::gone)) {
      return damaged_row("latchkey_keys");
    }
    keys.push_back({.id = std::string(query.text(0)),
                    .state = static_cast<KeyState>(state),
                    .secret = SecretBytes(query.blob(2)),
                    .created_at = query.time(3),
                    .activates_at = query.time(4)});
  }
  if (query.failed()) return query.status().error();
  return keys;
}

Result<void> write_keys(Connection& connection, std::span<const Key> keys, std::int64_t version) {
  Query cleared(connection, Sql::delete_keys);
  if (Result<void> ran = cleared.run(); !ran) return ran;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Key& key = keys[i];
    Query query(connection, Sql::insert_key);
    query.bind(static_cast<std::int64_t>(i))
        .bind(key.id)
        .bind(static_cast<std::int64_t>(key.state))
        .bind_blob(key.secret.bytes())
        .bind(key.created_at)
        .bind(key.activates_at);
    if (Result<void> ran = query.run(); !ran) return ran;
  }
  const std::string text = std::to_string(version);
  Query query(connection, Sql::put_meta);
  return query.bind(kVersionKey).bind(text).run();
}

}  // namespace

Result<std::size_t> SqliteKeys::deny(std::span<const Denial> denials) {
  if (Result<void> fine = check_denials(denials); !fine) return fine.error();
  if (denials.empty()) return std::size_t{0};
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<std::size_t> {
    std::size_t added = 0;
    for (const Denial& denial : denials) {
      Result<bool> is_new = deny_one(connection, denial);
      if (!is_new) return is_new.error();
      added += *is_new ? 1 : 0;
    }
    return added;
  });
}

Result<Standing> SqliteKeys::standing(std::string_view key, const UserId& user, Wait /*wait*/) {
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Query query(**lease, Sql::standing);
  query.bind(key).bind(user.text());
  if (!query.next()) return query.failed() ? query.status().error() : lost_instance();
  if (query.text(0) != instance_) return lost_instance();
  Standing standing{.denied = query.integer(1) != 0, .user_epoch = query.integer(2)};
  if (query.is_null(3)) return standing;
  if (Result<void> read = read_user(query, 3, standing.user.emplace()); !read) return read.error();
  return standing;
}

Result<std::size_t> SqliteKeys::prune_denials(UnixTime now, std::size_t limit) {
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    Query query(connection, Sql::prune_denials);
    const Result<void> ran = query.bind(now).bind(static_cast<std::int64_t>(limit)).run();
    if (!ran) return ran.error();
    return static_cast<std::size_t>(connection.changes());
  });
}

Result<StoredKeys> SqliteKeys::keys() {
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  // Version and keys are of one moment.
  ReadTransaction moment(**lease);
  if (!moment.begun()) return moment.begun().error();
  Result<std::int64_t> version = ring_version(**lease);
  if (!version) return version.error();
  Result<std::vector<Key>> keys = read_keys(**lease);
  if (!keys) return keys.error();
  return StoredKeys{*std::move(keys), *version};
}

Result<bool> SqliteKeys::put_keys(std::span<const Key> keys, std::int64_t expected_version) {
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<bool> {
    Result<std::int64_t> version = ring_version(connection);
    if (!version) return version.error();
    if (*version != expected_version) return false;
    Result<void> written = write_keys(connection, keys, expected_version + 1);
    if (!written) return written.error();
    return true;
  });
}

}  // namespace latchkey::sqlite
