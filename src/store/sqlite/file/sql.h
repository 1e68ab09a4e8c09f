#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey::sqlite {

// Sql names every statement the store runs after opening. The texts stand in sqlite_sql.cc.
enum class Sql : std::uint8_t {
  begin_read,
  begin_write,
  commit,
  rollback,
  data_version,
  get_meta,
  put_meta,
  find_session,
  find_session_with_user,
  find_tombstone,
  insert_session,
  count_user_sessions,
  idle_user_sessions,
  touch_session,
  replace_session,
  probe_session,
  locate_session,
  bury_session,
  delete_session,
  bury_user_sessions,
  delete_user_sessions,
  list_user_sessions,
  prune_sessions,
  prune_tombstones,
  user_epoch,
  bump_epoch,
  add_user,
  find_user,
  find_username,
  set_password,
  set_attributes,
  set_disabled,
  delete_user,
  list_users,
  deny,
  extend_denial,
  standing,
  prune_denials,
  find_counter,
  put_counter,
  clear_counter,
  return_counter,
  prune_counters,
  put_secret,
  find_secret,
  take_secret,
  remove_secrets,
  trim_secrets,
  prune_secrets,
  append_event,
  newest_events,
  newest_user_events,
  newest_kind_events,
  oldest_events,
  oldest_user_events,
  oldest_kind_events,
  blank_addresses,
  prune_events,
  list_keys,
  delete_keys,
  insert_key,
  scan_users,
  scan_epochs,
  scan_denials,
  scan_sessions,
  count_,  // how many there are
};
inline constexpr std::size_t kSqlCount = static_cast<std::size_t>(Sql::count_);

std::string_view sql_text(Sql sql) noexcept;

}  // namespace latchkey::sqlite
