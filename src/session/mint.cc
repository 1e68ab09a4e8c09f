#include "session/mint.h"

#include <algorithm>
#include <string>

#include "base/base64url.h"
#include "codec/token/slot_tag.h"
#include "crypto/digest.h"

namespace latchkey::session {
namespace {

constexpr std::size_t kRandomIdLength = SessionId::kLength - 3;

// One byte a character: six of its eight bits are used, so every character is equally likely (R1).
Result<void> draw_characters(Entropy& entropy, std::span<char> out) {
  std::array<std::uint8_t, 64> bytes;
  const auto drawn = std::span(bytes).first(out.size());
  if (Result<void> filled = entropy.fill(drawn); !filled) return filled;
  std::transform(drawn.begin(), drawn.end(), out.begin(),
                 [](std::uint8_t byte) { return kBase64urlAlphabet[byte & 63]; });
  wipe(bytes.data(), bytes.size());
  return {};
}

Result<SessionToken> assemble(std::string_view id_text, std::string_view secret) {
  const auto id = SessionId::parse(id_text);
  auto token = id ? SessionToken::assemble(*id, secret) : std::nullopt;
  if (!token)
    return Error{Errc::invalid_argument, "only a session with an lk1_ token has a secret"};
  return std::move(*token);
}

}  // namespace

Result<SessionToken> mint_token(const UserId& user, const SlotKey& slot_key, Entropy& entropy) {
  std::array<char, 3 + kRandomIdLength + SessionToken::kSecretLength> characters;
  if (Result<void> drawn = draw_characters(entropy, characters); !drawn) return drawn.error();
  if (!user.empty()) {
    const codec::SlotTag tag = codec::slot_tag(codec::slot_of_user(slot_key, user));
    std::copy(tag.begin(), tag.end(), characters.begin());
  }
  const std::string_view text(characters.data(), characters.size());
  auto token = assemble(text.substr(0, SessionId::kLength), text.substr(SessionId::kLength));
  wipe(characters.data(), characters.size());
  return token;
}

Result<SessionToken> mint_secret(const SessionId& id, Entropy& entropy) {
  std::array<char, SessionToken::kSecretLength> secret;
  if (Result<void> drawn = draw_characters(entropy, secret); !drawn) return drawn.error();
  auto token = assemble(id.text(), {secret.data(), secret.size()});
  wipe(secret.data(), secret.size());
  return token;
}

SecretHash hash_secret(std::string_view secret) noexcept {
  return {crypto::sha256(crypto::as_bytes(secret))};
}

}  // namespace latchkey::session
