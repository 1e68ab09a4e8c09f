#include <cmath>
#include <memory>

#include "addon.h"
#include "codec/fe26.h"
#include "latchkey/secret.h"

// Fe26.2 for latchkey/iron-session: one password at a time, because the map of passwords is an
// object of JavaScript (npm/src/iron-session).
namespace latchkey::node {
namespace {

using codec::Fe26Options;
using codec::Fe26Password;
using codec::Fe26Ring;

std::int64_t millis(double value) noexcept {
  constexpr double kFar = 9e15;
  return std::isfinite(value) && std::fabs(value) < kFar ? std::llround(std::floor(value)) : 0;
}

// make_seal_password(id, password) makes a password ready; its handle is used for seal and unseal.
napi_value make_seal_password(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text id(env, call[0]);
  const Text password(env, call[1]);
  if (!id.is_text() || !password.is_text()) return throw_misuse(env, "a password is text");
  auto ring = std::make_unique<Fe26Ring>();
  ring->any_id = true;
  ring->passwords.emplace_back(SealPassword{id.text(), SealSecret::text(password.view())});
  napi_value handle = nullptr;
  const napi_status status = napi_create_external(
      env, ring.get(), [](napi_env, void* data, void*) { delete static_cast<Fe26Ring*>(data); },
      nullptr, &handle);
  if (status == napi_ok) ring.release();
  return handle;
}

// seal(password, json, ttl_ms, now) returns a seal; with a ttl of 0 it never expires.
napi_value seal(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* ring = call.external<Fe26Ring>(0);
  const Text json(env, call[1]);
  if (ring == nullptr || !json.is_text()) return throw_misuse(env, "seal: what is that?");
  Fe26Options options;
  options.ttl_ms = millis(call.number(2));
  const Result<std::string> sealed = codec::fe26_seal(json.view(), ring->passwords.front(), options,
                                                      millis(call.number(3)), system_entropy());
  return sealed ? make_text(env, *sealed) : throw_error(env, sealed.error());
}

// unseal(password or null, seal, now) returns JSON as text, or the number of a SealReason. Without
// a password, what is wrong with the seal itself comes first.
napi_value unseal(napi_env env, napi_callback_info info) {
  static const Fe26Ring kNoPassword;
  const Call call(env, info);
  const Fe26Ring* ring = call.has(0) ? call.external<Fe26Ring>(0) : &kNoPassword;
  const Text text(env, call[1]);
  if (ring == nullptr || !text.is_text()) return throw_misuse(env, "unseal: what is that?");
  codec::Fe26Result result =
      codec::fe26_unseal(text.view(), *ring, Fe26Options{}, millis(call.number(2)));
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
