#include "store/postgres/sql/sql.h"

// @name stands for the table or function latchkey_name in its schema; names are always qualified,
// so that no search_path, which a pooler may lose, decides which table is meant.
#define SESSION_COLUMNS                                                                       \
  "id,secret_hash,user_id,created_at,authenticated_at,last_seen_at,idle_expires_at,"          \
  "absolute_expires_at,idle,level,persistent,version,user_agent,address,attributes,previous," \
  "binding"
#define USER_COLUMNS "u.id,u.username,u.created_at,u.disabled,u.attributes"
#define STORED_USER_COLUMNS USER_COLUMNS ",u.username_key,u.password_hash"

// Rows of three kinds in one answer, told apart by the first column: records (0), and where some
// are missing, tombstones (1) and the instance marker (2): "no such session" is believed only from
// a store that is still ours. When no record is missing the other two parts are not executed.
#define NO_RECORD "NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL"
#define SOME_ARE_MISSING "(SELECT count(*) FROM s)<cardinality($1)"
#define FIND_SESSIONS(MORE_COLUMNS, JOIN, NO_MORE_COLUMNS)                                 \
  "WITH s AS MATERIALIZED(SELECT " SESSION_COLUMNS                                         \
  " FROM @sessions WHERE id=ANY($1))"                                                      \
  "SELECT 0::int8,s.*" MORE_COLUMNS " FROM s " JOIN                                        \
  " UNION ALL SELECT 1::int8,t.id,t.secret_hash,NULL,t.ended_at,NULL,NULL,NULL,NULL,NULL," \
  "t.reason,NULL,NULL,NULL,NULL,NULL,NULL,NULL" NO_MORE_COLUMNS                            \
  " FROM @tombstones t WHERE t.id=ANY($1) AND " SOME_ARE_MISSING                           \
  " UNION ALL SELECT 2::int8,m.value,NULL,NULL," NO_RECORD NO_MORE_COLUMNS                 \
  " FROM @meta m WHERE m.key='instance' AND " SOME_ARE_MISSING

// A row of X behind which stands the instance marker, or the marker alone where X has none, for the
// same reason.
#define WITH_MARKER(X)                                                            \
  "SELECT x.*,m.value FROM (SELECT 1) one LEFT JOIN @meta m ON m.key='instance' " \
  "LEFT JOIN (" X ") x ON true"

#define SECRET_COLUMNS "hash,purpose,user_id,data,created_at,expires_at"
#define EVENT_COLUMNS "at,id,kind,user_id,session_id,reason,account,address,user_agent,request_id"
// Both ends are left out.
#define EVENTS(WHERE, ORDER)                                                 \
  WITH_MARKER("SELECT " EVENT_COLUMNS " FROM @events WHERE " WHERE           \
              "(at,id)>($1,$2) AND "                                         \
              "(at,id)<($3,$4) ORDER BY at " ORDER ",id " ORDER " LIMIT $5") \
  " ORDER BY x.at " ORDER ",x.id " ORDER
#define OF_USER "user_id=$6 AND ($7=0::int8 OR kind=$7) AND "
#define OF_KIND "kind=$6 AND "

namespace latchkey::postgres {
namespace {

std::string_view sql_template(Sql sql) noexcept {
  switch (sql) {
    case Sql::find_sessions:
      return FIND_SESSIONS("", "", "");
    case Sql::find_sessions_with_users:
      return FIND_SESSIONS("," USER_COLUMNS, "LEFT JOIN @users u ON u.id=s.user_id",
                           ",NULL,NULL,NULL,NULL,NULL");
    case Sql::list_user_sessions:
      return WITH_MARKER("SELECT " SESSION_COLUMNS
                         " FROM @sessions WHERE user_id=$1 AND idle_expires_at>$2 "
                         "AND (created_at,id)<($3,$4) ORDER BY created_at DESC,id DESC LIMIT $5")
          " ORDER BY x.created_at DESC,x.id DESC";
    case Sql::insert_session:
      return "SELECT status,evicted FROM @insert($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,"
             "$15,$16,$17,$18,$19,$20,$21)";
    case Sql::insert_bound_session:
      return "SELECT status,evicted FROM @insert_bound($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,"
             "$14,$15,$16,$17,$18,$19,$20,$21,$22)";
    case Sql::touch_sessions:
      return "SELECT @touch($1,$2,$3,$4)";
    case Sql::replace_session:
      return "SELECT @replace_bound($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,"
             "$19,$20)";
    case Sql::remove_sessions:
      return "SELECT @remove($1,$2,$3,$4,$5)";
    case Sql::remove_user:
      return "SELECT 0::int8,removed,epoch FROM @remove_user($1,$2,$3,$4,$5,$6,$7)";
    case Sql::prune:
      return "SELECT @prune($1,$2,$3,$4)";
    case Sql::add_user:
      return "SELECT @add_user($1,$2,$3,$4,$5,$6,$7,$8,$9)";
    case Sql::find_user:
      return WITH_MARKER("SELECT " STORED_USER_COLUMNS " FROM @users u WHERE u.id=$1");
    case Sql::find_username:
      return WITH_MARKER("SELECT " STORED_USER_COLUMNS " FROM @users u WHERE u.username_key=$1");
    case Sql::set_password:
      return "SELECT status,removed,epoch FROM @set_password($1,$2,$3,$4,$5,$6,$7,$8)";
    case Sql::upgrade_hash:
      return "SELECT @upgrade_hash($1,$2,$3,$4)";
    case Sql::set_attributes:
      // Of many changes at once one still finds what it expects: the others look again.
      return "WITH held AS MATERIALIZED(SELECT @begin($1)::text AS locks),"
             "changed AS(UPDATE @users u SET attributes=$5 FROM held WHERE u.id=$3 "
             "AND held.locks IS NOT NULL AND u.attributes IS NOT DISTINCT FROM $4 RETURNING u.id),"
             "told AS MATERIALIZED(SELECT @tell($2,NULL,ARRAY[id])::text AS done FROM changed) "
             "SELECT count(done) FROM told";
    case Sql::set_disabled:
      return "SELECT @set_disabled($1,$2,$3,$4)";
    case Sql::delete_user:
      // The user's lock comes first, as everywhere. FOR UPDATE then looks at the row as it is now,
      // and not as it was before the wait: of many deletions one finds it.
      return "WITH held AS MATERIALIZED(SELECT @begin($1)::text||@lock_user($3)::text AS locks),"
             "ended AS MATERIALIZED(SELECT u.id,r.removed,r.epoch FROM held "
             "CROSS JOIN LATERAL (SELECT w.id FROM @users w "
             "WHERE w.id=$3 AND held.locks IS NOT NULL FOR UPDATE) u "
             "CROSS JOIN LATERAL @remove_user($1,$2,u.id,NULL,$4,$5,true) r),"
             "gone AS(DELETE FROM @users u USING ended e WHERE u.id=e.id RETURNING u.id) "
             "SELECT (SELECT count(*) FROM gone),e.removed,e.epoch FROM held "
             "LEFT JOIN ended e ON true";
    case Sql::list_users:
      return WITH_MARKER("SELECT " STORED_USER_COLUMNS
                         " FROM @users u WHERE u.username_key>$1 "
                         "ORDER BY u.username_key LIMIT $2") " ORDER BY x.username_key";
    case Sql::user_epoch:
      return WITH_MARKER("SELECT epoch FROM @user_epochs WHERE user_id=$1");
    case Sql::deny:
      return "SELECT @deny($1,$2,$3)";
    case Sql::standing:
      return "SELECT m.value,EXISTS(SELECT 1 FROM @denied WHERE "
             "key=$1),coalesce(e.epoch,0)," USER_COLUMNS
             " FROM (SELECT 1) one LEFT JOIN @meta m ON m.key='instance' "
             "LEFT JOIN @user_epochs e ON e.user_id=$2 LEFT JOIN @users u ON u.id=$2";
    case Sql::prune_denials:
      return "SELECT @prune_denials($1,$2,$3)";
    case Sql::take_tries:
      return "SELECT taken,tries,next_at FROM @take($1,$2,$3,$4,$5,$6,$7,$8,$9)";
    case Sql::settle_tries:
      return "SELECT @settle($1,$2,$3)";
    case Sql::prune_counters:
      return "SELECT @prune_counters($1,$2,$3)";
    case Sql::put_secret:
      return "SELECT @put_secret($1,$2,$3,$4,$5,$6,$7,$8)";
    case Sql::find_secret:
      return WITH_MARKER("SELECT " SECRET_COLUMNS
                         " FROM @one_time_secrets WHERE hash=$1 AND purpose=$2 AND expires_at>$3");
    case Sql::take_secret:
      return "SELECT " SECRET_COLUMNS " FROM @take_secret($1,$2,$3,$4)";
    case Sql::remove_secrets:
      return "SELECT @remove_secrets($1,$2,$3)";
    case Sql::prune_secrets:
      return "SELECT @prune_secrets($1,$2,$3)";
    case Sql::append_events:
      return "SELECT @append_events($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)";
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
      return "SELECT @blank_addresses($1,$2,$3)";
    case Sql::prune_events:
      return "SELECT @prune_events($1,$2,$3)";
    case Sql::keys:
      return "SELECT m.value,k.id,k.state,k.secret,k.created_at,k.activates_at,i.value "
             "FROM @meta m LEFT JOIN @meta i ON i.key='instance' LEFT JOIN @keys k ON true "
             "WHERE m.key='keys_version' ORDER BY k.position";
    case Sql::put_keys:
      return "SELECT @put_keys($1,$2,$3,$4,$5,$6,$7)";
    case Sql::meta:
      return "SELECT key,value FROM @meta";
    case Sql::check:
      return "SELECT value FROM @meta WHERE key='instance'";
    case Sql::read_outbox:
      // What this statement sees and the snapshot $1 did not: exact in whatever order transactions
      // commit, which a growing number in each row would not be. Always one row at least.
      return "SELECT pg_current_snapshot()::text,m.value||pg_postmaster_start_time(),"
             "array_to_string(o.ids,','),array_to_string(o.users,E'\\n'),"
             "(extract(epoch FROM clock_timestamp()-max(o.at) OVER ())*1000000)::int8 "
             "FROM (SELECT 1) one LEFT JOIN @meta m ON m.key='instance' "
             "LEFT JOIN @outbox o ON o.xid>=pg_snapshot_xmin($1::pg_snapshot) "
             "AND NOT pg_visible_in_snapshot(o.xid,$1::pg_snapshot) AND o.origin<>$2";
    case Sql::notify:
      // A notification makes its transaction a writing one, which need not wait for the disk.
      return "SELECT set_config('synchronous_commit','off',true),pg_notify($1,$2)::text";
    case Sql::sweep_outbox:
      return "DELETE FROM @outbox WHERE ctid=ANY(ARRAY(SELECT ctid FROM @outbox "
             "WHERE at<now()-interval '5 minutes' ORDER BY at LIMIT 1000 FOR UPDATE SKIP LOCKED))";
    case Sql::scan_users:
      return WITH_MARKER("SELECT " STORED_USER_COLUMNS
                         " FROM @users u WHERE u.id>$1 ORDER BY u.id LIMIT $2") " ORDER BY x.id";
    case Sql::scan_epochs:
      return WITH_MARKER(
          "SELECT user_id,epoch FROM @user_epochs WHERE user_id>$1 "
          "ORDER BY user_id LIMIT $2") " ORDER BY x.user_id";
    case Sql::scan_denials:
      return WITH_MARKER(
          "SELECT key,until FROM @denied WHERE key>$1 ORDER BY key LIMIT $2") " ORDER BY x.key";
    case Sql::scan_sessions:
      return WITH_MARKER("SELECT " SESSION_COLUMNS
                         " FROM @sessions WHERE id>$1 ORDER BY id LIMIT $2") " ORDER BY x.id";
    case Sql::count_:
      break;
  }
  return {};
}

}  // namespace

std::string qualify(std::string_view text, std::string_view schema) {
  std::string prefix = "\"";
  for (const char c : schema) prefix.append(c == '"' ? 2 : 1, c);
  prefix += "\".latchkey_";
  std::string out;
  for (const char c : text) {
    if (c == '@') {
      out += prefix;
    } else {
      out += c;
    }
  }
  return out;
}

Statements::Statements(std::string_view schema) {
  for (std::size_t i = 0; i < kSqlCount; ++i) {
    texts_[i] = qualify(sql_template(static_cast<Sql>(i)), schema);
  }
}

}  // namespace latchkey::postgres
