#include <algorithm>

#include "base/base64url_into.h"
#include "codec/jose/jws.h"
#include "codec/jose/parts.h"
#include "crypto/digest.h"

namespace latchkey {
namespace {

using codec::jose_error;

// Algorithms jose knows, but not for a secret.
constexpr std::string_view kForKeyPairs[] = {
    "RS256", "RS384", "RS512", "PS256",   "PS384",     "PS512",     "ES256",
    "ES384", "ES512", "EdDSA", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<JoseError> check_algorithm(const std::string& algorithm, const JoseOptions& options) {
  if (options.algorithms && !codec::contains(*options.algorithms, algorithm)) {
    return jose_error("JOSEAlgNotAllowed",
                      "\"alg\" (Algorithm) Header Parameter value not allowed");
  }
  const bool known = codec::jws_hash(algorithm) ||
                     std::find(std::begin(kForKeyPairs), std::end(kForKeyPairs), algorithm) !=
                         std::end(kForKeyPairs);
  if (known) return std::nullopt;
  return jose_error("JOSENotSupported", "alg " + algorithm +
                                            " is not supported either by JOSE or your javascript "
                                            "runtime");
}

// check_header checks what is said about a token before its signature counts.
std::optional<JoseError> check_header(const codec::JoseHeader& header, const JoseOptions& options,
                                      std::string& algorithm, bool& b64) {
  if (auto wrong = codec::check_crit(header, options, "JWSInvalid", &b64)) return wrong;
  const std::optional<std::string> named = header.text_of("alg");
  if (!named) {
    return jose_error("JWSInvalid", "JWS \"alg\" (Algorithm) Header Parameter missing or invalid");
  }
  algorithm = *named;
  return check_algorithm(algorithm, options);
}

}  // namespace

std::variant<codec::JwsContent, JoseError> codec::open_jws(std::string_view token,
                                                           crypto::Bytes key,
                                                           const JoseOptions& options) {
  const auto parts = split_compact<3>(token);
  if (!parts) return jose_error("JWSInvalid", "Invalid Compact JWS");
  const auto [encoded_header, encoded_payload, signature] = *parts;
  auto header = parse_jose_header(encoded_header);
  if (!header) return jose_error("JWSInvalid", "JWS Protected Header is invalid");
  bool b64 = true;
  std::string algorithm;
  if (auto wrong = check_header(*header, options, algorithm, b64)) return *wrong;
  if (!is_ascii(encoded_payload)) {
    return jose_error("JWSInvalid", "The payload is not a valid base64url string");
  }
  if (!decode_loosely(signature)) {
    return jose_error("JWSInvalid", "Failed to base64url decode the signature");
  }
  const std::optional<crypto::Hash> hash = jws_hash(algorithm);
  if (!hash) return type_error("Key for the " + algorithm + " algorithm must not be a secret");
  if (key.empty()) return jose_error("DOMException", "Zero-length key is not supported");
  const std::string_view input = token.substr(0, token.size() - signature.size() - 1);
  if (!check_jws_mac(input, signature, crypto::HmacKey{*hash, key})) {
    return jose_error("JWSSignatureVerificationFailed", "signature verification failed");
  }
  if (!header->canonical) return jose_error("JWSInvalid", "JWS Protected Header is invalid");
  if (!b64) return jose_error("JWTInvalid", "JWTs MUST NOT use unencoded payload");
  auto payload = decode_loosely(encoded_payload);
  if (!payload || !payload->canonical) {
    return jose_error("JWSInvalid", "Failed to base64url decode the payload");
  }
  return JwsContent{std::move(*header), std::move(payload->bytes)};
}

JoseOutcome codec::judge_jws(std::string_view token, crypto::Bytes key, const JoseOptions& options,
                             const ClaimRules& rules, double now) {
  auto opened = open_jws(token, key, options);
  if (auto* error = std::get_if<JoseError>(&opened)) return std::move(*error);
  auto& content = std::get<JwsContent>(opened);
  JoseToken verified;
  if (auto wrong = check_claims(content.payload, content.header, rules, now, verified.payload)) {
    return *wrong;
  }
  verified.protected_header = std::move(content.header.text);
  return verified;
}

JoseOutcome jose_verify(std::string_view token, std::span<const std::uint8_t> key,
                        const JoseOptions& options, double now) {
  return codec::judge_jws(token, key, options, codec::claim_rules(options), now);
}

Result<std::string> jose_sign(std::string_view header, std::string_view claims,
                              std::span<const std::uint8_t> key) {
  const auto head = codec::JsonObject::parse(header);
  const codec::JsonValue* algorithm = head ? head->find("alg") : nullptr;
  const auto name = algorithm != nullptr ? codec::json_string(*algorithm) : std::nullopt;
  const auto hash = name ? codec::jws_hash(*name) : std::nullopt;
  if (!hash || key.empty() || !codec::JsonObject::parse(claims)) {
    return Error{Errc::invalid_argument, "a JWT needs a known algorithm, a key and two objects"};
  }
  std::string token;
  token.resize(base64url_size(header.size()) + 1 + base64url_size(claims.size()), '.');
  char* to = base64url_encode_into(crypto::as_bytes(header), token.data()) + 1;
  base64url_encode_into(crypto::as_bytes(claims), to);
  codec::append_jws_mac(token, crypto::HmacKey{*hash, key});
  return token;
}

}  // namespace latchkey
