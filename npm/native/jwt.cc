#include <algorithm>
#include <memory>
#include <optional>

#include "addon.h"
#include "base/base64url_into.h"
#include "codec/jose/jwe.h"
#include "codec/jose/jws.h"
#include "codec/text/decode.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"
#include "latchkey/secret.h"

// What latchkey/jose needs of the core: MACs and ciphers. Headers and claims are objects of
// JavaScript, and are judged there (npm/src/jose).
namespace latchkey::node {
namespace {

// Why a JWS did not open, as npm/src/jose.ts reads it.
enum class Refusal : std::uint8_t { bad_mac = 1, bad_base64url = 2, bad_utf8 = 3 };

napi_value refuse(napi_env env, Refusal refusal) {
  return make_number(env, static_cast<double>(refusal));
}

std::optional<crypto::Hash> hash_of(const Call& call, std::size_t i) noexcept {
  const auto bits = read_whole(call.env(), call[i], 0, 512);
  if (bits == 256) return crypto::Hash::sha256;
  if (bits == 384) return crypto::Hash::sha384;
  if (bits == 512) return crypto::Hash::sha512;
  return std::nullopt;
}

// LastKey keeps the key that was used last on this thread ready: a program has one, most of the
// time.
class LastKey {
 public:
  const crypto::HmacKey& prepare(crypto::Hash hash, crypto::Bytes key) {
    if (!prepared_ || prepared_->hash() != hash || !equal_ct(bytes_.bytes(), key)) {
      prepared_.emplace(hash, key);
      bytes_ = SecretBytes{key};
    }
    return *prepared_;
  }

 private:
  SecretBytes bytes_;
  std::optional<crypto::HmacKey> prepared_;
};
thread_local LastKey t_last_key;

// jws_open(token, key, bits) returns the payload of an authentic compact JWS as text, or a number.
napi_value jws_open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text text(env, call[0]);
  const auto hash = hash_of(call, 2);
  const crypto::Bytes key = call.bytes(1);
  if (!hash || key.empty() || !text.is_text())
    return throw_misuse(env, "jws_open: a text, a key or an algorithm is not what is expected");
  const std::string_view token = text.view();
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return refuse(env, Refusal::bad_mac);
  if (!codec::check_jws_mac(token.substr(0, last), token.substr(last + 1),
                            t_last_key.prepare(*hash, key))) {
    return refuse(env, Refusal::bad_mac);
  }
  const std::string_view encoded = token.substr(first + 1, last - first - 1);
  std::string payload(encoded.size() / 4 * 3 + 2, '\0');
  const Base64urlDecoded decoded =
      base64url_decode_into(encoded, reinterpret_cast<std::uint8_t*>(payload.data()));
  if (decoded.form != Base64urlForm::canonical) return refuse(env, Refusal::bad_base64url);
  const auto json = codec::decode_utf8({payload.data(), decoded.size});
  return json ? make_text(env, *json) : refuse(env, Refusal::bad_utf8);
}

// jws_sign(header, payload, key, bits) makes a compact JWS of two texts.
napi_value jws_sign(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text header(env, call[0]);
  const Text payload(env, call[1]);
  const auto hash = hash_of(call, 3);
  const crypto::Bytes key = call.bytes(2);
  if (!hash || key.empty() || !header.is_text() || !payload.is_text()) {
    return throw_misuse(env, "jws_sign: a text, a key or an algorithm is not what is expected");
  }
  const crypto::Bytes head = crypto::as_bytes(header.view());
  const crypto::Bytes body = crypto::as_bytes(payload.view());
  const std::size_t size = base64url_size(head.size()) + 1 + base64url_size(body.size());
  std::string token;
  token.reserve(size + 1 + base64url_size(crypto::kMaxDigestBytes));
  token.resize(size, '.');
  base64url_encode_into(body, base64url_encode_into(head, token.data()) + 1);
  codec::append_jws_mac(token, t_last_key.prepare(*hash, key));
  return make_text(env, token);
}

// jwe_open(encoded_header, key, enc, iv, ciphertext, tag) returns the plaintext, or null.
napi_value jwe_open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text header(env, call[0]);
  const auto* encryption = codec::find_jwe_encryption(Text(env, call[2]).view());
  const crypto::Bytes key = call.bytes(1);
  const codec::JweParts parts{call.bytes(3), call.bytes(4), call.bytes(5), header.view()};
  if (encryption == nullptr || key.size() != encryption->key_bytes ||
      parts.iv.size() != encryption->iv_bytes) {
    return throw_misuse(env, "jwe_open: a text, a key or an algorithm is not what is expected");
  }
  if (!encryption->hash && parts.tag.size() != encryption->tag_bytes) return make_null(env);
  std::optional<std::string> plain = codec::jwe_decrypt_content(*encryption, key, parts);
  if (!plain) return make_null(env);
  const napi_value bytes = make_bytes(env, *plain);
  wipe(plain->data(), plain->size());
  return bytes;
}

// GivenIv hands out the IV that the caller brought.
class GivenIv final : public Entropy {
 public:
  explicit GivenIv(crypto::Bytes iv) : iv_(iv) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (out.size() != iv_.size()) return Error{Errc::invalid_argument, "an IV of another length"};
    std::copy(iv_.begin(), iv_.end(), out.begin());
    return {};
  }

 private:
  crypto::Bytes iv_;
};

// jwe_seal(encoded_header, plaintext, key, enc, iv?) makes a compact JWE.
napi_value jwe_seal(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const Text header(env, call[0]);
  const Text plain(env, call[1]);
  const auto* encryption = codec::find_jwe_encryption(Text(env, call[3]).view());
  const crypto::Bytes key = call.bytes(2);
  if (encryption == nullptr || key.size() != encryption->key_bytes || !plain.is_text()) {
    return throw_misuse(env, "jwe_seal: a text, a key or an algorithm is not what is expected");
  }
  GivenIv given(call.bytes(4));
  Entropy& entropy = call.has(4) ? static_cast<Entropy&>(given) : system_entropy();
  const Result<std::string> token =
      codec::jwe_compact(*encryption, key, header.view(), plain.view(), entropy);
  return token ? make_text(env, *token) : throw_error(env, token.error());
}

}  // namespace

void define_jwt(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"jws_open", jws_open},
                                     {"jws_sign", jws_sign},
                                     {"jwe_open", jwe_open},
                                     {"jwe_seal", jwe_seal}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
