#include "store/postgres/lucia/lucia.h"

#include <map>
#include <mutex>

#include "addon.h"
#include "promise.h"

// Lucia's tables on PostgreSQL. Every call is a promise; values travel as the server's text.
namespace latchkey::node {
namespace {

using postgres::LuciaColumns;
using postgres::LuciaOptions;
using postgres::LuciaRows;
using postgres::LuciaTables;
using postgres::LuciaText;
using postgres::Rows;

// Handle is open tables with the threads on which calls wait for their database.
struct Handle {
  std::shared_ptr<LuciaTables> tables;
  Lane* lane;
};

constexpr const char* kTables = "open tables";

// Entry is one database's tables. `opening` is held while they are opened: who asks meanwhile waits
// for the same outcome.
struct Entry {
  std::mutex opening;
  std::weak_ptr<LuciaTables> tables;
};

struct OpenTables {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Entry>> entries;
};

// Never destroyed: threads of Node may outlive the static objects of a library.
OpenTables& open_tables() {
  static auto* the = new OpenTables;
  return *the;
}

std::shared_ptr<Entry> entry_of(const std::string& key) {
  OpenTables& all = open_tables();
  const std::lock_guard lock(all.mutex);
  std::shared_ptr<Entry>& entry = all.entries[key];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

// A module that is loaded again finds what is open.
Result<Handle> open_shared(const LuciaOptions& options) {
  const std::string key = options.url + '\0' + options.session_table + '\0' + options.user_table +
                          '\0' + (options.hashed_ids ? "hashed" : "plain");
  const std::shared_ptr<Entry> entry = entry_of(key);
  Lane& lane = store_lane(options.url);
  const std::lock_guard lock(entry->opening);
  if (std::shared_ptr<LuciaTables> tables = entry->tables.lock()) return Handle{tables, &lane};
  auto opened = LuciaTables::open(options);
  if (!opened) return opened.error();
  std::shared_ptr<LuciaTables> tables = *std::move(opened);
  entry->tables = tables;
  return Handle{std::move(tables), &lane};
}

// open_lucia(url, session_table, user_table, hashed_ids)
napi_value open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  LuciaOptions options;
  options.url = call.text(0);
  options.session_table = call.text(1);
  options.user_table = call.text(2);
  options.hashed_ids = call.flag(3);
  return promise(
      env, store_lane(options.url), [options] { return open_shared(options); },
      [](napi_env js, const Handle& tables) { return make_handle(js, tables); });
}

// close_lucia(tables): the connections close when nobody uses them.
napi_value close(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, kTables);
  handle->tables.reset();
  return make_null(env);
}

// make_rows makes [session_columns, names, types, ...rows], each row a list of texts and nulls.
napi_value make_rows(napi_env env, const LuciaRows& found) {
  const Rows& rows = found.rows;
  std::vector<napi_value> names, types;
  for (int i = 0; i < rows.columns(); ++i) {
    names.push_back(make_text(env, rows.name(i)));
    types.push_back(make_number(env, rows.type(i)));
  }
  std::vector<napi_value> list{make_number(env, found.session_columns), make_list(env, names),
                               make_list(env, types)};
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<napi_value> values;
    for (int i = 0; i < rows.columns(); ++i) {
      values.push_back(rows.is_null(row, i) ? nullptr : make_text(env, rows.text(row, i)));
    }
    list.push_back(make_list(env, values));
  }
  return make_list(env, list);
}

// run gives the tables to `job` off the event loop.
template <class Job, class Convert>
napi_value run(const Call& call, Job job, Convert convert, Lane* lane = nullptr) {
  auto* handle = call.handle<Handle>(0);
  if (handle == nullptr || !handle->tables) return throw_no_handle(call.env(), kTables);
  return promise(
      call.env(), lane != nullptr ? *lane : *handle->lane,
      [tables = handle->tables, job = std::move(job)] { return job(*tables); }, convert);
}

// lucia_find(tables, id)
napi_value find(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call, [id = call.text(1)](LuciaTables& tables) { return tables.find(id); }, make_rows);
}

// lucia_list(tables, user)
napi_value list(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call, [user = call.text(1)](LuciaTables& tables) { return tables.list(user); }, make_rows);
}

// read_nullable reads text; null is NULL.
LuciaText read_nullable(napi_env env, napi_value value) {
  const Text text(env, value);
  return text.is_text() ? LuciaText(text.text()) : LuciaText();
}

LuciaColumns read_columns(const Call& call, std::size_t names, std::size_t values) {
  LuciaColumns columns;
  std::uint32_t i = 0;
  for (std::string& name : read_texts(call.env(), call[names])) {
    napi_value value = nullptr;
    napi_get_element(call.env(), call[values], i++, &value);
    columns.emplace_back(std::move(name), read_nullable(call.env(), value));
  }
  return columns;
}

// lucia_insert(tables, id, user | null, expires_at, names, values)
napi_value insert(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call,
      [id = call.text(1), user = read_nullable(env, call[2]), end = call.text(3),
       columns = read_columns(call, 4, 5)](LuciaTables& tables) {
        return tables.insert(id, user, end, columns);
      },
      make_null);
}

// lucia_extend(tables, id, expires_at)
napi_value extend(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call,
      [id = call.text(1), end = call.text(2)](LuciaTables& tables) {
        return tables.extend(id, end);
      },
      make_null);
}

// lucia_update(tables, id, names, values) resolves to whether there is such a session.
napi_value update(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call,
      [id = call.text(1), columns = read_columns(call, 2, 3)](LuciaTables& tables) {
        return tables.update(id, columns);
      },
      make_flag);
}

// lucia_remove(tables, id)
napi_value remove(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call, [id = call.text(1)](LuciaTables& tables) { return tables.remove(id); }, make_flag);
}

// lucia_remove_user(tables, user, except)
napi_value remove_user(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call,
      [user = call.text(1), except = call.text(2)](LuciaTables& tables) {
        return tables.remove_user(user, except);
      },
      make_null);
}

// lucia_remove_expired(tables, now)
napi_value remove_expired(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return run(
      call, [now = call.text(1)](LuciaTables& tables) { return tables.remove_expired(now); },
      make_null, &upkeep_lane());
}

// lucia_add_indexes(tables)
napi_value add_indexes(napi_env env, napi_callback_info info) {
  return run(
      Call(env, info), [](LuciaTables& tables) { return tables.add_indexes(); }, make_null,
      &upkeep_lane());
}

}  // namespace

void define_postgres_lucia(napi_env env, napi_value part) {
  constexpr Function kFunctions[] = {{"open_lucia", open},
                                     {"close_lucia", close},
                                     {"lucia_find", find},
                                     {"lucia_list", list},
                                     {"lucia_insert", insert},
                                     {"lucia_extend", extend},
                                     {"lucia_update", update},
                                     {"lucia_remove", remove},
                                     {"lucia_remove_user", remove_user},
                                     {"lucia_remove_expired", remove_expired},
                                     {"lucia_add_indexes", add_indexes}};
  define(env, part, kFunctions);
}

}  // namespace latchkey::node
