#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hmac_key.h"
#include "latchkey/codec/seal.h"

namespace latchkey::codec {

// The format itself, with every freedom its other implementations give. `Sealer` is the safe door.

struct Fe26KeyOptions {
  std::uint32_t salt_bits = 256;
  std::uint32_t iterations = 1;
  std::size_t min_password_length = 32;  // UTF-16 units
};

struct Fe26Options {
  SealCipher cipher = SealCipher::aes_256_cbc;
  Fe26KeyOptions encryption;
  Fe26KeyOptions integrity;
  std::int64_t ttl_ms = 0;  // 0: never expires
  std::int64_t skew_ms = 60'000;
  std::int64_t offset_ms = 0;
  // Under a raw key a sealer leaves both salts empty, and the MAC does not cover the second: what
  // stands there could be changed at will. The peers do not look.
  bool refuse_idle_salts = false;
};

// fe26_cipher_key_bytes is how long a key is derived, and the least length of a raw one.
constexpr std::size_t fe26_cipher_key_bytes(SealCipher cipher) noexcept {
  return cipher == SealCipher::aes_256_cbc ? 32 : 16;
}
inline constexpr std::size_t kFe26MacKeyBytes = 32;

// Fe26Secret is a secret made ready: the pads of a password are absorbed once.
class Fe26Secret {
 public:
  explicit Fe26Secret(const SealSecret& secret);

  // problem tells why a key of `key_bytes` cannot be made of this secret.
  std::optional<SealReason> problem(std::size_t key_bytes, const Fe26KeyOptions& options) const;
  bool is_raw() const noexcept { return raw_.has_value(); }
  bool is_empty() const noexcept { return length_ == 0; }
  crypto::Bytes raw() const noexcept { return raw_->bytes(); }
  // derive makes out.size() bytes; not for a raw secret.
  void derive(std::string_view salt, const Fe26KeyOptions& options,
              std::span<std::uint8_t> out) const noexcept;

 private:
  std::optional<SecretBytes> raw_;
  std::optional<crypto::HmacKey> password_;
  std::size_t length_;  // bytes of a raw key, UTF-16 units of a password
};

struct Fe26Password {
  explicit Fe26Password(const SealPassword& password);
  std::string id;
  Fe26Secret encryption;
  std::optional<Fe26Secret> separate_integrity;
  const Fe26Secret& integrity() const noexcept {
    return separate_integrity ? *separate_integrity : encryption;
  }
};

// Fe26Ring is a single password for every id, or a map by id.
struct Fe26Ring {
  std::vector<Fe26Password> passwords;
  bool any_id = false;
  // find looks for the id of a seal; no id is `default`.
  const Fe26Password* find(std::string_view id) const noexcept;
};

struct Fe26Opened {
  std::string json;
  const Fe26Password* password = nullptr;
};
// Fe26Result is JSON or the first check that failed, in the order of docs/formats/seal.md.
struct Fe26Result {
  std::optional<Fe26Opened> opened;
  SealReason reason = SealReason::bad_mac;
};

// is_fe26_id tells whether a sealer may write `id`: empty, or letters, digits and `_`.
bool is_fe26_id(std::string_view id) noexcept;

// fe26_seal seals checked JSON. Fails with invalid_argument when the password does not do, or
// when entropy or the cipher fails.
Result<std::string> fe26_seal(std::string_view json, const Fe26Password& password,
                              const Fe26Options& options, std::int64_t now_ms, Entropy& entropy);

Fe26Result fe26_unseal(std::string_view seal, const Fe26Ring& ring, const Fe26Options& options,
                       std::int64_t now_ms);

}  // namespace latchkey::codec
