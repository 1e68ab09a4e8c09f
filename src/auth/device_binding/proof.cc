#include "auth/device_binding/proof.h"

#include "base/base64url.h"
#include "codec/jose/parts.h"
#include "codec/json/json.h"
#include "crypto/digest.h"
#include "crypto/signature.h"

// proof   = header "." payload "." signature              ; RFC 7515, compact
// header  = {"alg":"ES256"/"RS256","typ":"dbsc+jwt"[,"jwk":{...}]}
// payload = {"jti":challenge, ...}
namespace latchkey::auth {
namespace {

constexpr std::string_view kProofType = "dbsc+jwt";

std::optional<std::string> octets_of_text(std::string_view text) {
  const auto octets = base64url_decode(text);
  if (!octets) return std::nullopt;
  return std::string(octets->begin(), octets->end());
}

// object_of reads a part that must be a strict JSON object.
std::optional<codec::Json> object_of(std::string_view part) {
  const auto text = octets_of_text(part);
  auto json = text ? codec::parse_json(*text) : std::nullopt;
  if (!json || json->object() == nullptr) return std::nullopt;
  return json;
}

const std::string* text_at(const codec::Json& object, std::string_view name) noexcept {
  const codec::Json* found = object.find(name);
  return found == nullptr ? nullptr : found->string();
}

std::optional<std::string> octets_at(const codec::Json& object, std::string_view name) {
  const std::string* text = text_at(object, name);
  return text == nullptr ? std::nullopt : octets_of_text(*text);
}

bool says(const codec::Json& object, std::string_view name, std::string_view text) noexcept {
  const std::string* found = text_at(object, name);
  return found != nullptr && *found == text;
}

std::optional<DeviceKey> ec_key_of(const codec::Json& jwk) {
  const auto x = octets_at(jwk, "x"), y = octets_at(jwk, "y");
  const bool fits = x && y && x->size() == crypto::kP256Coordinate &&
                    y->size() == crypto::kP256Coordinate && says(jwk, "crv", "P-256");
  if (!fits) return std::nullopt;
  DeviceKey key{.algorithm = ProofAlgorithm::es256, .octets = *x + *y};
  if (!crypto::is_p256_point(crypto::as_bytes(key.octets))) return std::nullopt;
  return key;
}

std::optional<DeviceKey> rsa_key_of(const codec::Json& jwk) {
  auto n = octets_at(jwk, "n"), e = octets_at(jwk, "e");
  if (!n || !e || !crypto::is_rsa_key(crypto::as_bytes(*n), crypto::as_bytes(*e))) {
    return std::nullopt;
  }
  return DeviceKey{ProofAlgorithm::rs256, *std::move(n), *std::move(e)};
}

// A private key that went over the wire is nobody's alone.
std::optional<DeviceKey> key_of(const codec::Json* jwk, ProofAlgorithm algorithm) {
  if (jwk == nullptr || jwk->object() == nullptr || jwk->find("d") != nullptr) return std::nullopt;
  const bool elliptic = algorithm == ProofAlgorithm::es256;
  if (!says(*jwk, "kty", elliptic ? "EC" : "RSA")) return std::nullopt;
  if (const std::string* alg = text_at(*jwk, "alg"); jwk->find("alg") != nullptr) {
    if (alg == nullptr || *alg != (elliptic ? "ES256" : "RS256")) return std::nullopt;
  }
  return elliptic ? ec_key_of(*jwk) : rsa_key_of(*jwk);
}

std::optional<ProofAlgorithm> algorithm_of(const codec::Json& header) noexcept {
  if (says(header, "alg", "ES256")) return ProofAlgorithm::es256;
  if (says(header, "alg", "RS256")) return ProofAlgorithm::rs256;
  return std::nullopt;
}

bool verifies(const DeviceKey& key, std::string_view message, std::string_view signature) {
  const auto octets = crypto::as_bytes(key.octets);
  const auto given = crypto::as_bytes(signature);
  if (key.algorithm == ProofAlgorithm::es256) return crypto::verify_es256(octets, message, given);
  return crypto::verify_rs256(octets, crypto::as_bytes(key.exponent), message, given);
}

ProofVerdict refuse_proof(ProofFault fault) { return {std::nullopt, fault}; }

}  // namespace

std::string_view unquoted(std::string_view value) noexcept {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

std::string_view proof_fault_name(ProofFault fault) noexcept {
  switch (fault) {
    case ProofFault::wrong_type:
      return "wrong_type";
    case ProofFault::wrong_algorithm:
      return "wrong_algorithm";
    case ProofFault::critical:
      return "critical";
    case ProofFault::unwanted_key:
      return "unwanted_key";
    case ProofFault::bad_key:
      return "bad_key";
    case ProofFault::no_challenge:
      return "no_challenge";
    case ProofFault::bad_signature:
      return "bad_signature";
    case ProofFault::malformed:
      break;
  }
  return "malformed";
}

ProofVerdict check_proof(std::string_view jws, const DeviceKey* bound) {
  if (jws.size() > kMaxProofBytes) return refuse_proof(ProofFault::malformed);
  const auto parts = codec::split_compact<3>(jws);
  if (!parts) return refuse_proof(ProofFault::malformed);
  const auto header = object_of((*parts)[0]), payload = object_of((*parts)[1]);
  const auto signature = octets_of_text((*parts)[2]);
  if (!header || !payload || !signature) return refuse_proof(ProofFault::malformed);
  for (const std::string_view name : {"crit", "b64", "zip"}) {
    if (header->find(name) != nullptr) return refuse_proof(ProofFault::critical);
  }
  if (!says(*header, "typ", kProofType)) return refuse_proof(ProofFault::wrong_type);
  const auto algorithm = algorithm_of(*header);
  if (!algorithm || (bound != nullptr && *algorithm != bound->algorithm)) {
    return refuse_proof(ProofFault::wrong_algorithm);
  }
  const codec::Json* const jwk = header->find("jwk");
  if (bound != nullptr && jwk != nullptr) return refuse_proof(ProofFault::unwanted_key);
  const auto key = bound != nullptr ? std::optional(*bound) : key_of(jwk, *algorithm);
  if (!key) return refuse_proof(ProofFault::bad_key);
  const std::string* const jti = text_at(*payload, "jti");
  if (jti == nullptr) return refuse_proof(ProofFault::no_challenge);
  const std::string_view message = jws.substr(0, (*parts)[0].size() + 1 + (*parts)[1].size());
  if (!verifies(*key, message, *signature)) return refuse_proof(ProofFault::bad_signature);
  return {.proof = Proof{*jti, *key}};
}

}  // namespace latchkey::auth
