#include "store/sqlite/file/sql.h"

// A session is found by the last eight characters of its id, which are what the index holds: they
// are random in both forms of an id, their 48 bits tell 10^6 sessions apart, and an entry needs
// only 16 bytes. The comparison of the whole id follows on the row itself; without its plus sign
// SQLite would put ?1 for the id into the other term too and then walk the whole table. The index
// is unique: an id that ends like another one counts as taken, which happens to one insert in 10^8
// among 10^6.
#define WHERE_ID "substr(id,-8)=substr(?1,-8) AND +id=?1"

// A change of one row names it by its rowid: SQLite then knows that there is only one and keeps no
// journal of its own for the statement, which would copy every page it touches.
#define ONE_ROW "rowid=(SELECT rowid FROM latchkey_sessions WHERE " WHERE_ID ")"

#define SESSION_COLUMNS                                                                         \
  "s.id,s.secret_hash,s.user_id,s.created_at,s.authenticated_at,s.last_seen_at,"                \
  "s.idle_expires_at,s.absolute_expires_at,s.idle,s.level,s.persistent,s.version,s.user_agent," \
  "s.address,s.attributes,s.previous,s.binding"
#define USER_COLUMNS "u.id,u.username,u.created_at,u.disabled,u.attributes"
#define STORED_USER_COLUMNS USER_COLUMNS ",u.username_key,u.password_hash"

#define SECRET_COLUMNS "hash,purpose,user_id,data,created_at,expires_at"
#define EVENT_COLUMNS "at,id,kind,user_id,session_id,reason,account,address,user_agent,request_id"
// Both ends are left out. +kind keeps SQLite from the index of kinds where a user is named.
#define EVENTS(WHERE, ORDER)                                   \
  "SELECT " EVENT_COLUMNS " FROM latchkey_events WHERE " WHERE \
  "(at,id)>(?1,?2) AND "                                       \
  "(at,id)<(?3,?4) ORDER BY at " ORDER ",id " ORDER " LIMIT ?5"
#define OF_USER "user_id=?6 AND (?7=0 OR +kind=?7) AND "
#define OF_KIND "kind=?6 AND "

namespace latchkey::sqlite {

std::string_view sql_text(Sql sql) noexcept {
  switch (sql) {
    case Sql::begin_read:
      return "BEGIN";
    case Sql::begin_write:
      return "BEGIN IMMEDIATE";
    case Sql::commit:
      return "COMMIT";
    case Sql::rollback:
      return "ROLLBACK";
    case Sql::data_version:
      return "PRAGMA data_version";
    case Sql::get_meta:
      return "SELECT value FROM latchkey_meta WHERE key=?1";
    case Sql::put_meta:
      return "INSERT INTO latchkey_meta(key,value) VALUES(?1,?2) "
             "ON CONFLICT(key) DO UPDATE SET value=excluded.value";
    case Sql::find_session:
      return "SELECT " SESSION_COLUMNS " FROM latchkey_sessions s WHERE " WHERE_ID;
    case Sql::find_session_with_user:
      return "SELECT " SESSION_COLUMNS "," USER_COLUMNS
             " FROM latchkey_sessions s "
             "LEFT JOIN latchkey_users u ON u.id=s.user_id "
             "WHERE substr(s.id,-8)=substr(?1,-8) AND +s.id=?1";
    case Sql::find_tombstone:
      // Always one row: "no such session" is believed only from a store that is still ours.
      return "SELECT m.value,t.secret_hash,t.reason,t.ended_at FROM (SELECT 1) "
             "LEFT JOIN latchkey_meta m ON m.key='instance' "
             "LEFT JOIN latchkey_tombstones t ON t.id=?1";
    case Sql::insert_session:
      // The id of a tombstone becomes NULL, which the column refuses: one statement, and one row
      // given as VALUES needs no statement journal, as INSERT ... SELECT would.
      return "INSERT INTO latchkey_sessions(id,secret_hash,user_id,created_at,authenticated_at,"
             "last_seen_at,idle_expires_at,absolute_expires_at,idle,level,persistent,version,"
             "user_agent,address,attributes,previous,binding) "
             "VALUES((SELECT ?1 WHERE NOT EXISTS(SELECT 1 FROM latchkey_tombstones WHERE id=?1)),"
             "?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)";
    case Sql::count_user_sessions:
      // Reads the index only, and no more of it than needed.
      return "SELECT count(*) FROM (SELECT 1 FROM latchkey_sessions WHERE user_id=?1 LIMIT ?2)";
    case Sql::idle_user_sessions:
      return "SELECT id FROM latchkey_sessions WHERE user_id=?1 AND idle_expires_at>?2 AND id<>?3 "
             "ORDER BY last_seen_at,created_at,id";
    case Sql::touch_session:
      return "UPDATE latchkey_sessions SET last_seen_at=max(last_seen_at,?2),"
             "idle_expires_at=max(idle_expires_at,min(?3,absolute_expires_at)) "
             "WHERE " ONE_ROW
             " AND idle_expires_at>?2 "
             "AND (last_seen_at<?2 OR idle_expires_at<min(?3,absolute_expires_at))";
    case Sql::replace_session:
      return "UPDATE latchkey_sessions SET secret_hash=?2,authenticated_at=?5,"
             "last_seen_at=max(last_seen_at,?6),"
             "idle_expires_at=min(max(idle_expires_at,?7),max(absolute_expires_at,?8)),"
             "absolute_expires_at=max(absolute_expires_at,?8),idle=?9,level=?10,persistent=?11,"
             "version=?12+1,user_agent=?13,address=?14,attributes=?15,previous=?16,"
             "binding=?17 "
             "WHERE " ONE_ROW
             " AND version=?12 AND idle_expires_at>?18 "
             "AND user_id IS ?3 AND created_at=?4";
    case Sql::probe_session:
      return "SELECT version FROM latchkey_sessions WHERE " WHERE_ID " AND idle_expires_at>?2";
    case Sql::locate_session:
      return "SELECT rowid,secret_hash FROM latchkey_sessions WHERE " WHERE_ID;
    case Sql::bury_session:
      return "INSERT INTO latchkey_tombstones(id,secret_hash,reason,ended_at) VALUES(?1,?2,?3,?4) "
             "ON CONFLICT(id) DO NOTHING";
    case Sql::delete_session:
      return "DELETE FROM latchkey_sessions WHERE rowid=?1";
    case Sql::bury_user_sessions:
      return "INSERT OR REPLACE INTO latchkey_tombstones(id,secret_hash,reason,ended_at) "
             "SELECT id,secret_hash,?3,?4 FROM latchkey_sessions WHERE user_id=?1 AND id<>?2";
    case Sql::delete_user_sessions:
      return "DELETE FROM latchkey_sessions WHERE user_id=?1 AND id<>?2 RETURNING id";
    case Sql::list_user_sessions:
      return "SELECT " SESSION_COLUMNS
             " FROM latchkey_sessions s "
             "WHERE s.user_id=?1 AND s.idle_expires_at>?2 "
             "AND (s.created_at<?3 OR (s.created_at=?3 AND s.id<?4)) "
             "ORDER BY s.created_at DESC,s.id DESC LIMIT ?5";
    case Sql::prune_sessions:
      return "DELETE FROM latchkey_sessions WHERE rowid IN "
             "(SELECT rowid FROM latchkey_sessions WHERE idle_expires_at<=?1 LIMIT ?2)";
    case Sql::prune_tombstones:
      return "DELETE FROM latchkey_tombstones WHERE id IN "
             "(SELECT id FROM latchkey_tombstones WHERE ended_at<?1 LIMIT ?2)";
    case Sql::user_epoch:
      return "SELECT epoch FROM latchkey_user_epochs WHERE user_id=?1";
    case Sql::bump_epoch:
      return "INSERT INTO latchkey_user_epochs(user_id,epoch) VALUES(?1,1) "
             "ON CONFLICT(user_id) DO UPDATE SET epoch=epoch+1";
    case Sql::add_user:
      return "INSERT INTO latchkey_users(id,username,created_at,disabled,attributes,username_key,"
             "password_hash) VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(username_key) DO NOTHING";
    case Sql::find_user:
      return "SELECT " STORED_USER_COLUMNS " FROM latchkey_users u WHERE u.id=?1";
    case Sql::find_username:
      return "SELECT " STORED_USER_COLUMNS " FROM latchkey_users u WHERE u.username_key=?1";
    case Sql::set_password:
      return "UPDATE latchkey_users SET password_hash=?3 WHERE id=?1 AND password_hash=?2";
    case Sql::set_attributes:
      return "UPDATE latchkey_users SET attributes=?3 WHERE id=?1 AND attributes IS ?2";
    case Sql::set_disabled:
      return "UPDATE latchkey_users SET disabled=?2 WHERE id=?1";
    case Sql::delete_user:
      return "DELETE FROM latchkey_users WHERE id=?1";
    case Sql::list_users:
      return "SELECT " STORED_USER_COLUMNS
             " FROM latchkey_users u WHERE u.username_key>?1 ORDER BY u.username_key LIMIT ?2";
    case Sql::deny:
      return "INSERT INTO latchkey_denied(key,until) VALUES(?1,?2) ON CONFLICT(key) DO NOTHING";
    case Sql::extend_denial:
      return "UPDATE latchkey_denied SET until=max(until,?2) WHERE key=?1";
    case Sql::standing:
      // Always one row, with the marker, as for a tombstone: "not denied" must come from our store.
      return "SELECT m.value,EXISTS(SELECT 1 FROM latchkey_denied WHERE key=?1),"
             "coalesce(e.epoch,0)," USER_COLUMNS
             " FROM (SELECT 1) "
             "LEFT JOIN latchkey_meta m ON m.key='instance' "
             "LEFT JOIN latchkey_user_epochs e ON e.user_id=?2 "
             "LEFT JOIN latchkey_users u ON u.id=?2";
    case Sql::prune_denials:
      return "DELETE FROM latchkey_denied WHERE key IN "
             "(SELECT key FROM latchkey_denied WHERE until<=?1 LIMIT ?2)";
    case Sql::find_counter:
      return "SELECT count,next_at,expires_at FROM latchkey_counters WHERE key=?1";
    case Sql::put_counter:
      return "INSERT INTO latchkey_counters(key,count,next_at,expires_at) VALUES(?1,?2,?3,?4) "
             "ON CONFLICT(key) DO UPDATE SET count=excluded.count,next_at=excluded.next_at,"
             "expires_at=excluded.expires_at";
    case Sql::clear_counter:
      return "DELETE FROM latchkey_counters WHERE key=?1";
    case Sql::return_counter:
      return "UPDATE latchkey_counters SET count=max(count-1,0),next_at=0 WHERE key=?1";
    case Sql::prune_counters:
      return "DELETE FROM latchkey_counters WHERE key IN "
             "(SELECT key FROM latchkey_counters WHERE expires_at<=?1 LIMIT ?2)";
    case Sql::put_secret:
      return "INSERT INTO latchkey_one_time_secrets(" SECRET_COLUMNS
             ") VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(hash) DO NOTHING";
    case Sql::find_secret:
      return "SELECT " SECRET_COLUMNS " FROM latchkey_one_time_secrets WHERE hash=?1";
    case Sql::take_secret:
      return "DELETE FROM latchkey_one_time_secrets WHERE hash=?1";
    case Sql::remove_secrets:
      return "DELETE FROM latchkey_one_time_secrets "
             "WHERE user_id=?1 AND (?2='' OR purpose=?2)";
    case Sql::trim_secrets:
      return "DELETE FROM latchkey_one_time_secrets WHERE hash IN "
             "(SELECT hash FROM latchkey_one_time_secrets WHERE user_id=?1 AND purpose=?2 "
             "AND hash<>?3 ORDER BY created_at DESC,hash DESC LIMIT -1 OFFSET ?4)";
    case Sql::prune_secrets:
      return "DELETE FROM latchkey_one_time_secrets WHERE hash IN "
             "(SELECT hash FROM latchkey_one_time_secrets WHERE expires_at<=?1 LIMIT ?2)";
    case Sql::append_event:
      return "INSERT INTO latchkey_events(" EVENT_COLUMNS
             ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) ON CONFLICT(at,id) DO NOTHING";
    case Sql::newest_events:
      return EVENTS("", "DESC");
    case Sql::newest_user_events:
      return EVENTS(OF_USER, "DESC");
    case Sql::newest_kind_events:
      return EVENTS(OF_KIND, "DESC");
    case Sql::oldest_events:
      return EVENTS("", "ASC");
    case Sql::oldest_user_events:
      return EVENTS(OF_USER, "ASC");
    case Sql::oldest_kind_events:
      return EVENTS(OF_KIND, "ASC");
    case Sql::blank_addresses:
      return "UPDATE latchkey_events SET address=NULL WHERE (at,id) IN "
             "(SELECT at,id FROM latchkey_events WHERE address IS NOT NULL AND at<?1 "
             "ORDER BY at LIMIT ?2)";
    case Sql::prune_events:
      return "DELETE FROM latchkey_events WHERE (at,id) IN "
             "(SELECT at,id FROM latchkey_events WHERE at<?1 ORDER BY at LIMIT ?2)";
    case Sql::list_keys:
      return "SELECT id,state,secret,created_at,activates_at FROM latchkey_keys ORDER BY position";
    case Sql::delete_keys:
      return "DELETE FROM latchkey_keys";
    case Sql::insert_key:
      return "INSERT INTO latchkey_keys(position,id,state,secret,created_at,activates_at) "
             "VALUES(?1,?2,?3,?4,?5,?6)";
    case Sql::scan_users:
      return "SELECT " STORED_USER_COLUMNS
             " FROM latchkey_users u WHERE u.id>?1 ORDER BY u.id "
             "LIMIT ?2";
    case Sql::scan_epochs:
      return "SELECT user_id,epoch FROM latchkey_user_epochs WHERE user_id>?1 ORDER BY user_id "
             "LIMIT ?2";
    case Sql::scan_denials:
      return "SELECT key,until FROM latchkey_denied WHERE key>?1 ORDER BY key LIMIT ?2";
    case Sql::scan_sessions:
      return "SELECT " SESSION_COLUMNS
             ",s.rowid FROM latchkey_sessions s "
             "WHERE s.rowid>CAST(?1 AS INTEGER) ORDER BY s.rowid LIMIT ?2";
    case Sql::count_:
      break;
  }
  return {};
}

}  // namespace latchkey::sqlite
