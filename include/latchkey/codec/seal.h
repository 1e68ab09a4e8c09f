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

// Seals of iron-session and @hapi/iron, for programs that share cookies with Node.js.
namespace latchkey {

// Fe26.2 seals: JSON, encrypted and authenticated, as @hapi/iron, iron-webcrypto and iron-session
// write it. Byte-compatible in both directions. docs/formats/seal.md, R numbers:
// docs/requirements.md

// SealSecret is what keys are made of: text, from which a seal derives its keys by one round of
// PBKDF2 (so it must be random, at least 32 UTF-16 units), or the key itself.
class SealSecret {
 public:
  static SealSecret text(std::string_view password) { return {SecretBytes{password}, false}; }
  static SealSecret raw_key(std::span<const std::uint8_t> key) { return {SecretBytes{key}, true}; }

  const SecretBytes& bytes() const noexcept { return bytes_; }
  bool is_raw() const noexcept { return is_raw_; }

 private:
  SealSecret(SecretBytes bytes, bool is_raw) : bytes_(std::move(bytes)), is_raw_(is_raw) {}
  SecretBytes bytes_;
  bool is_raw_;
};

// SealPassword is one entry of the ring. The id is written into the seal; letters, digits and `_`.
struct SealPassword {
  std::string id;
  SealSecret encryption;
  std::optional<SealSecret> integrity{};  // nothing: the same as `encryption`
};

enum class SealCipher : std::uint8_t { aes_256_cbc, aes_128_ctr };

// SealOptions are not written into a seal: both sides must agree on all but `ttl`.
struct SealOptions {
  Millis ttl = std::chrono::days{14};
  bool allow_missing_expiry = false;            // ttl 0 then makes seals that never expire (R118)
  Millis skew = std::chrono::seconds{60};       // a seal opens this much longer
  Millis clock_offset{0};                       // added to the clock
  SealCipher cipher = SealCipher::aes_256_cbc;  // aes_128_ctr is for old seals only
  std::uint32_t encryption_iterations = 1;
  std::uint32_t integrity_iterations = 1;
  std::size_t max_bytes = 65536;  // longer seals are refused unread
  Entropy* entropy = nullptr;     // nullptr: system_entropy()
};

// SealReason says why a seal did not open, for logs and metrics. Only the last three are found
// after the MAC: anybody can cause the others, and `expired` does not prove that the seal was
// authentic.
enum class SealReason : std::uint8_t {
  too_long,
  wrong_parts,  // not eight parts
  wrong_prefix,
  invalid_expiration,
  expired,
  unknown_password,  // the ring has no such id; a key may have been retired, or not arrived yet
  empty_password,
  password_too_short,
  key_too_small,
  bad_mac,
  invalid_character,
  bad_decrypt,
  bad_json,
};
std::string_view seal_reason_name(SealReason reason) noexcept;

// Unsealed is JSON out of an authentic seal, or a refusal. Every refusal looks the same to a
// client.
class Unsealed {
 public:
  Unsealed(SealReason reason) noexcept : reason_(reason) {}
  Unsealed(std::string json, bool by_primary) : json_(std::move(json)), by_primary_(by_primary) {}

  explicit operator bool() const noexcept { return json_.has_value(); }
  const std::string& json() const& noexcept { return *json_; }
  std::string json() && noexcept { return *std::move(json_); }
  // by_primary is false when a password that only reads opened the seal: write a new one.
  bool by_primary() const noexcept { return by_primary_; }
  SealReason reason() const noexcept { return reason_; }

 private:
  std::optional<std::string> json_;
  bool by_primary_ = false;
  SealReason reason_ = SealReason::bad_mac;
};

// Sealer seals with the first of its passwords and opens with all. Immutable, thread-safe.
class Sealer {
 public:
  // make refuses (Errc::bad_config) no or repeated or ill-formed ids, passwords of less than 32
  // UTF-16 units, raw keys of the wrong length, and ttl 0 without allow_missing_expiry. A single
  // password without id opens every seal, whatever id it names; among several it is called
  // `default`.
  static Result<Sealer> make(std::vector<SealPassword> passwords, const SealOptions& options = {});
  ~Sealer();
  Sealer(Sealer&&) noexcept;
  Sealer& operator=(Sealer&&) noexcept;

  // seal fails with invalid_argument when `json` is not JSON, too_large over max_bytes.
  Result<std::string> seal(std::string_view json, UnixTime now) const;
  // unseal checks the MAC in constant time before it decrypts. It never fails: whatever a client
  // can send is opened or refused.
  Unsealed unseal(std::string_view seal, UnixTime now) const;

 private:
  struct Impl;
  explicit Sealer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
