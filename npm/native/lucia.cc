#include <functional>
#include <memory>

#include "addon.h"
#include "lucia_values.h"
#include "promise.h"
#include "registry.h"

// The tables of lucia 3: reads answer at once, writes are promises.
namespace latchkey::node {
namespace {

using sqlite::LuciaColumns;
using sqlite::LuciaShape;
using sqlite::LuciaTables;
using sqlite::LuciaValue;
using Handle = std::shared_ptr<LuciaTables>;

constexpr const char* kTables = "open tables";
constexpr const char* kColumns =
    "attributes: text, finite numbers, whole bigints of 64 bits, bytes or null are expected";
constexpr const char* kUser =
    "userId: text, a finite number, a bigint of 64 bits or bytes are expected";

// open_lucia(path, session_table, user_table, hashed_ids) shares what is open.
napi_value open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Result<Handle> tables = open_lucia({.path = call.text(0),
                                      .session_table = call.text(1),
                                      .user_table = call.text(2),
                                      .hashed_ids = call.flag(3),
                                      .refuse_shared = true});
  if (!tables) return throw_error(env, tables.error());
  return make_handle(env, *std::move(tables));
}

// close_lucia(tables) lets it close with its last handle.
napi_value close(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, kTables);
  close_lucia(*handle);
  handle->reset();
  return make_null(env);
}

// seconds is a time as Lucia's tables hold it.
std::int64_t seconds(const Call& call, std::size_t i, const char* name) {
  constexpr std::int64_t kLastDate = 8'640'000'000'000;
  return call.whole(i, name, -kLastDate, kLastDate);
}

LuciaTables* tables_of(const Call& call) {
  auto* handle = call.handle<Handle>(0);
  return handle == nullptr ? nullptr : handle->get();
}

napi_value make_names(napi_env env, const LuciaShape& shape) {
  return make_texts(env, shape.names);
}

// lucia_find(tables, id, cells) returns null, or the row without the session's id, which the caller
// has: as a text and `cells` (pack_row), or, where they cannot hold it, as a list that begins with
// the generation of the row's shape.
napi_value find(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  LuciaTables* tables = tables_of(call);
  if (tables == nullptr) return throw_no_handle(env, kTables);
  const Text id(env, call[1]);
  const std::span<double> cells = call.doubles(2);
  napi_value found = nullptr;
  const auto take = [&](const LuciaShape& shape, std::span<const sqlite::LuciaView> row) {
    found = pack_row(env, shape, row, cells);
    if (found == nullptr) found = make_row(env, shape, row);
  };
  const Result<void> read = tables->find(id.view(), std::ref(take));  // copied, it is allocated
  if (!read) return throw_error(env, read.error());
  return found == nullptr ? make_null(env) : found;
}

// lucia_shape(tables) returns the generation, how many columns are the session's, and the names.
napi_value shape(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  LuciaTables* tables = tables_of(call);
  if (tables == nullptr) return throw_no_handle(env, kTables);
  const LuciaShape now = tables->shape();
  const napi_value values[] = {make_number(env, now.generation),
                               make_number(env, static_cast<double>(now.session_columns)),
                               make_names(env, now)};
  return make_list(env, values);
}

// lucia_list(tables, user) returns the names of the columns and then each row.
napi_value list(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  LuciaTables* tables = tables_of(call);
  const auto user = read_column(env, call[1]);
  if (tables == nullptr) return throw_no_handle(env, kTables);
  if (!user) return throw_misuse(env, kUser);
  std::vector<napi_value> rows;
  const Result<void> read = tables->list(*user, [&](const LuciaShape& shape, auto row) {
    if (rows.empty()) rows.push_back(make_names(env, shape));
    std::vector<napi_value> values;
    for (const auto& view : row) values.push_back(make_column(env, view));
    rows.push_back(make_list(env, values));
  });
  return read ? make_list(env, rows) : throw_error(env, read.error());
}

// write runs `job` off the event loop and resolves to null.
template <class Job>
napi_value write(const Call& call, Job job, Lane& lane = local_lane()) {
  auto* handle = call.handle<Handle>(0);
  if (handle == nullptr || *handle == nullptr) return throw_no_handle(call.env(), kTables);
  if (call.refused()) return nullptr;
  return promise(
      call.env(), lane, [tables = *handle, job = std::move(job)] { return job(*tables); },
      [](napi_env js) { return make_null(js); });
}

// lucia_insert(tables, id, user, expires_at, names, values)
napi_value insert(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto user = read_column(env, call[2]);
  auto columns = read_columns(env, call[4], call[5]);
  if (!user) return throw_misuse(env, kUser);
  if (!columns) return throw_misuse(env, kColumns);
  const std::int64_t end = seconds(call, 3, "expiresAt");
  return write(call, [id = call.text(1), user = *std::move(user), columns = *std::move(columns),
                      end](LuciaTables& tables) { return tables.insert(id, user, end, columns); });
}

// lucia_extend(tables, id, expires_at)
napi_value extend(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const std::int64_t end = seconds(call, 2, "expiresAt");
  return write(call,
               [id = call.text(1), end](LuciaTables& tables) { return tables.extend(id, end); });
}

// lucia_update(tables, id, names, values) resolves to whether there is such a session.
napi_value update(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto* handle = call.handle<Handle>(0);
  auto columns = read_columns(env, call[2], call[3]);
  if (handle == nullptr || *handle == nullptr) return throw_no_handle(env, kTables);
  if (!columns) return throw_misuse(env, kColumns);
  return promise(
      env, local_lane(),
      [tables = *handle, id = call.text(1), columns = *std::move(columns)] {
        return tables->update(id, columns);
      },
      [](napi_env js, bool done) { return make_flag(js, done); });
}

// lucia_remove(tables, id)
napi_value remove(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return write(call, [id = call.text(1)](LuciaTables& tables) -> Result<void> {
    const Result<bool> removed = tables.remove(id);
    if (!removed) return removed.error();
    return {};
  });
}

// lucia_remove_user(tables, user, except)
napi_value remove_user(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto user = read_column(env, call[1]);
  if (!user) return throw_misuse(env, kUser);
  return write(call, [user = *std::move(user), except = call.text(2)](LuciaTables& tables) {
    return tables.remove_user(user, except);
  });
}

// lucia_remove_expired(tables, now)
napi_value remove_expired(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const std::int64_t now = seconds(call, 1, "Date.now()");
  return write(
      call, [now](LuciaTables& tables) { return tables.remove_expired(now); }, upkeep_lane());
}

// lucia_add_indexes(tables)
napi_value add_indexes(napi_env env, napi_callback_info info) {
  return write(
      Call(env, info), [](LuciaTables& tables) { return tables.add_indexes(); }, upkeep_lane());
}

}  // namespace

void define_lucia(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"open_lucia", open},
                                     {"close_lucia", close},
                                     {"lucia_find", find},
                                     {"lucia_shape", shape},
                                     {"lucia_list", list},
                                     {"lucia_insert", insert},
                                     {"lucia_extend", extend},
                                     {"lucia_update", update},
                                     {"lucia_remove", remove},
                                     {"lucia_remove_user", remove_user},
                                     {"lucia_remove_expired", remove_expired},
                                     {"lucia_add_indexes", add_indexes}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
