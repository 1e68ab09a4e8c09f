#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/result.h"
#include "latchkey/secret.h"
#include "latchkey/time.h"

// Signed and encrypted JSON Web Tokens, for your own tokens. Sessions do not need this header.
namespace latchkey {

// JWTs as sessions: compact JWS or JWE under strict rules. The key determines the algorithm, never
// the token; an expiry is required; parsing is strict. docs/formats/jwt.md The
// rules of the npm package jose are in jose.h. R numbers are those of docs/requirements.md.

enum class JwtAlgorithm : std::uint8_t {
  hs256,              // JWS; secret of at least 32 bytes
  hs384,              // 48
  hs512,              // 64
  dir_a256gcm,        // JWE; key of exactly 32 bytes
  dir_a256cbc_hs512,  // 64
};

// JwtKey is one key of the ring. `id` is the token's `kid`; without one no `kid` is written.
struct JwtKey {
  JwtAlgorithm algorithm = JwtAlgorithm::hs256;
  SecretBytes secret{};
  std::string id{};
};

// JwtRules: texts that are set are both written and demanded.
struct JwtRules {
  std::string issuer{};
  std::string audience{};
  std::string type{};         // the header's `typ`, such as "sess+jwt"
  Millis clock_tolerance{0};  // for exp and nbf; at most 60 s (R105)
  Millis max_age{0};          // since `iat`, which is then required; 0: no limit
  bool allow_missing_expiry = false;
  std::size_t max_bytes = 4096;  // of a token, written or read (R108)
  Entropy* entropy = nullptr;    // nullptr: system_entropy()
};

// JwtReason tells logs and metrics why a token was refused. From bad_claims on the token is
// authentic.
enum class JwtReason : std::uint8_t {
  too_long,
  malformed,        // not compact, not canonical base64url, a header that is no strict JSON object
  unsupported,      // `crit`, `zip`, an unencoded payload: nothing that must be understood is
  wrong_algorithm,  // not the algorithm of a key of this ring
  unknown_key,      // a `kid` this ring does not have; the key may not have arrived yet
  wrong_type,
  bad_signature,  // or an encrypted token that does not open
  bad_claims,     // not a strict JSON object, a repeated name, a date that is no sensible number
  missing_expiry,
  expired,
  not_yet_valid,
  issued_in_future,
  too_old,
  wrong_issuer,
  wrong_audience,
};
std::string_view jwt_reason_name(JwtReason reason) noexcept;

// VerifiedJwt is an authentic token within its time. Only JwtCodec makes one.
class VerifiedJwt {
 public:
  // claims is the JSON object as it was signed.
  const std::string& claims() const noexcept { return claims_; }
  // claim returns the JSON text of a member; text_claim the text of a member that is a string.
  std::optional<std::string> claim(std::string_view name) const;
  std::optional<std::string> text_claim(std::string_view name) const;
  std::optional<UnixTime> expires_at() const noexcept { return expires_at_; }
  std::optional<UnixTime> issued_at() const noexcept { return issued_at_; }
  // by_primary is false when a key that only reads verified the token: issue a new one.
  bool by_primary() const noexcept { return by_primary_; }

 private:
  friend class JwtCodec;
  VerifiedJwt() = default;
  std::string claims_;
  std::optional<UnixTime> expires_at_, issued_at_;
  bool by_primary_ = false;
};

// JwtVerdict is a verified token, or a refusal. Every refusal looks the same to a client.
class JwtVerdict {
 public:
  JwtVerdict(JwtReason reason) noexcept : reason_(reason) {}
  JwtVerdict(VerifiedJwt token) : token_(std::move(token)) {}

  explicit operator bool() const noexcept { return token_.has_value(); }
  const VerifiedJwt& operator*() const noexcept { return *token_; }
  const VerifiedJwt* operator->() const noexcept { return &*token_; }
  JwtReason reason() const noexcept { return reason_; }

 private:
  std::optional<VerifiedJwt> token_;
  JwtReason reason_ = JwtReason::malformed;
};

// JwtCodec issues with the first of its keys and verifies with all. Immutable, thread-safe.
class JwtCodec {
 public:
  // make refuses (Errc::bad_config) no keys, signing and encrypting keys together, two keys with
  // one id, a secret of the wrong length (R100), and more than 60 s of tolerance.
  static Result<JwtCodec> make(std::vector<JwtKey> keys, const JwtRules& rules = {});
  ~JwtCodec();
  JwtCodec(JwtCodec&&) noexcept;
  JwtCodec& operator=(JwtCodec&&) noexcept;

  // issue makes a token of `claims`, a JSON object, and adds iat, exp, iss and aud, which it may
  // not have. Fails with invalid_argument for claims that would be refused on reading, or an expiry
  // that is missing or past; too_large over max_bytes.
  Result<std::string> issue(std::string_view claims, std::optional<UnixTime> expires_at,
                            UnixTime now) const;
  // verify checks the MAC in constant time before it looks at a claim (R107). It never fails.
  JwtVerdict verify(std::string_view token, UnixTime now) const;

 private:
  struct Impl;
  explicit JwtCodec(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
