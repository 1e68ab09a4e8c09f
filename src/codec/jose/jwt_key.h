#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/jose/jwe.h"
#include "crypto/hmac_key.h"
#include "latchkey/codec/jwt.h"

namespace latchkey::codec {

constexpr bool is_encrypting(JwtAlgorithm algorithm) noexcept {
  return algorithm == JwtAlgorithm::dir_a256gcm || algorithm == JwtAlgorithm::dir_a256cbc_hs512;
}
std::string_view jwt_algorithm_name(JwtAlgorithm algorithm) noexcept;

// JwtRingKey is a key made ready for one ring: pads absorbed, header encoded.
struct JwtRingKey {
  JwtRingKey(JwtKey key, const std::string& type);

  std::string id;
  JwtAlgorithm algorithm;
  std::string header;                  // encoded, as tokens of this ring carry it
  std::optional<crypto::HmacKey> mac;  // signing
  std::optional<SecretBytes> secret;   // encrypting
  const JweEncryption* encryption = nullptr;
};

// check_jwt_secret tells whether a secret has the length its algorithm demands.
bool check_jwt_secret(const JwtKey& key) noexcept;

// HeaderKeys are the keys a token may have been made with, by its header.
struct HeaderKeys {
  std::vector<const JwtRingKey*> keys;
  std::optional<JwtReason> refused;
};

// keys_of_header reads a header this ring did not write itself: strict JSON, nothing critical, the
// type of `rules`, an algorithm some key has, and a `kid` only to look up a key.
HeaderKeys keys_of_header(std::string_view encoded, const std::vector<JwtRingKey>& ring,
                          const JwtRules& rules);

}  // namespace latchkey::codec
