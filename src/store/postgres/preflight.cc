#include "store/postgres/preflight.h"

namespace latchkey::postgres {
namespace {

constexpr std::int64_t kLeastStatementMillis = 2000;

Result<std::int64_t> server_pid(Connection& connection, Deadline deadline) {
  Result<Rows> rows = connection.run_text("SELECT pg_backend_pid()::int8", Params(), deadline);
  if (!rows) return rows.error();
  return rows->integer(0, 0);
}

// A pooler tells a number that is not the server's. In session mode two clients have two server
// processes, each its own for good; in transaction mode they share, or a client changes over.
Result<bool> is_shared(Connection& connection, const Target& target, Deadline deadline) {
  constexpr int kLooks = 4;
  Result<std::int64_t> own = server_pid(connection, deadline);
  if (!own) return own.error();
  if (*own == connection.told_pid()) return false;
  Result<std::unique_ptr<Connection>> second = Connection::open(target, nullptr, deadline);
  if (!second) return second.error();
  for (int look = 0; look < kLooks; ++look) {
    Result<std::int64_t> other = server_pid(**second, deadline);
    if (!other) return other.error();
    Result<std::int64_t> again = server_pid(connection, deadline);
    if (!again) return again.error();
    if (*other == *again || *again != *own) return true;
  }
  return false;
}

Result<void> check_pooler(Connection& connection, const Target& target, Deadline deadline) {
  if (!target.prepare) return {};
  Result<bool> shared = is_shared(connection, target, deadline);
  if (!shared) return shared.error();
  if (!*shared) return {};
  return Error{Errc::bad_config,
               "postgres: a pooler in transaction mode, such as pgbouncer, answers here: put "
               "prepare=off into the URL, and listen=URL of a direct connection so that changes of "
               "other nodes are heard at once"};
}

}  // namespace

Result<void> check_server(Connection& connection, const Target& target, bool read_only,
                          Deadline deadline) {
  Result<Rows> rows = connection.run_text(
      "SELECT current_setting('transaction_isolation'),"
      "current_setting('transaction_read_only'),"
      "(extract(epoch FROM current_setting('statement_timeout')::interval)*1000)::int8",
      Params(), deadline);
  if (!rows) return rows.error();
  if (rows->text(0, 0) != "read committed") {
    return Error{Errc::bad_config,
                 "postgres: transactions are " + std::string(rows->text(0, 0)) +
                     " by default, and behind a pooler that cannot be changed from here: ALTER "
                     "ROLE ... SET default_transaction_isolation = 'read committed'"};
  }
  if (!read_only && rows->text(0, 1) == "on") {
    return Error{Errc::store_read_only,
                 "transactions here are read-only: ALTER ROLE ... RESET "
                 "default_transaction_read_only, the same for the database, and the URL must lead "
                 "to the primary"};
  }
  const std::int64_t limit = rows->integer(0, 2);
  if (limit > 0 && limit < kLeastStatementMillis) {
    return Error{Errc::bad_config,
                 "postgres: statement_timeout of " + std::to_string(limit) +
                     " ms is too short, and behind a pooler it cannot be changed from here: ALTER "
                     "ROLE ... SET statement_timeout = '10s'"};
  }
  return check_pooler(connection, target, deadline);
}

Result<void> check_listen(const Target& listen, const std::string& schema,
                          const std::string& instance, Deadline deadline) {
  Result<std::unique_ptr<Connection>> connection = Connection::open(listen, nullptr, deadline);
  if (!connection) return {};
  Result<bool> shared = is_shared(**connection, listen, deadline);
  if (!shared) return shared.error();
  if (*shared) {
    return Error{Errc::bad_config,
                 "postgres: listen is the URL of a direct connection, and a pooler in transaction "
                 "mode answers there: name the server itself"};
  }
  Result<Rows> rows =
      (*connection)
          ->run_text(qualify("SELECT value FROM @meta WHERE key='instance'", schema), Params(),
                     deadline);
  if (rows && rows->size() == 1 && rows->text(0, 0) == instance) return {};
  return Error{Errc::bad_config,
               "postgres: listen leads to another database than the URL: changes would never be "
               "heard there"};
}

Result<void> check_rights(Connection& connection, const std::string& schema, Deadline deadline) {
  constexpr const char* kLacking =
      "SELECT string_agg(l.what,', '),count(*) FROM ("
      "SELECT p.name||' on '||c.relname AS what FROM pg_class c "
      "JOIN pg_namespace n ON n.oid=c.relnamespace "
      "CROSS JOIN (VALUES('SELECT'),('INSERT'),('UPDATE'),('DELETE')) p(name) "
      "WHERE n.nspname=$1 AND c.relkind IN('r','p') AND c.relname LIKE 'latchkey\\_%' "
      "AND NOT has_table_privilege(c.oid,p.name) "
      "UNION ALL SELECT 'EXECUTE on '||f.proname FROM pg_proc f "
      "JOIN pg_namespace n ON n.oid=f.pronamespace "
      "WHERE n.nspname=$1 AND f.proname LIKE 'latchkey\\_%' "
      "AND NOT has_function_privilege(f.oid,'EXECUTE') LIMIT 4) l";
  Params params;
  params.add(std::string_view(schema));
  Result<Rows> rows = connection.run_text(kLacking, params, deadline);
  if (!rows) return rows.error();
  if (rows->integer(0, 1) == 0) return {};
  return Error{Errc::store_read_only, "the database user lacks rights: GRANT it " +
                                          std::string(rows->text(0, 0)) +
                                          (rows->integer(0, 1) == 4 ? " and what else" : ", as") +
                                          " docs/formats/postgres.md names"};
}

}  // namespace latchkey::postgres
