#include "session/keys/key_text.h"

#include <algorithm>

#include "base/base64url.h"
#include "crypto/digest.h"

namespace latchkey::session {

std::string key_id_of(std::string_view secret) {
  constexpr std::string_view kLabel = "latchkey key id v1";
  constexpr std::size_t kIdBytes = 6;
  const crypto::Digest256 digest =
      crypto::hmac_sha256(crypto::as_bytes(secret), crypto::as_bytes(kLabel));
  return base64url_encode(std::span(digest).first(kIdBytes));
}

SecretBytes base64_text(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  SecretBytes text((bytes.size() + 2) / 3 * 4);
  auto out = text.mutable_bytes().begin();
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < have ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      const char digit = kAlphabet[group >> (18 - 6 * j) & 63];
      *out++ = static_cast<std::uint8_t>(j <= have ? digit : '=');
    }
  }
  return text;
}

}  // namespace latchkey::session
