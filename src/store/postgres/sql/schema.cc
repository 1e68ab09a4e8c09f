#include "store/postgres/sql/schema.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "store/instance.h"
#include "store/postgres/sql/schema_sql.h"
#include "store/postgres/wire/errors.h"

namespace latchkey::postgres {
namespace {

constexpr int kOldestServer = 150000;

Error mismatch(std::string_view what) { return Error{Errc::store_mismatch, std::string(what)}; }

std::int64_t parse_number(std::string_view text) noexcept {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What stands in the database: text columns of one row.
struct Surroundings {
  std::string schema{};
  bool schema_exists = false;
  bool has_meta = false;    // latchkey_meta is there
  bool has_tables = false;  // some table of ours is there
};

Result<Surroundings> look_around(Connection& connection, const std::string& wanted,
                                 Deadline deadline) {
  const std::string text =
      "WITH s AS(SELECT coalesce(nullif($1,''),current_schema()) AS name) "
      "SELECT s.name,EXISTS(SELECT 1 FROM pg_namespace WHERE nspname=s.name),"
      "EXISTS(SELECT 1 FROM pg_tables WHERE schemaname=s.name AND tablename='latchkey_meta'),"
      "EXISTS(SELECT 1 FROM pg_tables WHERE schemaname=s.name AND tablename LIKE 'latchkey\\_%'),"
      "current_setting('server_version_num')::int8,current_setting('server_encoding') FROM s";
  Params params;
  params.add(std::string_view(wanted));
  Result<Rows> rows = connection.run_text(text, params, deadline);
  if (!rows) return rows.error();
  if (rows->integer(0, 4) < kOldestServer) {
    return Error{Errc::bad_config, "postgres: the server is older than version 15"};
  }
  if (rows->text(0, 5) != "UTF8") {
    return Error{Errc::bad_config, "postgres: the database must have the encoding UTF8"};
  }
  if (rows->is_null(0, 0)) {
    return Error{Errc::bad_config,
                 "postgres: no schema of the search_path exists: name one in "
                 "the URL with `schema`"};
  }
  return Surroundings{.schema = std::string(rows->text(0, 0)),
                      .schema_exists = rows->integer(0, 1) != 0,
                      .has_meta = rows->integer(0, 2) != 0,
                      .has_tables = rows->integer(0, 3) != 0};
}

Result<Rows> query_meta(Connection& connection, const std::string& schema, Deadline deadline) {
  return connection.run_text(qualify("SELECT key,value FROM @meta", schema), Params(), deadline);
}

// current_version is 0 for a database without our tables.
Result<std::int64_t> current_version(Connection& connection, const Surroundings& around,
                                     Deadline deadline) {
  if (!around.has_tables) return 0;
  if (!around.has_meta) {
    return mismatch(
        "the schema has tables of latchkey but lost its instance marker: restore a backup");
  }
  Result<Rows> rows = query_meta(connection, around.schema, deadline);
  if (!rows) return rows.error();
  std::int64_t version = 0, step = 0;
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->text(row, 0) == "schema_version") version = parse_number(rows->text(row, 1));
    if (rows->text(row, 0) == "schema_step") step = parse_number(rows->text(row, 1));
  }
  if (version < 1) return mismatch("the database lost its schema version: restore a backup");
  if (version > kSchemaVersion) {
    return mismatch("the tables were made by a newer version of latchkey: upgrade this program");
  }
  return std::clamp(step, version, std::int64_t{kSchemaVersion});
}

Result<std::string> migration_script(std::int64_t from, const std::optional<StoreMeta>& adopt) {
  std::string script;
  for (std::int64_t version = from; version < kSchemaVersion; ++version) {
    const auto index = static_cast<std::size_t>(version);
    script.append(kTableScripts[index]).append(kFunctionScripts[index]);
  }
  if (from == 0) {
    Result<DrawnInstance> drawn = draw_instance(adopt);
    if (!drawn) return drawn.error();
    script += "INSERT INTO @meta(key,value) VALUES('instance','" + drawn->instance +
              "'),('slot_key','" + drawn->slot_key + "'),('keys_version','0');\n";
  }
  // What older programs need not know about is counted apart, so that they still open the tables.
  return script + "INSERT INTO @meta AS m(key,value) VALUES('schema_version','" +
         std::to_string(kOldestReader) + "'),('schema_step','" + std::to_string(kSchemaVersion) +
         "') ON CONFLICT(key) DO UPDATE SET value=excluded.value;\n";
}

Result<void> migrate_locked(Connection& connection, const SchemaRequest& request,
                            Deadline deadline) {
  // Others that open this database wait here, and then find the tables made.
  Result<void> locked = connection.run_script(
      "SELECT pg_advisory_xact_lock(hashtextextended('latchkey schema',0))", deadline);
  if (!locked) return locked;
  Result<Surroundings> around = look_around(connection, request.schema, deadline);
  if (!around) return around.error();
  Result<std::int64_t> version = current_version(connection, *around, deadline);
  if (!version) return version.error();
  if (*version == kSchemaVersion) return {};
  if (!around->schema_exists) {
    Params params;
    params.add(std::string_view(around->schema));
    Result<Rows> quoted = connection.run_text("SELECT quote_ident($1)", params, deadline);
    if (!quoted) return quoted.error();
    const std::string create = "CREATE SCHEMA " + std::string(quoted->text(0, 0));
    if (Result<void> made = connection.run_script(create, deadline); !made) return made;
  }
  Result<std::string> script = migration_script(*version, request.adopt);
  if (!script) return script.error();
  return connection.run_script(qualify(*script, around->schema), deadline);
}

Result<void> migrate(Connection& connection, const SchemaRequest& request, Deadline deadline) {
  if (Result<void> begun = connection.run_script("BEGIN", deadline); !begun) return begun;
  Result<void> done = migrate_locked(connection, request, deadline);
  if (done) return connection.run_script("COMMIT", deadline);
  if (connection.sqlstate() == kMissingRight) {
    done = Error{Errc::store_read_only,
                 "the database user may not make the tables: GRANT CREATE ON SCHEMA ... TO it (and "
                 "CREATE ON DATABASE ... where the schema is missing), or let the owner of both "
                 "start latchkey once"};
  }
  // The transaction ends with the connection in any case.
  if (Result<void> undone = connection.run_script("ROLLBACK", deadline); !undone) return undone;
  return done;
}

}  // namespace

Result<OpenedSchema> open_schema(Connection& connection, const SchemaRequest& request,
                                 Deadline deadline) {
  Result<Surroundings> around = look_around(connection, request.schema, deadline);
  if (!around) return around.error();
  Result<std::int64_t> version = current_version(connection, *around, deadline);
  if (!version) return version.error();
  if (*version == 0 && (!request.create || !request.expected_instance.empty())) {
    return mismatch(
        "the database has no tables of latchkey: check which database and schema are configured");
  }
  if (*version < kSchemaVersion) {
    if (!request.create) {
      return mismatch(
          "the tables are of an older version: bring them up to date with "
          "`latchkey migrate`");
    }
    if (Result<void> done = migrate(connection, request, deadline); !done) {
      return done.error();
    }
  }
  Result<Rows> rows = query_meta(connection, around->schema, deadline);
  if (!rows) return rows.error();
  Result<StoreMeta> meta = read_meta(*rows, request.expected_instance);
  if (!meta) return meta.error();
  return OpenedSchema{around->schema, *std::move(meta)};
}

Result<StoreMeta> read_meta(const Rows& rows, const std::string& expected_instance) {
  StoreMeta meta;
  bool has_slot_key = false;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string_view key = rows.text(row, 0);
    const std::string_view value = rows.text(row, 1);
    if (key == "instance") meta.instance = value;
    if (key == "slot_key") has_slot_key = from_hex(value, meta.slot_key);
    if (key == "schema_version" || key == "schema_step") {
      meta.schema_version = std::max(meta.schema_version, parse_number(value));
    }
  }
  if (meta.instance.empty() || !has_slot_key) {
    return mismatch("the database lost its instance marker or slot key: restore a backup");
  }
  if (!expected_instance.empty() && meta.instance != expected_instance) {
    return mismatch(
        "the database is another instance than the configured one: check database and schema");
  }
  return meta;
}

}  // namespace latchkey::postgres
