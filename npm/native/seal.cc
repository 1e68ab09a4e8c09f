#include <memory>

#include "addon.h"
#include "codec/seal/fe26.h"
#include "latchkey/secret.h"

// Fe26.2 for latchkey/iron-session: one password at a time, because the map of passwords is an
// object of JavaScript (npm/src/iron-session).
namespace latchkey::node {
namespace {

using codec::Fe26Options;
using codec::Fe26Password;
using codec::Fe26Ring;

// As a ready password is held by JavaScript.
using Handle = std::unique_ptr<Fe26Ring>;

// A life of a seal is at most this long: later than any Date.
constexpr std::int64_t kLongest = 9'000'000'000'000'000;

// make_seal_password(id, password) makes a password ready; its handle is used for seal and unseal.
napi_value make_seal_password(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text id(env, call[0]);
  const Text password(env, call[1]);
  if (!id.is_text() || !password.is_text()) return throw_misuse(env, "a password is text");
  auto ring = std::make_unique<Fe26Ring>();
  ring->any_id = true;
  ring->passwords.emplace_back(SealPassword{id.text(), SealSecret::text(password.view())});
  return make_handle(env, std::move(ring));
}

// seal(password, json, ttl_ms, now) returns a seal; with a ttl of 0 it never expires.
napi_value seal(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* ring = call.handle<Handle>(0);
  const Text json(env, call[1]);
  if (ring == nullptr) return throw_no_handle(env, "a ready password");
  if (!json.is_text()) return throw_misuse(env, "seal: JSON text is expected");
  Fe26Options options;
  options.ttl_ms = call.whole(2, "ttl in milliseconds", -kLongest, kLongest);
  const UnixTime now = call.time(3);
  if (call.refused()) return nullptr;
  const Result<std::string> sealed = codec::fe26_seal(
      json.view(), (*ring)->passwords.front(), options, to_unix_millis(now), system_entropy());
  return sealed ? make_text(env, *sealed) : throw_error(env, sealed.error());
}

// unseal(password or null, seal, now) returns JSON as text, or the number of a SealReason. Without
// a password, what is wrong with the seal itself comes first.
napi_value unseal(napi_env env, napi_callback_info info) {
  static const Fe26Ring kNoPassword;
  const Call call(env, info);
  const auto* ring = call.handle<Handle>(0);
  const Text text(env, call[1]);
  if (ring == nullptr && call.has(0)) return throw_no_handle(env, "a ready password");
  if (!text.is_text()) return throw_misuse(env, "unseal: the text of a seal is expected");
  const UnixTime now = call.time(2);
  if (call.refused()) return nullptr;
  codec::Fe26Result result = codec::fe26_unseal(text.view(), ring == nullptr ? kNoPassword : **ring,
                                                Fe26Options{}, to_unix_millis(now));
  if (!result.opened) return make_number(env, static_cast<double>(result.reason));
  std::string& json = result.opened->json;
  const napi_value value = make_text(env, json);
  wipe(json.data(), json.size());
  return value;
}

}  // namespace

void define_seal(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {
      {"make_seal_password", make_seal_password}, {"seal", seal}, {"unseal", unseal}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
