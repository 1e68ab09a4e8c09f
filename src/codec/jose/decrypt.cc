#include <algorithm>
#include <tuple>

#include "base/base64url_into.h"
#include "codec/jose/jwe.h"
#include "codec/jose/parts.h"
#include "codec/seal/inflate.h"
#include "crypto/aes.h"
#include "crypto/digest.h"

namespace latchkey {
namespace {

using codec::jose_error;
using Refusal = std::optional<JoseError>;

constexpr std::size_t kMaxInflated = 250000;
constexpr std::string_view kDirect = "dir";

JoseError invalid(std::string_view message) { return jose_error("JWEInvalid", message); }
JoseError failed() { return jose_error("JWEDecryptionFailed", "decryption operation failed"); }
JoseError not_allowed(std::string_view which) {
  return jose_error("JOSEAlgNotAllowed",
                    std::string{which} + " Header Parameter value not allowed");
}

// Decoded holds the parts as bytes.
struct Decoded {
  codec::JoseHeader header;
  std::string ciphertext, iv, tag;
  bool canonical = false;
};

struct Algorithms {
  std::string alg;
  const codec::JweEncryption* enc = nullptr;
};

std::optional<JoseError> decode(const std::array<std::string_view, 5>& parts, Decoded& out) {
  auto header = codec::parse_jose_header(parts[0]);
  if (!header) return invalid("JWE Protected Header is invalid");
  out.header = std::move(*header);
  out.canonical = out.header.canonical;
  const std::tuple<std::string_view, std::string_view, std::string*> fields[] = {
      {"ciphertext", parts[3], &out.ciphertext},
      {"iv", parts[2], &out.iv},
      {"tag", parts[4], &out.tag}};
  for (const auto& [name, text, bytes] : fields) {
    auto loose = codec::decode_loosely(text);
    if (!loose) return invalid("Failed to base64url decode the " + std::string{name});
    out.canonical = out.canonical && loose->canonical;
    *bytes = std::move(loose->bytes);
  }
  return std::nullopt;
}

Refusal check_zip(const codec::JoseHeader& header) {
  const codec::JsonValue* zip = header.object.find("zip");
  if (zip == nullptr || codec::json_equals(*zip, "DEF")) return std::nullopt;
  return jose_error("JOSENotSupported",
                    "Unsupported JWE \"zip\" (Compression Algorithm) Header Parameter value.");
}

Refusal choose(const codec::JoseHeader& header, const JoseOptions& options, Algorithms& out) {
  const auto alg = header.text_of("alg");
  if (!alg) return invalid("missing JWE Algorithm (alg) in JWE Header");
  const auto enc = header.text_of("enc");
  if (!enc) return invalid("missing JWE Encryption Algorithm (enc) in JWE Header");
  const auto& algs = options.key_management_algorithms;
  if (algs ? !codec::contains(*algs, *alg) : alg->starts_with("PBES2")) {
    return not_allowed("\"alg\" (Algorithm)");
  }
  const auto& encs = options.content_encryption_algorithms;
  if (encs && !codec::contains(*encs, *enc)) return not_allowed("\"enc\" (Encryption Algorithm)");
  out.alg = *alg;
  out.enc = codec::find_jwe_encryption(*enc);
  if (out.enc != nullptr) return std::nullopt;
  return jose_error("JOSENotSupported",
                    "Invalid or unsupported \"enc\" (JWE Encryption Algorithm) header value");
}

// wraps_key tells whether `alg` brings an encrypted key, in which jose forgives what is no
// base64url.
bool wraps_key(std::string_view alg) noexcept {
  return alg.ends_with("KW") || alg.starts_with("RSA-OAEP");
}

// check_wrap_key looks at the key of A128KW and its like. One that fits another of them is an error
// of the caller, one that fits none looks like a wrong key.
Refusal check_wrap_key(std::size_t wanted, std::size_t given) {
  if (given == wanted || (given != 16 && given != 24 && given != 32)) return std::nullopt;
  return codec::type_error(
      "CryptoKey does not support this operation, its algorithm.length must be " +
      std::to_string(wanted * 8));
}

// check_gcm_wrap looks for what A128GCMKW and its like have in the header.
Refusal check_gcm_wrap(const codec::JoseHeader& header, std::size_t wanted, std::size_t given) {
  const auto size_of = [&](std::string_view name) -> std::size_t {
    const codec::JsonValue* value = header.object.find(name);
    const auto text = value != nullptr ? codec::json_string(*value) : std::nullopt;
    const auto bytes = text ? codec::decode_loosely(*text) : std::nullopt;
    return bytes ? bytes->bytes.size() : 0;
  };
  if (size_of("iv") != crypto::kGcmNonce || size_of("tag") != crypto::kGcmTag) {
    return invalid("JOSE Header \"iv\" or \"tag\" missing or invalid");
  }
  return wanted == given ? std::nullopt : Refusal{invalid("Invalid Content Encryption Key length")};
}

// check_key_algorithm lets `dir` pass, and key wrapping, which is not offered here and fails later,
// as one does with a key that is not the right one. A secret cannot be used with RSA or ECDH at
// all.
Refusal check_key_algorithm(const std::string& alg, std::string_view encrypted_key,
                            const codec::JoseHeader& header, std::size_t key_bytes) {
  if (!wraps_key(alg) && !codec::decode_loosely(encrypted_key)) {
    return invalid("Failed to base64url decode the encrypted_key");
  }
  if (alg == kDirect) {
    if (encrypted_key.empty()) return std::nullopt;
    return invalid("Encountered unexpected JWE Encrypted Key");
  }
  if (alg.starts_with("RSA-OAEP") || alg.starts_with("ECDH-ES")) {
    return codec::type_error("Key for the " + alg + " algorithm must not be a secret");
  }
  for (const auto& [bits, bytes] : {std::pair{"A128", 16U}, {"A192", 24U}, {"A256", 32U}}) {
    if (alg == std::string{bits} + "KW") return check_wrap_key(bytes, key_bytes);
    if (alg == std::string{bits} + "GCMKW") return check_gcm_wrap(header, bytes, key_bytes);
  }
  return jose_error("JOSENotSupported",
                    "Invalid or unsupported \"alg\" (JWE Algorithm) header value");
}

Refusal check_lengths(const codec::JweEncryption& enc, const Decoded& parts,
                      std::size_t key_bytes) {
  if (parts.iv.empty()) return invalid("JWE Initialization Vector missing");
  if (parts.tag.empty()) return invalid("JWE Authentication Tag missing");
  if (!enc.hash && parts.tag.size() != enc.tag_bytes)
    return invalid("Invalid Authentication Tag length");
  if (parts.iv.size() != enc.iv_bytes) return invalid("Invalid Initialization Vector length");
  if (key_bytes == enc.key_bytes) return std::nullopt;
  return invalid("Invalid Content Encryption Key length. Expected " +
                 std::to_string(enc.key_bytes * 8) + " bits, got " + std::to_string(key_bytes * 8) +
                 " bits");
}

// check_replicated compares claims that are repeated in the header.
Refusal check_replicated(const codec::JoseHeader& header, const std::string& payload) {
  const auto claims = codec::JsonObject::parse(payload);
  for (const std::string_view claim : {"iss", "sub", "aud"}) {
    const codec::JsonValue* outside = header.object.find(claim);
    if (outside == nullptr) continue;
    const codec::JsonValue* inside = claims->find(claim);
    bool same = inside != nullptr && inside->kind == outside->kind;
    if (same && outside->kind == codec::JsonKind::string) {
      same = codec::json_string(*outside) == codec::json_string(*inside);
    } else if (same) {
      std::string a, b;
      codec::append_compact(a, outside->text);
      codec::append_compact(b, inside->text);
      const bool compared_by_identity =
          claim != "aud" &&
          (outside->kind == codec::JsonKind::object || outside->kind == codec::JsonKind::array);
      same = a == b && !compared_by_identity;
    }
    if (!same) {
      return codec::claim_error(
          "replicated \"" + std::string{claim} + "\" claim header parameter mismatch", claim,
          "mismatch");
    }
  }
  return std::nullopt;
}

}  // namespace

JoseOutcome codec::judge_jwe(std::string_view token, crypto::Bytes key, const JoseOptions& options,
                             const ClaimRules& rules, double now) {
  const auto parts = split_compact<5>(token);
  if (!parts) return invalid("Invalid Compact JWE");
  Decoded decoded;
  Algorithms algorithms;
  if (Refusal wrong = decode(*parts, decoded)) return *wrong;
  const JoseHeader& header = decoded.header;
  if (Refusal wrong = check_crit(header, options, "JWEInvalid", nullptr)) return *wrong;
  if (Refusal wrong = check_zip(header)) return *wrong;
  if (Refusal wrong = choose(header, options, algorithms)) return *wrong;
  if (Refusal wrong = check_key_algorithm(algorithms.alg, (*parts)[1], header, key.size())) {
    return *wrong;
  }
  const bool direct = algorithms.alg == kDirect;
  const std::size_t key_bytes = direct ? key.size() : algorithms.enc->key_bytes;
  if (Refusal wrong = check_lengths(*algorithms.enc, decoded, key_bytes)) return *wrong;
  if (!direct || !decoded.canonical) return failed();
  auto plain =
      jwe_decrypt_content(*algorithms.enc, key,
                          {crypto::as_bytes(decoded.iv), crypto::as_bytes(decoded.ciphertext),
                           crypto::as_bytes(decoded.tag), (*parts)[0]});
  if (!plain) return failed();
  if (header.object.find("zip") != nullptr) {
    plain = inflate(*plain, kMaxInflated);
    if (!plain) return invalid("Failed to decompress plaintext");
  }
  JoseToken opened;
  if (Refusal wrong = check_claims(*plain, header, rules, now, opened.payload)) return *wrong;
  if (Refusal wrong = check_replicated(header, opened.payload)) return *wrong;
  opened.protected_header = std::move(decoded.header.text);
  return opened;
}

JoseOutcome jose_decrypt(std::string_view token, std::span<const std::uint8_t> key,
                         const JoseOptions& options, double now) {
  return codec::judge_jwe(token, key, options, codec::claim_rules(options), now);
}

Result<std::string> jose_encrypt(std::string_view header, std::string_view claims,
                                 std::span<const std::uint8_t> key, Entropy& entropy) {
  const auto head = codec::JsonObject::parse(header);
  const auto text_of = [&](std::string_view name) {
    const codec::JsonValue* value = head ? head->find(name) : nullptr;
    return value != nullptr ? codec::json_string(*value) : std::nullopt;
  };
  const auto enc = text_of("enc");
  const codec::JweEncryption* encryption = enc ? codec::find_jwe_encryption(*enc) : nullptr;
  if (encryption == nullptr || text_of("alg") != "dir" || key.size() != encryption->key_bytes ||
      head->find("zip") != nullptr || !codec::JsonObject::parse(claims)) {
    return Error{Errc::invalid_argument,
                 "a JWE needs dir, a known enc, a key of its size and objects"};
  }
  std::string encoded(base64url_size(header.size()), '\0');
  base64url_encode_into(crypto::as_bytes(header), encoded.data());
  return codec::jwe_compact(*encryption, key, encoded, claims, entropy);
}

}  // namespace latchkey
