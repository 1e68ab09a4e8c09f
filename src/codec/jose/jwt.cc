#include "latchkey/codec/jwt.h"

#include <set>

#include "base/bad_config.h"
#include "base/base64url_into.h"
#include "base/utf8.h"
#include "codec/jose/jws.h"
#include "codec/jose/jwt_claims.h"
#include "codec/jose/jwt_key.h"
#include "codec/jose/parts.h"
#include "codec/json/text.h"
#include "crypto/digest.h"

namespace latchkey {

using codec::JwtRingKey;

struct JwtCodec::Impl {
  std::vector<JwtRingKey> ring;
  JwtRules rules;
  Entropy* entropy = nullptr;
  bool encrypting = false;

  codec::HeaderKeys keys_for(std::string_view header) const;
};

namespace {

// decode_part decodes one part; false unless it is canonical.
bool decode_part(std::string_view text, std::string& out) {
  out.resize(text.size() / 4 * 3 + 3);
  const auto decoded = base64url_decode_into(text, reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(decoded.size);
  return decoded.form == Base64urlForm::canonical;
}

std::string compact_jws(const JwtRingKey& key, std::string_view payload) {
  const std::size_t size = key.header.size() + 1 + base64url_size(payload.size());
  std::string token;
  token.reserve(size + 1 + base64url_size(crypto::digest_size(key.mac->hash())));
  token.resize(size, '.');
  char* const to = token.data() + key.header.copy(token.data(), key.header.size()) + 1;
  base64url_encode_into(crypto::as_bytes(payload), to);
  codec::append_jws_mac(token, *key.mac);
  return token;
}

// Opened is the payload and the key that opened it, or why none did.
struct Opened {
  std::string payload;
  const JwtRingKey* key = nullptr;
  JwtReason reason = JwtReason::malformed;
};

Opened open_jws(std::string_view token, const codec::HeaderKeys& candidates) {
  const auto parts = codec::split_compact<3>(token);
  if (!parts) return {};
  const std::string_view signature = (*parts)[2];
  const std::string_view input = token.substr(0, token.size() - signature.size() - 1);
  Opened opened;
  opened.reason = JwtReason::bad_signature;
  for (const JwtRingKey* key : candidates.keys) {
    if (!codec::check_jws_mac(input, signature, *key->mac)) continue;
    if (!decode_part((*parts)[1], opened.payload)) return {};
    opened.key = key;
    break;
  }
  return opened;
}

Opened open_jwe(std::string_view token, const codec::HeaderKeys& candidates) {
  const auto parts = codec::split_compact<5>(token);
  std::string iv, ciphertext, tag;
  if (!parts || !(*parts)[1].empty() || !decode_part((*parts)[2], iv) ||
      !decode_part((*parts)[3], ciphertext) || !decode_part((*parts)[4], tag)) {
    return {};
  }
  Opened opened;
  opened.reason = JwtReason::bad_signature;
  for (const JwtRingKey* key : candidates.keys) {
    const codec::JweEncryption& encryption = *key->encryption;
    if (iv.size() != encryption.iv_bytes || tag.size() != encryption.tag_bytes) continue;
    auto plain = codec::jwe_decrypt_content(
        encryption, key->secret->bytes(),
        {crypto::as_bytes(iv), crypto::as_bytes(ciphertext), crypto::as_bytes(tag), (*parts)[0]});
    if (!plain) continue;
    opened.payload = *std::move(plain);
    opened.key = key;
    break;
  }
  return opened;
}

bool is_header_text(const std::string& text) { return is_utf8(text) && !has_control(text); }

Result<void> check_rules(const JwtRules& rules) {
  if (rules.clock_tolerance < Millis{0} || rules.clock_tolerance > std::chrono::seconds{60}) {
    return bad_config("clock_tolerance is 0 to 60 s");
  }
  if (rules.max_age < Millis{0}) return bad_config("max_age is not negative");
  if (!is_header_text(rules.type) || !is_header_text(rules.issuer) ||
      !is_header_text(rules.audience)) {
    return bad_config("type, issuer and audience are text");
  }
  return {};
}

}  // namespace

std::string_view jwt_reason_name(JwtReason reason) noexcept {
  switch (reason) {
    case JwtReason::too_long:
      return "too_long";
    case JwtReason::malformed:
      return "malformed";
    case JwtReason::unsupported:
      return "unsupported";
    case JwtReason::wrong_algorithm:
      return "wrong_algorithm";
    case JwtReason::unknown_key:
      return "unknown_key";
    case JwtReason::wrong_type:
      return "wrong_type";
    case JwtReason::bad_signature:
      return "bad_signature";
    case JwtReason::bad_claims:
      return "bad_claims";
    case JwtReason::missing_expiry:
      return "missing_expiry";
    case JwtReason::expired:
      return "expired";
    case JwtReason::not_yet_valid:
      return "not_yet_valid";
    case JwtReason::issued_in_future:
      return "issued_in_future";
    case JwtReason::too_old:
      return "too_old";
    case JwtReason::wrong_issuer:
      return "wrong_issuer";
    case JwtReason::wrong_audience:
      return "wrong_audience";
  }
  return "unknown";
}

std::optional<std::string> VerifiedJwt::claim(std::string_view name) const {
  const auto object = codec::JsonObject::parse(claims_);
  const codec::JsonValue* value = object ? object->find(name) : nullptr;
  if (value == nullptr) return std::nullopt;
  return std::string{value->text};
}

std::optional<std::string> VerifiedJwt::text_claim(std::string_view name) const {
  const auto object = codec::JsonObject::parse(claims_);
  const codec::JsonValue* value = object ? object->find(name) : nullptr;
  return value != nullptr ? codec::json_string(*value) : std::nullopt;
}

// A header this ring writes itself needs no reading: it is compared.
codec::HeaderKeys JwtCodec::Impl::keys_for(std::string_view header) const {
  for (const JwtRingKey& key : ring) {
    if (key.header == header && (!key.id.empty() || ring.size() == 1)) return {{&key}, {}};
  }
  return codec::keys_of_header(header, ring, rules);
}

JwtCodec::JwtCodec(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JwtCodec::~JwtCodec() = default;
JwtCodec::JwtCodec(JwtCodec&&) noexcept = default;
JwtCodec& JwtCodec::operator=(JwtCodec&&) noexcept = default;

Result<JwtCodec> JwtCodec::make(std::vector<JwtKey> keys, const JwtRules& rules) {
  if (Result<void> fine = check_rules(rules); !fine) return fine.error();
  if (keys.empty()) return bad_config("tokens need a key");
  auto impl = std::make_unique<Impl>();
  impl->rules = rules;
  impl->entropy = rules.entropy != nullptr ? rules.entropy : &system_entropy();
  impl->encrypting = codec::is_encrypting(keys.front().algorithm);
  std::set<std::string> ids;
  for (JwtKey& key : keys) {
    if (codec::is_encrypting(key.algorithm) != impl->encrypting) {
      return bad_config("a ring either signs or encrypts");
    }
    if (!codec::check_jwt_secret(key))
      return bad_config(
          "a key has the wrong length: HS256 takes 32 octets or more (`latchkey key new` makes "
          "one), "
          "HS384 48, HS512 64, A256GCM exactly 32, A256CBC-HS512 64");
    if (!is_header_text(key.id) || (!key.id.empty() && !ids.insert(key.id).second)) {
      return bad_config("key ids are text and each is used once");
    }
    impl->ring.emplace_back(std::move(key), rules.type);
  }
  return JwtCodec{std::move(impl)};
}

Result<std::string> JwtCodec::issue(std::string_view claims, std::optional<UnixTime> expires_at,
                                    UnixTime now) const {
  const bool sensible = now >= from_unix_millis(0) && expires_at.value_or(kNever) <= kNever;
  if (!sensible || (expires_at ? *expires_at <= now : !impl_->rules.allow_missing_expiry)) {
    return Error{Errc::invalid_argument, "a token needs an expiry in the future"};
  }
  const auto payload = codec::add_jwt_claims(claims, impl_->rules, expires_at, now);
  if (!payload) {
    return Error{Errc::invalid_argument,
                 "claims are a strict JSON object without iat, exp, iss, aud"};
  }
  const JwtRingKey& key = impl_->ring.front();
  Result<std::string> token = impl_->encrypting
                                  ? codec::jwe_compact(*key.encryption, key.secret->bytes(),
                                                       key.header, *payload, *impl_->entropy)
                                  : Result<std::string>{compact_jws(key, *payload)};
  if (token && token->size() > impl_->rules.max_bytes) {
    return Error{Errc::too_large, "the token has " + std::to_string(token->size()) + " bytes"};
  }
  return token;
}

JwtVerdict JwtCodec::verify(std::string_view token, UnixTime now) const {
  if (token.size() > impl_->rules.max_bytes) return JwtReason::too_long;
  const codec::HeaderKeys candidates = impl_->keys_for(token.substr(0, token.find('.')));
  if (candidates.refused) return *candidates.refused;
  Opened opened = impl_->encrypting ? open_jwe(token, candidates) : open_jws(token, candidates);
  if (opened.key == nullptr) return opened.reason;
  codec::JwtTimes times;
  if (const auto reason = codec::check_jwt_claims(opened.payload, impl_->rules, now, times)) {
    return *reason;
  }
  VerifiedJwt verified;
  verified.claims_ = std::move(opened.payload);
  verified.expires_at_ = times.expires_at;
  verified.issued_at_ = times.issued_at;
  verified.by_primary_ = opened.key == &impl_->ring.front();
  return verified;
}

}  // namespace latchkey
