#include "store/sqlite/records/one_time.h"

#include "store/one_time_rules.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

using Secret = std::optional<OneTimeSecret>;

// read_secret reads the secret with `hash`, whatever it is for.
Result<Secret> read_secret(Connection& connection, const SecretHash& hash) {
  Query query(connection, Sql::find_secret);
  query.bind_blob(hash.bytes);
  if (!query.next()) {
    if (query.failed()) return query.status().error();
    return Secret{};
  }
  OneTimeSecret secret{.purpose = std::string(query.text(1)),
                       .data = std::string(query.text(3)),
                       .created_at = query.time(4),
                       .expires_at = query.time(5)};
  std::optional<UserId> user = UserId::parse(query.text(2));
  if (!user || !read_hash(query.blob(0), secret.hash)) {
    return damaged_row("latchkey_one_time_secrets");
  }
  secret.user_id = *std::move(user);
  return Secret{std::move(secret)};
}

Result<Secret> find_valid(Connection& connection, const SecretHash& hash, std::string_view purpose,
                          UnixTime now) {
  Result<Secret> secret = read_secret(connection, hash);
  if (!secret || !*secret) return secret;
  const bool fits = (*secret)->purpose == purpose && now < (*secret)->expires_at;
  return fits ? std::move(secret) : Secret{};
}

Result<void> trim(Connection& connection, const OneTimeSecret& secret, std::size_t most) {
  Query query(connection, Sql::trim_secrets);
  return query.bind(secret.user_id.text())
      .bind(secret.purpose)
      .bind_blob(secret.hash.bytes)
      .bind(static_cast<std::int64_t>(most - 1))
      .run();
}

// put returns false when the hash is another user's or purpose's.
Result<bool> put(Connection& connection, const OneTimeSecret& secret, std::size_t most) {
  Query query(connection, Sql::put_secret);
  query.bind_blob(secret.hash.bytes)
      .bind(secret.purpose)
      .bind(secret.user_id.text())
      .bind_or_null(secret.data)
      .bind(secret.created_at)
      .bind(secret.expires_at);
  if (Result<void> ran = query.run(); !ran) return ran.error();
  if (connection.changes() == 0) {
    const Result<Secret> there = read_secret(connection, secret.hash);
    if (!there) return there.error();
    return *there && (*there)->user_id == secret.user_id && (*there)->purpose == secret.purpose;
  }
  if (Result<void> trimmed = trim(connection, secret, most); !trimmed) return trimmed.error();
  return true;
}

Result<Secret> take(Connection& connection, const SecretHash& hash, std::string_view purpose,
                    UnixTime now) {
  Result<Secret> secret = find_valid(connection, hash, purpose, now);
  if (!secret || !*secret) return secret;
  Query query(connection, Sql::take_secret);
  if (Result<void> ran = query.bind_blob(hash.bytes).run(); !ran) return ran.error();
  return secret;
}

}  // namespace

Result<void> SqliteOneTime::put_secret(const OneTimeSecret& secret, std::size_t most) {
  if (Result<void> fine = check_secret(secret, most); !fine) return fine;
  const Result<bool> done = writer_.run(
      Durability::full, [&](Connection& connection) { return put(connection, secret, most); });
  if (!done) return done.error();
  return *done ? Result<void>{} : put_conflict();
}

Result<Secret> SqliteOneTime::find_secret(const SecretHash& hash, std::string_view purpose,
                                          UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  return find_valid(**lease, hash, purpose, now);
}

Result<Secret> SqliteOneTime::take_secret(const SecretHash& hash, std::string_view purpose,
                                          UnixTime now) {
  Result<Secret> there = find_secret(hash, purpose, now);
  if (!there || !*there) return there;
  return writer_.run(Durability::full,
                     [&](Connection& connection) { return take(connection, hash, purpose, now); });
}

Result<std::size_t> SqliteOneTime::remove_secrets(const UserId& user_id, std::string_view purpose) {
  if (Result<void> fine = check_purpose(purpose, true); !fine) return fine.error();
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<std::size_t> {
    Query query(connection, Sql::remove_secrets);
    if (Result<void> ran = query.bind(user_id.text()).bind(purpose).run(); !ran) return ran.error();
    return static_cast<std::size_t>(connection.changes());
  });
}

Result<std::size_t> SqliteOneTime::prune_secrets(UnixTime now, std::size_t limit) {
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    Query query(connection, Sql::prune_secrets);
    const Result<void> ran = query.bind(now).bind(static_cast<std::int64_t>(limit)).run();
    if (!ran) return ran.error();
    return static_cast<std::size_t>(connection.changes());
  });
}

}  // namespace latchkey::sqlite
