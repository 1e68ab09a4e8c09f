#include "store/postgres/records/keys.h"

#include <charconv>

#include "store/postgres/records/row.h"
#include "store/postgres/wire/errors.h"
#include "store/rules.h"

namespace latchkey::postgres {

Result<std::size_t> PostgresKeys::deny(std::span<const Denial> denials) {
  if (Result<void> fine = check_denials(denials); !fine) return fine.error();
  if (denials.empty()) return std::size_t{0};
  Params params = client_.params();
  params.add_texts(denials, [](const Denial& denial) { return std::string_view(denial.key); })
      .add_numbers(denials, [](const Denial& denial) { return to_unix_millis(denial.until); });
  Result<Rows> rows = client_.write(Sql::deny, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

Result<Standing> PostgresKeys::standing(std::string_view key, const UserId& user, Wait wait) {
  if (wait == Wait::never) return would_wait();
  Params params;
  params.add(key).add(std::string_view(user.text()));
  Result<Rows> rows = client_.read(Sql::standing, params);
  if (!rows) return rows.error();
  if (rows->size() != 1 || rows->text(0, 0) != client_.instance()) return lost_instance();
  Standing standing{.denied = rows->integer(0, 1) != 0, .user_epoch = rows->integer(0, 2)};
  if (rows->is_null(0, 3)) return standing;
  Result<void> read = read_user(*rows, 0, 3, standing.user.emplace());
  if (!read) return read.error();
  return standing;
}

Result<std::size_t> PostgresKeys::prune_denials(UnixTime now, std::size_t limit) {
  Params params = client_.params();
  params.add(now).add(static_cast<std::int64_t>(limit));
  Result<Rows> rows = client_.write(Sql::prune_denials, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

Result<StoredKeys> PostgresKeys::keys() {
  Result<Rows> rows = client_.read(Sql::keys, Params());
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, 6)) return lost_instance();
  StoredKeys stored;
  const std::string_view version = rows->text(0, 0);
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), stored.version);
  if (error != std::errc{} || end != version.data() + version.size()) {
    return damaged_row("latchkey_meta");
  }
  for (int row = 0; row < rows->size() && !rows->is_null(row, 1); ++row) {
    const std::int64_t state = rows->integer(row, 2);
    if (state < static_cast<int>(KeyState::next) || state > static_cast<int>(KeyState::gone)) {
      return damaged_row("latchkey_keys");
    }
    stored.keys.push_back({.id = std::string(rows->text(row, 1)),
                           .state = static_cast<KeyState>(state),
                           .secret = SecretBytes(rows->blob(row, 3)),
                           .created_at = rows->time(row, 4),
                           .activates_at = rows->time(row, 5)});
  }
  return stored;
}

Result<bool> PostgresKeys::put_keys(std::span<const Key> keys, std::int64_t expected_version) {
  Params params = client_.params();
  params.add(expected_version)
      .add_texts(keys, [](const Key& key) { return std::string_view(key.id); })
      .add_numbers(keys, [](const Key& key) { return static_cast<std::int64_t>(key.state); })
      .add_blobs(keys, [](const Key& key) { return key.secret.bytes(); })
      .add_numbers(keys, [](const Key& key) { return to_unix_millis(key.created_at); })
      .add_numbers(keys, [](const Key& key) { return to_unix_millis(key.activates_at); });
  Result<Rows> rows = client_.write(Sql::put_keys, params);
  if (!rows) return rows.error();
  return rows->integer(0, 0) != 0;
}

}  // namespace latchkey::postgres
