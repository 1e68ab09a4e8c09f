#include <memory>

#include "addon.h"
#include "batched_calls.h"
#include "latchkey/secret.h"
#include "list_call.h"
#include "promise.h"
#include "registry.h"
#include "session_values.h"
#include "stores.h"

// Calls about sessions. Reads answer at once from an embedded store; what waits for a disk, a
// network or a password hash is a promise. Every call is given the time.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

constexpr std::int64_t kMostRetention = std::int64_t{3650} * 86'400'000;

Result<DeviceBindingOptions> read_device_binding(Options& given) {
  DeviceBindingOptions options;
  if (const auto mode = given.text("deviceBinding")) {
    if (*mode == "prefer") {
      options.mode = DeviceBinding::prefer;
    } else if (*mode == "require") {
      options.mode = DeviceBinding::require;
    } else if (*mode != "off") {
      return Error{Errc::bad_config, "deviceBinding: one of off, prefer, require"};
    }
  }
  if (const auto life = given.whole("boundCookieLife", 0, to_unix_millis(kNever))) {
    options.cookie_life = Millis{*life};
  }
  if (auto path = given.text("deviceRoutes")) {
    options.register_path = *path + "/register";
    options.refresh_path = *std::move(path) + "/refresh";
  }
  return options;
}

// open_sessions(key, store, options) returns a handle; equal keys share what is open.
napi_value open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  OpenRequest request;
  request.key = call.text(0);
  Result<StoreUrl> store = read_store(Text(env, call[1]).view());
  if (!store) return throw_error(env, store.error());
  request.store = *std::move(store);
  Options given(env, call[2], Errc::bad_config);
  request.public_url = given.text("publicUrl").value_or("");
  if (const auto kept = given.whole("eventRetention", 0, kMostRetention)) {
    request.event_retention = Millis{*kept};
  }
  Result<DeviceBindingOptions> binding = read_device_binding(given);
  if (!binding) return throw_error(env, binding.error());
  request.device_binding = *std::move(binding);
  Result<SessionsOptions> options = read_sessions_options(std::move(given));
  if (!options) return throw_error(env, options.error());
  request.sessions = *std::move(options);
  Result<Handle> opened = open_sessions(std::move(request));
  if (!opened) return throw_error(env, opened.error());
  return make_handle(env, *std::move(opened));
}

// close_sessions(key) resolves when nothing of it is open any more, unless a handle is in use.
napi_value close(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return promise(
      env, upkeep_lane(),
      [key = call.text(0)]() -> Result<void> {
        close_sessions(key);
        return {};
      },
      [](napi_env js) { return make_null(js); });
}

ValidateOptions read_validate(const Call& call, std::size_t i) {
  const auto bits = static_cast<unsigned>(call.whole(i, "options", 0, 15));
  return {.touch = (bits & 1U) != 0,
          .with_user = (bits & 2U) != 0,
          .fresh = (bits & 4U) != 0,
          .snapshot_ok = (bits & 8U) != 0};
}

Result<Validation> ask(OpenSessions& open, std::string_view token, const ValidateOptions& options) {
  const Result<Sessions*> sessions = open.sessions(options.wait);
  if (!sessions) return sessions.error();
  return (*sessions)->validate(token, options);
}

// validate(sessions, token, now, bits) answers at once, from an embedded store.
napi_value validate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  if ((*handle)->remote()) {
    const char* why = "this store is behind a network: use validateAsync";
    return throw_error(env, Error{Errc::unsupported, why});
  }
  const UnixTime now = call.time(2);
  const ValidateOptions options = read_validate(call, 3);
  if (call.refused()) return nullptr;
  const CallClock::At at(now);
  const Text token(env, call[1]);  // what is no text opens nothing
  const Result<Validation> validation = ask(**handle, token.view(), options);
  return validation ? make_validation(env, *validation) : throw_error(env, validation.error());
}

// validate_async(sessions, token, now, bits) answers at once where nothing has to be waited for, as
// with a copy in the near cache, and otherwise with a promise.
napi_value validate_async(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const UnixTime now = call.time(2);
  const ValidateOptions options = read_validate(call, 3);
  if (call.refused()) return nullptr;
  const Text token(env, call[1]);
  const bool asks_store = (*handle)->gathers() && options.fresh;
  if (!asks_store) {
    const CallClock::At at(now);
    ValidateOptions at_once = options;
    at_once.wait = Wait::never;
    const Result<Validation> found = ask(**handle, token.view(), at_once);
    if (found || found.error().code != Errc::would_wait) {
      return found ? make_validation(env, *found) : throw_error(env, found.error());
    }
  }
  if ((*handle)->gathers()) return check_later(env, *handle, token.view(), options, now);
  return promise(
      env, (*handle)->lane(),
      [open = *handle, text = SecretBytes(token.view()), now, options] {
        const CallClock::At at(now);
        return ask(*open, text.insecure_view(), options);
      },
      [](napi_env js, const Validation& found) { return make_validation(js, found); });
}

// create(sessions, user | null, options, now) makes a session, without a user a guest's.
napi_value create(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  std::optional<UserId> user = call.has(1) ? UserId::parse(call.text(1)) : UserId{};
  if (!user) return throw_misuse(env, kUserIdRule);
  auto given = read_create(Options(env, call[2], Errc::invalid_argument));
  if (!given) return throw_error(env, given.error());
  const UnixTime now = call.time(3);
  if (call.refused()) return nullptr;
  if ((*handle)->gathers()) {
    return create_later(env, *handle, *std::move(user), *std::move(given), now);
  }
  return promise(
      env, (*handle)->lane(),
      [open = *handle, user = *std::move(user), given = *std::move(given), now] {
        const CallClock::At at(now);
        return with_sessions(*open, [&](Sessions& sessions) {
          return user.empty() ? sessions.create_guest(given) : sessions.create(user, given);
        });
      },
      [](napi_env js, const NewSession& made) { return make_new_session(js, made); });
}

// list(sessions, user, after, limit, now) returns [records, next].
napi_value list(napi_env env, napi_callback_info info) {
  return list_later(
      env, read_list(Call(env, info), 0, 1'000'000),
      [](const ListCall& call) {
        return with_sessions(*call.open, [&](Sessions& sessions) {
          return sessions.list(call.user, call.after, call.limit);
        });
      },
      [](napi_env js, const SessionPage& page) {
        return make_page(js, page.records, page.next, make_record);
      });
}

// hygiene(sessions, "prune" | "flush", now) returns how many rows went.
napi_value hygiene(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const UnixTime now = call.time(2);
  if (call.refused()) return nullptr;
  return promise(
      env, upkeep_lane(),
      [open = *handle, prune = call.text(1) == "prune", now] {
        const CallClock::At at(now);
        return with_sessions(*open, [&](Sessions& sessions) -> Result<std::size_t> {
          if (prune) return sessions.prune();
          if (Result<void> flushed = sessions.flush(); !flushed) return flushed.error();
          return std::size_t{0};
        });
      },
      [](napi_env js, std::size_t rows) { return make_number(js, static_cast<double>(rows)); });
}

// needs_postgres(store) tells whether libpq has to be loaded before it is opened.
napi_value needs_postgres(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Result<StoreUrl> store = read_store(Text(env, call[0]).view());
  if (!store) return throw_error(env, store.error());
  return make_flag(env, store->scheme.starts_with("postgres"));
}

}  // namespace

void define_sessions(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"open_sessions", open}, {"close_sessions", close},
                                     {"validate", validate},  {"validate_async", validate_async},
                                     {"create", create},      {"list", list},
                                     {"hygiene", hygiene},    {"needs_postgres", needs_postgres}};
  define(env, exports, kFunctions);
  define_session_changes(env, exports);
  define_session_cookies(env, exports);
  environment_started();
  napi_add_env_cleanup_hook(
      env, [](void*) { environment_ended(); }, nullptr);
}

}  // namespace latchkey::node
