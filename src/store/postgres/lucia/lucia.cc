#include "store/postgres/lucia/lucia.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "store/lucia/id.h"
#include "store/postgres/wire/errors.h"
#include "store/postgres/wire/pool.h"

namespace latchkey::postgres {
namespace {

// Divides the session's columns from the user's; no table has a column of this name.
constexpr std::string_view kDivider = "latchkey:divider";

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text.append("\"");
}

// The parts of a name with dots are identifiers as in SQL: quoted, or folded to lower case.
std::vector<std::string> parts_of(std::string_view name) {
  if (name.find('.') == std::string_view::npos) return {std::string(name)};
  std::vector<std::string> parts(1);
  bool in_quotes = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '"' && in_quotes && i + 1 < name.size() && name[i + 1] == '"') {
      parts.back() += name[++i];
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == '.' && !in_quotes) {
      parts.emplace_back();
    } else {
      parts.back() += in_quotes ? c : ascii_lower(c);
    }
  }
  return parts;
}

std::string table_name(std::string_view name) {
  std::string text;
  for (const std::string& part : parts_of(name)) {
    text.append(text.empty() ? "" : ".").append(quoted(part));
  }
  return text;
}

// Lucia's tables are not ours, so what their rules say is no damage of the store.
Error explain(std::string_view sqlstate, Error error) {
  if (sqlstate.starts_with("23")) {
    return {Errc::invalid_argument, "a value breaks a rule of the table"};
  }
  if (sqlstate == "42703") {
    return {Errc::invalid_argument,
            "an attribute of the session has no column in the table of sessions"};
  }
  if (sqlstate.starts_with("22") || sqlstate == "42804") {
    return {Errc::invalid_argument, "a value does not fit its column"};
  }
  if (sqlstate == "42P01" || sqlstate == "3F000") {
    return {Errc::store_mismatch,
            "a table of Lucia's is not there: name both as they are, with the schema if it is not "
            "in the search path"};
  }
  return error;
}

}  // namespace

struct LuciaTables::Impl {
  Impl(const LuciaOptions& given, Target target)
      : options(given),
        sessions(table_name(given.session_table)),
        users(table_name(given.user_table)),
        pool(std::move(target), nullptr, given.connect_timeout) {}

  std::string stored(std::string_view id) const { return stored_lucia_id(id, options.hashed_ids); }
  // read runs a statement a second time if its connection was lost.
  Result<Rows> read(const std::string& text, const Params& params) {
    return run(text, params, after(options.read_timeout), true);
  }
  Result<std::int64_t> write(const std::string& text, const Params& params) {
    const Result<Rows> rows = run(text, params, after(options.write_timeout), false);
    if (!rows) return rows.error();
    return rows->changed();
  }

  const LuciaOptions options;
  const std::string sessions;  // quoted
  const std::string users;

 private:
  Result<Rows> run(const std::string& text, const Params& params, Deadline deadline,
                   bool may_repeat) {
    constexpr int kTries = 5;
    for (int left = kTries;; --left) {
      Result<Pool::Lease> lease = pool.acquire(deadline);
      if (!lease) return lease.error();
      Result<Rows> rows = (*lease)->run_as_text(text, params, deadline);
      if (rows) return rows;
      const std::string sqlstate{(*lease)->sqlstate()};
      const bool lost = (*lease)->broken() && may_repeat;
      const bool again = left > 1 && (lost || is_transient(sqlstate));
      if (!again || std::chrono::steady_clock::now() >= deadline) {
        return explain(sqlstate, rows.error());
      }
    }
  }

  Pool pool;
};

LuciaTables::LuciaTables(ForkOwned<Impl> impl) : impl_(std::move(impl)) {}
LuciaTables::~LuciaTables() = default;

Result<std::unique_ptr<LuciaTables>> LuciaTables::open(const LuciaOptions& options) {
  Result<Target> target = parse_target(options.url);
  if (!target) return target.error();
  std::unique_ptr<LuciaTables> tables(
      new LuciaTables(make_fork_owned<Impl>(options, *std::move(target))));
  // Looked for now, a table that is missing is a mistake of the configuration. The first connection
  // takes longer than a read may.
  Params none;
  const auto looked = tables->impl_->write(
      "SELECT s.id, s.user_id, s.expires_at, u.id FROM " + tables->impl_->sessions + " s JOIN " +
          tables->impl_->users + " u ON u.id = s.user_id LIMIT 0",
      none);
  if (!looked) return looked.error();
  return tables;
}

Result<LuciaRows> LuciaTables::find(std::string_view id) {
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id)));
  auto rows =
      impl_->read("SELECT s.*, NULL AS " + quoted(kDivider) + ", u.* FROM " + impl_->sessions +
                      " s LEFT JOIN " + impl_->users + " u ON u.id = s.user_id WHERE s.id = $1",
                  params);
  if (!rows) return rows.error();
  LuciaRows found{*std::move(rows), 0};
  while (found.rows.name(found.session_columns) != kDivider) ++found.session_columns;
  return found;
}

Result<LuciaRows> LuciaTables::list(std::string_view user) {
  Params params;
  params.add_untyped(user);
  auto rows = impl_->read("SELECT s.* FROM " + impl_->sessions + " s WHERE s.user_id = $1", params);
  if (!rows) return rows.error();
  const int columns = rows->columns();
  return LuciaRows{*std::move(rows), columns};
}

Result<std::optional<LuciaSession>> LuciaTables::find_session(std::string_view id) {
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id)));
  auto rows = impl_->read(
      "SELECT s.user_id::text, CASE WHEN isfinite(s.expires_at) THEN "
      "floor(extract(epoch FROM s.expires_at) * 1000)::int8 END, "
      "(to_jsonb(s) - 'id' - 'user_id' - 'expires_at')::text, s.expires_at > 'epoch' FROM " +
          impl_->sessions + " s JOIN " + impl_->users + " u ON u.id = s.user_id WHERE s.id = $1",
      params);
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::optional<LuciaSession>();
  LuciaSession session;
  const auto user = UserId::parse(rows->text(0, 0));
  if (!user) return std::optional<LuciaSession>();
  session.user_id = *user;
  std::int64_t millis = 0;
  const std::string_view end = rows->text(0, 1);
  std::from_chars(end.data(), end.data() + end.size(), millis);
  const bool endless = rows->is_null(0, 1) && rows->text(0, 3) == "t";
  session.expires_at =
      endless || millis > to_unix_millis(kNever) ? kNever : from_unix_millis(millis);
  session.attributes = rows->text(0, 2);
  return std::optional<LuciaSession>(std::move(session));
}

Result<void> LuciaTables::insert(std::string_view id, const LuciaText& user,
                                 std::string_view expires_at, const LuciaColumns& attributes) {
  std::string columns = "id, user_id, expires_at";
  std::string places = "$1, $2, $3";
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id))).add_untyped(user).add_untyped(expires_at);
  for (const auto& [name, value] : attributes) {
    params.add_untyped(value);
    columns.append(", ").append(quoted(name));
    places.append(", $").append(std::to_string(params.count()));
  }
  auto done = impl_->write(
      "INSERT INTO " + impl_->sessions + " (" + columns + ") VALUES (" + places + ")", params);
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::extend(std::string_view id, std::string_view expires_at) {
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id))).add_untyped(expires_at);
  auto done =
      impl_->write("UPDATE " + impl_->sessions + " SET expires_at = $2 WHERE id = $1", params);
  if (!done) return done.error();
  return {};
}

Result<bool> LuciaTables::update(std::string_view id, const LuciaColumns& attributes) {
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id)));
  std::string changes = "id = id";
  for (const auto& [name, value] : attributes) {
    params.add_untyped(value);
    changes.append(", ").append(quoted(name)).append(" = $").append(std::to_string(params.count()));
  }
  auto done =
      impl_->write("UPDATE " + impl_->sessions + " SET " + changes + " WHERE id = $1", params);
  if (!done) return done.error();
  return *done > 0;
}

Result<bool> LuciaTables::remove(std::string_view id) {
  Params params;
  params.add_untyped(std::string_view(impl_->stored(id)))
      .add_untyped(std::string_view(removable_lucia_id(id, impl_->options.hashed_ids)));
  auto done = impl_->write("DELETE FROM " + impl_->sessions + " WHERE id IN ($1, $2)", params);
  if (!done) return done.error();
  return *done > 0;
}

Result<void> LuciaTables::remove_user(std::string_view user, std::string_view except) {
  Params params;
  params.add_untyped(user).add_untyped(
      std::string_view(except.empty() ? std::string() : impl_->stored(except)));
  auto done =
      impl_->write("DELETE FROM " + impl_->sessions + " WHERE user_id = $1 AND id <> $2", params);
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::remove_expired(std::string_view now) {
  Params params;
  params.add_untyped(now);
  auto done = impl_->write("DELETE FROM " + impl_->sessions + " WHERE expires_at <= $1", params);
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::add_indexes() {
  const std::string table = parts_of(impl_->options.session_table).back();
  for (const std::string column : {"user_id", "expires_at"}) {
    Params none;
    auto done = impl_->write("CREATE INDEX IF NOT EXISTS " + quoted(table + "_by_" + column) +
                                 " ON " + impl_->sessions + " (" + column + ")",
                             none);
    if (!done) return done.error();
  }
  return {};
}

}  // namespace latchkey::postgres
