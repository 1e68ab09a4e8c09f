#include <array>

#include "addon.h"
#include "latchkey/store.h"
#include "promise.h"
#include "stores.h"

// Ended sessions that no row holds, for latchkey/iron-session with a store.
namespace latchkey::node {
namespace {

constexpr std::size_t kPruneAtOnce = 64;

// deny(store, key, until, now) ends a session; it also deletes a few entries that are over.
napi_value deny(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Result<StoreUrl> url = read_store(Text(env, call[0]).view());
  if (!url) return throw_error(env, url.error());
  const UnixTime until = call.time(2, "the end of the session");
  const UnixTime now = call.time(3);
  if (call.refused()) return nullptr;
  Lane& lane = lane_of(*url);
  return promise(
      env, lane,
      [url = *std::move(url), denial = Denial{call.text(1), until}, now]() -> Result<void> {
        const Result<std::shared_ptr<Store>> store = keep_store(url);
        if (!store) return store.error();
        DenyStore& denials = (*store)->denials();
        const auto added = denials.deny(std::array{denial});
        if (!added) return added.error();
        // The session is over, whether or not the others could be swept.
        static_cast<void>(denials.prune_denials(now, kPruneAtOnce));
        return {};
      },
      make_null);
}

Result<bool> look_up(const StoreUrl& url, const std::string& key) {
  const Result<std::shared_ptr<Store>> store = keep_store(url);
  if (!store) return store.error();
  const Result<Standing> standing = (*store)->denials().standing(key, UserId{});
  if (!standing) return standing.error();
  return standing->denied;
}

// is_denied(store, key) tells whether a session was ended: at once where no network is in between,
// else as a promise.
napi_value is_denied(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Result<StoreUrl> url = read_store(Text(env, call[0]).view());
  if (!url) return throw_error(env, url.error());
  std::string key = call.text(1);
  if (url->remote) {
    Lane& lane = lane_of(*url);
    return promise(
        env, lane, [url = *std::move(url), key = std::move(key)] { return look_up(url, key); },
        [](napi_env js, bool denied) { return make_flag(js, denied); });
  }
  const Result<bool> denied = look_up(*url, key);
  return denied ? make_flag(env, *denied) : throw_error(env, denied.error());
}

}  // namespace

void define_denials(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"deny", deny}, {"is_denied", is_denied}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
