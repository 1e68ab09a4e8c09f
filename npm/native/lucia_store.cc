#include <array>
#include <memory>

#include "addon.h"
#include "codec/token/opaque_token.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"
#include "promise.h"
#include "session_values.h"
#include "stores.h"

// Sessions of latchkey/lucia in a store of ours, where no tables of Lucia's are. Lucia's id is the
// token: the store holds its hash, and its public name is `lko_...` (docs/formats/token.md).
namespace latchkey::node {
namespace {

// id_of names the session of a token, or of a public name that a list showed.
std::optional<SessionId> id_of(std::string_view text) {
  if (text.starts_with("lko_")) {
    if (auto id = SessionId::parse(text)) return id;
  }
  return codec::opaque_session_id(text);
}

SecretHash hash_of(std::string_view token) {
  return SecretHash{crypto::sha256(crypto::as_bytes(token))};
}

// Kept is a store with the name of one session in it.
struct Kept {
  std::shared_ptr<Store> store;
  SessionId id;
};

Error gone() { return Error{Errc::not_found, "there is no such session"}; }

Result<Found> look_up(Store& store, const SecretBytes& token, const FindOptions& options) {
  const auto id = codec::opaque_session_id(token.insecure_view());
  if (!id) return Found{};
  Found found;
  const Result<void> done = store.sessions().find_one(*id, options, found);
  if (!done) return done.error();
  // The name is a part of the hash; all of it has to be right.
  const SecretHash hash = hash_of(token.insecure_view());
  if (found.record && !equal_ct(found.record->secret_hash.bytes, hash.bytes)) return Found{};
  return found;
}

// [user, expires_at, attributes, version, user's name | null, user's attributes] or null.
napi_value make_found(napi_env env, const Found& found) {
  if (!found.record) return make_null(env);
  const SessionRecord& record = *found.record;
  const bool known = found.user && !found.user->disabled;
  const napi_value values[] = {
      record.user_id.empty() ? nullptr : make_text(env, record.user_id.text()),
      make_number(env, static_cast<double>(to_unix_millis(record.idle_expires_at))),
      make_text(env, record.attributes),
      make_number(env, static_cast<double>(record.version)),
      known ? make_text(env, found.user->username) : nullptr,
      known ? make_text(env, found.user->attributes) : nullptr};
  return make_list(env, values);
}

// run gives the store to `job` off the event loop.
template <class Job, class Convert>
napi_value run(const Call& call, Job job, Convert convert, Lane* lane = nullptr) {
  using Outcome = decltype(job(std::declval<const std::shared_ptr<Store>&>()));
  Result<StoreUrl> url = read_store(Text(call.env(), call[0]).view());
  if (!url) return throw_error(call.env(), url.error());
  if (call.refused()) return nullptr;
  Lane& chosen = lane != nullptr ? *lane : lane_of(*url);
  return promise(
      call.env(), chosen,
      [url = *std::move(url), job = std::move(job)]() -> Outcome {
        const Result<std::shared_ptr<Store>> store = keep_store(url);
        if (!store) return store.error();
        return job(*store);
      },
      convert);
}

// lucia_store_find(url, token, with_user, fresh) answers at once from a copy, or with a promise.
napi_value find(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Result<StoreUrl> url = read_store(Text(env, call[0]).view());
  if (!url) return throw_error(env, url.error());
  auto token = std::make_shared<SecretBytes>(Text(env, call[1]).view());
  const FindOptions options{.with_user = call.flag(2), .fresh = call.flag(3)};
  if (const std::shared_ptr<Store> store = kept_store(*url)) {
    FindOptions at_once = options;
    at_once.wait = Wait::never;
    const Result<Found> found = look_up(*store, *token, at_once);
    if (found || found.error().code != Errc::would_wait) {
      return found ? make_found(env, *found) : throw_error(env, found.error());
    }
  }
  return run(
      call,
      [token, options](const std::shared_ptr<Store>& store) {
        return look_up(*store, *token, options);
      },
      make_found);
}

// with_session runs `job` off the event loop with the store and the session's name.
template <class Job, class Convert>
napi_value with_session(const Call& call, Job job, Convert convert) {
  const auto id = id_of(Text(call.env(), call[1]).view());
  return run(
      call,
      [id, job = std::move(job)](
          const std::shared_ptr<Store>& store) -> decltype(job(std::declval<Kept>())) {
        if (!id) return gone();
        return job(Kept{store, *id});
      },
      convert);
}

// lucia_store_insert(url, token, user | null, expires_at, attributes, now)
napi_value insert(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text token(env, call[1]);
  if (!codec::opaque_session_id(token.view())) {
    return throw_misuse(env, "a session's id is 1 to 255 characters of A-Z a-z 0-9 _ -");
  }
  const auto user = call.has(2) ? UserId::parse(call.text(2)) : UserId{};
  if (!user) return throw_misuse(env, kUserIdRule);
  SessionRecord record;
  record.secret_hash = hash_of(token.view());
  record.user_id = *user;
  record.created_at = record.last_seen_at = record.authenticated_at = call.time(5);
  record.idle_expires_at = call.time(3, "expiresAt");
  record.absolute_expires_at = kNever;
  record.level = user->empty() ? 0 : 1;
  record.attributes = call.text(4);
  if (record.attributes.size() > kMaxAttributesBytes) {
    return throw_error(env,
                       Error{Errc::too_large, "a session's attributes take at most 8192 bytes"});
  }
  return with_session(
      call,
      [record](const Kept& kept) -> Result<void> {
        SessionRecord named = record;
        named.id = kept.id;
        const auto outcome = kept.store->sessions().insert(named, {.now = named.created_at});
        if (!outcome) return outcome.error();
        if (outcome->status == InsertStatus::inserted) return {};
        return Error{Errc::invalid_argument, "a session with this id exists"};
      },
      make_null);
}

// lucia_store_extend(url, token, expires_at, now) changes nothing when the session has gone.
napi_value extend(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const UnixTime end = call.time(2, "expiresAt");
  const UnixTime now = call.time(3);
  return with_session(
      call,
      [end, now](const Kept& kept) {
        return kept.store->sessions().touch(std::array{Touch{kept.id, now, end}});
      },
      [](napi_env js, std::size_t) { return make_null(js); });
}

// lucia_store_replace(url, token, attributes, version, now) resolves to "replaced", "conflict" or
// "gone".
napi_value replace(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto attributes = call.text(2);
  if (attributes.size() > kMaxAttributesBytes) {
    return throw_error(env,
                       Error{Errc::too_large, "a session's attributes take at most 8192 bytes"});
  }
  constexpr std::int64_t kMostVersion = 9'007'199'254'740'991;
  const std::int64_t version = call.whole(3, "version", 0, kMostVersion);
  const UnixTime now = call.time(4);
  return with_session(
      call,
      [attributes = std::move(attributes), version,
       now](const Kept& kept) -> Result<ReplaceStatus> {
        Found found;
        const auto read = kept.store->sessions().find_one(kept.id, {.fresh = true}, found);
        if (!read) return read.error();
        if (!found.record) return ReplaceStatus::gone;
        found.record->attributes = attributes;
        return kept.store->sessions().replace(*found.record, version, now);
      },
      [](napi_env js, ReplaceStatus status) {
        return make_text(js, status == ReplaceStatus::replaced   ? "replaced"
                             : status == ReplaceStatus::conflict ? "conflict"
                                                                 : "gone");
      });
}

// lucia_store_remove(url, token, now)
napi_value remove(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const UnixTime now = call.time(2);
  return with_session(
      call,
      [now](const Kept& kept) {
        return kept.store->sessions().remove(std::array{kept.id}, EndReason::logout, now);
      },
      [](napi_env js, std::size_t) { return make_null(js); });
}

// lucia_store_remove_user(url, user, except | null, now)
napi_value remove_user(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto user = UserId::parse(call.text(1));
  if (!user) return throw_misuse(env, kUserIdRule);
  const auto except = call.has(2) ? id_of(Text(env, call[2]).view()) : std::nullopt;
  const UnixTime now = call.time(3);
  return run(
      call,
      [user = *user, except, now](const std::shared_ptr<Store>& store) -> Result<void> {
        const auto removed = store->sessions().remove_user(
            user, {.now = now, .except = except, .bump_epoch = !except});
        if (!removed) return removed.error();
        return {};
      },
      make_null);
}

Result<std::vector<SessionRecord>> list_all(Store& store, const UserId& user, UnixTime now) {
  std::vector<SessionRecord> records;
  PageRequest page{.now = now, .limit = 1000};
  do {
    auto read = store.sessions().list_user(user, page);
    if (!read) return read.error();
    std::move(read->records.begin(), read->records.end(), std::back_inserter(records));
    page.after = read->next;
  } while (!page.after.empty());
  return records;
}

// lucia_store_list(url, user, now) resolves to [public name, expires_at, attributes] of each.
napi_value list(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto user = UserId::parse(call.text(1));
  if (!user) return throw_misuse(env, kUserIdRule);
  const UnixTime now = call.time(2);
  return run(
      call,
      [user = *user, now](const std::shared_ptr<Store>& store) {
        return list_all(*store, user, now);
      },
      [](napi_env js, const std::vector<SessionRecord>& records) {
        std::vector<napi_value> rows;
        for (const SessionRecord& record : records) {
          const napi_value values[] = {
              make_text(js, record.id.text()),
              make_number(js, static_cast<double>(to_unix_millis(record.idle_expires_at))),
              make_text(js, record.attributes)};
          rows.push_back(make_list(js, values));
        }
        return make_list(js, rows);
      });
}

// lucia_store_prune(url, now)
napi_value prune(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const UnixTime now = call.time(1);
  return run(
      call,
      [now](const std::shared_ptr<Store>& store) -> Result<void> {
        constexpr std::size_t kBatch = 500;
        for (std::size_t rows = kBatch; rows == kBatch;) {
          const auto pruned = store->sessions().prune(now, kBatch);
          if (!pruned) return pruned.error();
          rows = *pruned;
        }
        return {};
      },
      make_null, &upkeep_lane());
}

}  // namespace

void define_lucia_store(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {
      {"lucia_store_find", find},     {"lucia_store_insert", insert},
      {"lucia_store_extend", extend}, {"lucia_store_replace", replace},
      {"lucia_store_remove", remove}, {"lucia_store_remove_user", remove_user},
      {"lucia_store_list", list},     {"lucia_store_prune", prune}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
