#include "store/postgres/records/one_time.h"

#include "store/damaged_row.h"
#include "store/one_time_rules.h"
#include "store/postgres/wire/errors.h"
#include "store/previous_blob.h"

namespace latchkey::postgres {
namespace {

using Secret = std::optional<OneTimeSecret>;
constexpr int kSecretColumns = 6;

Result<Secret> read_secret(const Rows& rows) {
  OneTimeSecret secret{.purpose = std::string(rows.text(0, 1)),
                       .data = std::string(rows.text(0, 3)),
                       .created_at = rows.time(0, 4),
                       .expires_at = rows.time(0, 5)};
  std::optional<UserId> user = UserId::parse(rows.text(0, 2));
  if (!user || !read_hash(rows.blob(0, 0), secret.hash)) {
    return damaged_row("latchkey_one_time_secrets");
  }
  secret.user_id = *std::move(user);
  return Secret{std::move(secret)};
}

}  // namespace

Result<void> PostgresOneTime::put_secret(const OneTimeSecret& secret, std::size_t most) {
  if (Result<void> fine = check_secret(secret, most); !fine) return fine;
  Params params = client_.params();
  params.add(secret.hash.bytes)
      .add(std::string_view(secret.purpose))
      .add(std::string_view(secret.user_id.text()))
      .add_or_null(secret.data)
      .add(secret.created_at)
      .add(secret.expires_at)
      .add(static_cast<std::int64_t>(most));
  const Result<Rows> rows = client_.write(Sql::put_secret, params);
  if (!rows) return rows.error();
  return rows->integer(0, 0) != 0 ? Result<void>{} : put_conflict();
}

Result<Secret> PostgresOneTime::find_secret(const SecretHash& hash, std::string_view purpose,
                                            UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  Params params;
  params.add(hash.bytes).add(purpose).add(now);
  const Result<Rows> rows = client_.read(Sql::find_secret, params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, kSecretColumns)) return lost_instance();
  return rows->is_null(0, 0) ? Secret{} : read_secret(*rows);
}

Result<Secret> PostgresOneTime::take_secret(const SecretHash& hash, std::string_view purpose,
                                            UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  Params params = client_.params();
  params.add(hash.bytes).add(purpose).add(now);
  const Result<Rows> rows = client_.write(Sql::take_secret, params);
  if (!rows) return rows.error();
  return rows->size() == 0 ? Secret{} : read_secret(*rows);
}

Result<std::size_t> PostgresOneTime::remove_secrets(const UserId& user_id,
                                                    std::string_view purpose) {
  if (Result<void> fine = check_purpose(purpose, true); !fine) return fine.error();
  Params params = client_.params();
  params.add(std::string_view(user_id.text())).add(purpose);
  const Result<Rows> rows = client_.write(Sql::remove_secrets, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

Result<std::size_t> PostgresOneTime::prune_secrets(UnixTime now, std::size_t limit) {
  Params params = client_.params();
  params.add(now).add(static_cast<std::int64_t>(limit));
  const Result<Rows> rows = client_.write(Sql::prune_secrets, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

}  // namespace latchkey::postgres
