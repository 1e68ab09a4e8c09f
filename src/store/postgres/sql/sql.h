#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::postgres {

// Sql names every statement the store runs after opening. The texts stand in sql.cc; what changes
// rows is a function in the database (functions.cc), so that each change is one round trip and one
// transaction, which a pooler may hand to any of its connections.
enum class Sql : std::uint8_t {
  find_sessions,
  find_sessions_with_users,
  list_user_sessions,
  insert_session,
  insert_bound_session,
  touch_sessions,
  replace_session,
  remove_sessions,
  remove_user,
  prune,
  add_user,
  find_user,
  find_username,
  set_password,
  upgrade_hash,
  set_attributes,
  set_disabled,
  delete_user,
  list_users,
  user_epoch,
  deny,
  standing,
  prune_denials,
  take_tries,
  settle_tries,
  prune_counters,
  put_secret,
  find_secret,
  take_secret,
  remove_secrets,
  prune_secrets,
  append_events,
  newest_events,
  newest_user_events,
  newest_kind_events,
  oldest_events,
  oldest_user_events,
  oldest_kind_events,
  blank_addresses,
  prune_events,
  keys,
  put_keys,
  meta,
  check,
  read_outbox,
  notify,
  sweep_outbox,
  scan_users,
  scan_epochs,
  scan_denials,
  scan_sessions,
  count_,  // how many there are
};
inline constexpr std::size_t kSqlCount = static_cast<std::size_t>(Sql::count_);

// qualify puts the quoted schema and the prefix of our names in the place of each @ of `text`.
std::string qualify(std::string_view text, std::string_view schema);

// Statements are the texts for one schema.
class Statements {
 public:
  explicit Statements(std::string_view schema);
  const std::string& text(Sql sql) const noexcept { return texts_[static_cast<std::size_t>(sql)]; }

 private:
  std::array<std::string, kSqlCount> texts_;
};

}  // namespace latchkey::postgres
