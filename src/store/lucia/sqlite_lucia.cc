#include "store/lucia/sqlite_lucia.h"

#include <algorithm>

#include "store/lucia/id.h"
#include "store/sqlite/file/descriptors.h"

namespace latchkey::sqlite {
namespace {

// Divides the session's columns from the user's; no table has a column of this name.
constexpr std::string_view kDivider = "latchkey:divider";

// Reading pages in place saves a call of the system for each that is not cached.
constexpr std::int64_t kMappedBytes = std::int64_t{1} << 30;

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text.append("\"");
}

// A copy of the text is not made: the parameter must live until the statement was reset.
template <class Value>
void bind(sqlite3_stmt* statement, int i, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, i, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, i, *real);
  } else if (const auto* text = std::get_if<3>(&value)) {
    // A null address would make NULL of an empty text.
    sqlite3_bind_text64(statement, i, text->empty() ? "" : text->data(), text->size(),
                        SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* blob = std::get_if<4>(&value)) {
    sqlite3_bind_blob64(statement, i, blob->empty() ? "" : static_cast<const void*>(blob->data()),
                        blob->size(), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(statement, i);
  }
}

LuciaView view_of(sqlite3_stmt* statement, int i) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, i)); };
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, i);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, i);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return std::string_view{text, size()};
    }
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
      return std::span<const std::uint8_t>{blob, size()};
    }
    default:
      return std::monostate{};
  }
}

Error missing_file(const std::string& path) {
  return Error{Errc::store_unavailable,
               "there is no database at " + path + ": Lucia's tables are opened, not made"};
}

}  // namespace

Result<std::unique_ptr<LuciaTables>> LuciaTables::open(const LuciaOptions& options) {
  Result<FileState> state = look_at(options.path);
  if (!state) return state.error();
  if (*state != FileState::present) return missing_file(options.path);
  if (Result<void> own = refuse_inherited(options.path); !own) return own.error();
  if (Result<void> fine = make_writable(options.path); !fine) return fine.error();
  if (options.refuse_shared) {
    if (Result<void> alone = sqlite::refuse_shared(options.path); !alone) return alone.error();
  }
  auto writer = Connection::open(options.path, {.busy_timeout = options.busy_timeout});
  if (!writer) return writer.error();
  // The log is copied as the database's other users expect it.
  if (Result<void> set = (*writer)->exec("PRAGMA wal_autocheckpoint=1000"); !set) {
    return set.error();
  }
  const std::string path = sqlite3_db_filename((*writer)->handle(), "main");
  auto reader = Connection::open(
      path, {.read_only = true, .busy_timeout = options.read_timeout, .mmap_bytes = kMappedBytes});
  if (!reader) return reader.error();
  return std::unique_ptr<LuciaTables>(
      new LuciaTables(options, path, *std::move(reader), *std::move(writer)));
}

LuciaTables::LuciaTables(const LuciaOptions& options, std::string path,
                         std::unique_ptr<Connection> reader, std::unique_ptr<Connection> writer)
    : options_(options),
      guard_(std::move(path), options.refuse_shared),
      reader_(std::move(reader)),
      writer_(std::move(writer)) {
  const std::string sessions = quoted(options_.session_table);
  const std::string divider = ",NULL AS " + quoted(kDivider);
  find_.sql = "SELECT s.*" + divider + ",u.* FROM " + sessions + " s LEFT JOIN " +
              quoted(options_.user_table) + " u ON u.id=s.user_id WHERE s.id=?1";
  find_.one_row = true;
  list_.sql = "SELECT s.*" + divider + " FROM " + sessions + " s WHERE s.user_id=?1";
}

LuciaTables::~LuciaTables() {
  if (forked_.crossed()) {  // the parent's
    static_cast<void>(reader_.release());
    static_cast<void>(writer_.release());
    return;
  }
  MutexLock reading(read_mutex_);
  sqlite3_finalize(find_.statement);
  sqlite3_finalize(list_.statement);
  MutexLock writing(write_mutex_);
  if (!guard_.verify_alone()) writer_->leave_log_on_close();
}

std::string LuciaTables::stored(std::string_view id) const {
  return stored_lucia_id(id, options_.hashed_ids);
}

void LuciaTables::read_shape(Read& read) {
  const int prepared = sqlite3_stmt_status(read.statement, SQLITE_STMTSTATUS_REPREPARE, 0);
  if (prepared == read.prepared) return;
  read.prepared = prepared;
  read.shape.names.clear();
  for (int i = 0; i < sqlite3_column_count(read.statement); ++i) {
    const std::string_view name = sqlite3_column_name(read.statement, i);
    if (name == kDivider) {
      read.shape.session_columns = static_cast<std::size_t>(i);
    } else {
      read.shape.names.emplace_back(name);
    }
  }
  const auto& names = read.shape.names;
  const auto begin = names.begin();
  const auto middle = begin + static_cast<std::ptrdiff_t>(read.shape.session_columns);
  const auto place = [&](auto from, auto to, std::string_view name) {
    return static_cast<std::size_t>(std::find(from, to, name) - begin);
  };
  read.shape.session_id = place(begin, middle, "id");
  read.shape.session_user_id = place(begin, middle, "user_id");
  read.shape.user_id = place(middle, names.end(), "id");
  ++read.shape.generation;
}

template <class Key>
Result<void> LuciaTables::read(Read& read, const Key& key, const LuciaSink& sink) {
  if (Result<void> in_place = guard_.verify_recently(); !in_place) return in_place;
  if (read.statement == nullptr &&
      sqlite3_prepare_v3(reader_->handle(), read.sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                         &read.statement, nullptr) != SQLITE_OK) {
    return reader_->last_error();
  }
  bind(read.statement, 1, key);
  int code = 0;
  while ((code = sqlite3_step(read.statement)) == SQLITE_ROW) {
    read_shape(read);
    row_.clear();
    for (int i = 0; i < sqlite3_column_count(read.statement); ++i) {
      if (static_cast<std::size_t>(i) == read.shape.session_columns) continue;
      row_.push_back(view_of(read.statement, i));
    }
    sink(read.shape, row_);
    if (read.one_row) break;
  }
  Result<void> done;
  if (code != SQLITE_DONE && code != SQLITE_ROW) done = reader_->last_error();
  sqlite3_reset(read.statement);
  return done;
}

Result<void> LuciaTables::find(std::string_view id, const LuciaSink& sink) {
  const std::string hash = options_.hashed_ids ? stored(id) : std::string();
  const LuciaView key = options_.hashed_ids ? std::string_view(hash) : id;
  if (forked_.crossed()) return forked_error();
  MutexLock lock(read_mutex_);
  return read(find_, key, sink);
}

LuciaShape LuciaTables::shape() {
  if (forked_.crossed()) return {};
  MutexLock lock(read_mutex_);
  return find_.shape;
}

Result<void> LuciaTables::list(const LuciaValue& user, const LuciaSink& sink) {
  if (forked_.crossed()) return forked_error();
  MutexLock lock(read_mutex_);
  return read(list_, user, sink);
}

Result<std::int64_t> LuciaTables::write(const std::string& sql,
                                        const std::vector<LuciaValue>& values) {
  if (forked_.crossed()) return forked_error();
  MutexLock lock(write_mutex_);
  if (Result<void> in_place = guard_.verify(); !in_place) return in_place.error();
  if (Result<void> alone = guard_.verify_alone(); !alone) return alone.error();
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(writer_->handle(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return writer_->last_error();
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    bind(statement, static_cast<int>(i) + 1, values[i]);
  }
  const int code = sqlite3_step(statement);
  Result<std::int64_t> changed = writer_->changes();
  if (code != SQLITE_DONE) changed = writer_->last_error();
  sqlite3_finalize(statement);
  if (Result<void> alone = guard_.verify_alone(); !alone) return alone.error();
  return changed;
}

Result<void> LuciaTables::check_names(const LuciaColumns& attributes) {
  if (forked_.crossed()) return forked_error();
  constexpr std::string_view kReserved[] = {"id", "user_id", "expires_at"};
  for (const auto& attribute : attributes) {
    const bool reserved = std::any_of(std::begin(kReserved), std::end(kReserved), [&](auto own) {
      return sqlite3_stricmp(std::string(own).c_str(), attribute.first.c_str()) == 0;
    });
    if (reserved) {
      return Error{Errc::invalid_argument,
                   "a session's attributes cannot name id, user_id or expires_at"};
    }
    MutexLock lock(write_mutex_);
    if (sqlite3_table_column_metadata(writer_->handle(), "main", options_.session_table.c_str(),
                                      attribute.first.c_str(), nullptr, nullptr, nullptr, nullptr,
                                      nullptr) != SQLITE_OK) {
      return Error{Errc::invalid_argument,
                   "an attribute of the session has no column in the table of sessions"};
    }
  }
  return {};
}

Result<void> LuciaTables::insert(std::string_view id, const LuciaValue& user,
                                 std::int64_t expires_at, const LuciaColumns& attributes) {
  if (Result<void> fine = check_names(attributes); !fine) return fine;
  std::string columns = "id,user_id,expires_at";
  std::string places = "?,?,?";
  std::vector<LuciaValue> values{stored(id), user, expires_at};
  for (const auto& [name, value] : attributes) {
    columns.append(",").append(quoted(name));
    places.append(",?");
    values.push_back(value);
  }
  Result<std::int64_t> done = write(
      "INSERT INTO " + quoted(options_.session_table) + "(" + columns + ") VALUES(" + places + ")",
      values);
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::extend(std::string_view id, std::int64_t expires_at) {
  Result<std::int64_t> done =
      write("UPDATE " + quoted(options_.session_table) + " SET expires_at=?2 WHERE id=?1",
            {stored(id), expires_at});
  if (!done) return done.error();
  return {};
}

Result<bool> LuciaTables::update(std::string_view id, const LuciaColumns& attributes) {
  if (Result<void> fine = check_names(attributes); !fine) return fine.error();
  std::string changes = "id=id";
  std::vector<LuciaValue> values{stored(id)};
  for (const auto& [name, value] : attributes) {
    values.push_back(value);
    changes.append(",").append(quoted(name)).append("=?").append(std::to_string(values.size()));
  }
  Result<std::int64_t> done = write(
      "UPDATE " + quoted(options_.session_table) + " SET " + changes + " WHERE id=?1", values);
  if (!done) return done.error();
  return *done > 0;
}

Result<bool> LuciaTables::remove(std::string_view id) {
  Result<std::int64_t> done =
      write("DELETE FROM " + quoted(options_.session_table) + " WHERE id IN(?1,?2)",
            {stored(id), removable_lucia_id(id, options_.hashed_ids)});
  if (!done) return done.error();
  return *done > 0;
}

Result<void> LuciaTables::remove_user(const LuciaValue& user, std::string_view except) {
  Result<std::int64_t> done =
      write("DELETE FROM " + quoted(options_.session_table) + " WHERE user_id=?1 AND id<>?2",
            {user, except.empty() ? std::string() : stored(except)});
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::remove_expired(std::int64_t now) {
  Result<std::int64_t> done =
      write("DELETE FROM " + quoted(options_.session_table) + " WHERE expires_at<=?1", {now});
  if (!done) return done.error();
  return {};
}

Result<void> LuciaTables::add_indexes() {
  for (const std::string column : {"user_id", "expires_at"}) {
    Result<std::int64_t> done =
        write("CREATE INDEX IF NOT EXISTS " + quoted(options_.session_table + "_by_" + column) +
                  " ON " + quoted(options_.session_table) + "(" + column + ")",
              {});
    if (!done) return done.error();
  }
  return {};
}

}  // namespace latchkey::sqlite
