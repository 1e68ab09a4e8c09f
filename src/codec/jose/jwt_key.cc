#include "codec/jose/jwt_key.h"

#include <algorithm>

#include "base/base64url_into.h"
#include "base/utf8.h"
#include "codec/jose/jwt_claims.h"
#include "codec/json/text.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

struct Traits {
  std::string_view alg;
  std::string_view enc;  // empty: JWS
  std::size_t bytes;     // least of a secret, exact of a key
  crypto::Hash hash;
};

const Traits& traits(JwtAlgorithm algorithm) noexcept {
  static constexpr Traits kTraits[] = {
      {"HS256", "", 32, crypto::Hash::sha256},
      {"HS384", "", 48, crypto::Hash::sha384},
      {"HS512", "", 64, crypto::Hash::sha512},
      {"dir", "A256GCM", 32, crypto::Hash::sha256},
      {"dir", "A256CBC-HS512", 64, crypto::Hash::sha512},
  };
  return kTraits[static_cast<std::size_t>(algorithm)];
}

std::string encode(std::string_view text) {
  std::string out(base64url_size(text.size()), '\0');
  base64url_encode_into(crypto::as_bytes(text), out.data());
  return out;
}

std::string header_text(const JwtKey& key, const std::string& type) {
  const Traits& t = traits(key.algorithm);
  std::string header = R"({"alg":")" + std::string{t.alg} + '"';
  if (!t.enc.empty()) header += R"(,"enc":")" + std::string{t.enc} + '"';
  if (!type.empty()) append_quoted(header += R"(,"typ":)", type);
  if (!key.id.empty()) append_quoted(header += R"(,"kid":)", key.id);
  return header + '}';
}

// same_type compares media types: in any case, with or without `application/`.
bool same_type(std::string_view a, std::string_view b) {
  const auto normal = [](std::string_view type) {
    std::string lower{type};
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower.find('/') == std::string::npos ? "application/" + lower : lower;
  };
  return normal(a) == normal(b);
}

HeaderKeys refuse(JwtReason reason) { return {{}, reason}; }

}  // namespace

std::string_view jwt_algorithm_name(JwtAlgorithm algorithm) noexcept {
  const Traits& t = traits(algorithm);
  return t.enc.empty() ? t.alg : t.enc;
}

JwtRingKey::JwtRingKey(JwtKey key, const std::string& type)
    : id(key.id), algorithm(key.algorithm), header(encode(header_text(key, type))) {
  if (is_encrypting(algorithm)) {
    encryption = find_jwe_encryption(traits(algorithm).enc);
    secret = std::move(key.secret);
  } else {
    mac.emplace(traits(algorithm).hash, key.secret.bytes());
  }
}

bool check_jwt_secret(const JwtKey& key) noexcept {
  const std::size_t wanted = traits(key.algorithm).bytes;
  return is_encrypting(key.algorithm) ? key.secret.size() == wanted : key.secret.size() >= wanted;
}

HeaderKeys keys_of_header(std::string_view encoded, const std::vector<JwtRingKey>& ring,
                          const JwtRules& rules) {
  std::string text(encoded.size() / 4 * 3 + 3, '\0');
  const Base64urlDecoded decoded =
      base64url_decode_into(encoded, reinterpret_cast<std::uint8_t*>(text.data()));
  if (decoded.form != Base64urlForm::canonical) return refuse(JwtReason::malformed);
  text.resize(decoded.size);
  const auto header = is_utf8(text) ? JsonObject::parse(text, kMaxJwtDepth) : std::nullopt;
  if (!header || header->has_duplicates()) return refuse(JwtReason::malformed);
  for (const std::string_view name : {"crit", "b64", "zip"}) {
    if (header->find(name) != nullptr) return refuse(JwtReason::unsupported);
  }
  const auto member = [&](std::string_view name) {
    const JsonValue* value = header->find(name);
    return value != nullptr ? json_string(*value) : std::nullopt;
  };
  const auto alg = member("alg"), enc = member("enc"), kid = member("kid"), typ = member("typ");
  if (header->find("kid") != nullptr && !kid) return refuse(JwtReason::malformed);
  HeaderKeys found;
  bool algorithm_known = false;
  for (const JwtRingKey& key : ring) {
    const Traits& t = traits(key.algorithm);
    if (alg != t.alg || (!t.enc.empty() && enc != t.enc)) continue;
    algorithm_known = true;
    if (!kid || key.id == *kid) found.keys.push_back(&key);
  }
  if (!algorithm_known) return refuse(JwtReason::wrong_algorithm);
  if (found.keys.empty()) return refuse(JwtReason::unknown_key);
  if (!rules.type.empty() && (!typ || !same_type(*typ, rules.type))) {
    return refuse(JwtReason::wrong_type);
  }
  return found;
}

}  // namespace latchkey::codec
