// Grammar of a session token (docs/formats/token.md):
//   token  = "lk1_" id secret      ; 51 octets
//   id     = tag 20b64             ; 3 characters of slot tag, 120 random bits
//   secret = 24b64                 ; 144 random bits
#include "latchkey/token.h"

#include <algorithm>
#include <cstring>

#include "base/base64url.h"
#include "codec/token/token_parts.h"

namespace latchkey {

std::optional<codec::TokenParts> codec::split_token(std::string_view text) noexcept {
  constexpr std::string_view prefix = SessionToken::kPrefix;
  if (text.size() != SessionToken::kLength) return std::nullopt;
  if (std::memcmp(text.data(), prefix.data(), prefix.size()) != 0) return std::nullopt;
  const auto id = SessionId::parse(text.substr(prefix.size(), SessionId::kLength));
  const std::string_view secret = text.substr(prefix.size() + SessionId::kLength);
  if (!id || !is_base64url(secret)) return std::nullopt;
  return TokenParts{*id, secret};
}

std::optional<SessionToken> SessionToken::parse(std::string_view text) noexcept {
  const auto parts = codec::split_token(text);
  if (!parts) return std::nullopt;
  return assemble(parts->id, parts->secret);
}

std::optional<SessionToken> SessionToken::assemble(const SessionId& id,
                                                   std::string_view secret) noexcept {
  if (id.text().size() != SessionId::kLength || secret.size() != kSecretLength ||
      !is_base64url(secret)) {
    return std::nullopt;
  }
  SessionToken token;
  token.id_ = id;
  std::copy(secret.begin(), secret.end(), token.secret_.begin());
  return token;
}

SessionToken SessionToken::carried(const SessionId& id, std::string_view text) {
  SessionToken token;
  token.id_ = id;
  token.text_ = SecretBytes(text);
  return token;
}

SessionToken SessionToken::with_text(std::string_view text) && {
  SessionToken token = std::move(*this);
  token.text_ = SecretBytes(text);
  return token;
}

std::string SessionToken::reveal() const {
  if (!text_.empty()) return std::string(text_.insecure_view());
  std::string text;
  text.reserve(kLength);
  text.append(kPrefix).append(id_.text()).append(insecure_secret());
  return text;
}

}  // namespace latchkey
