#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/secret.h"

// The secret text that a client holds. Code above Sessions rarely needs it.
namespace latchkey {

// SessionToken is what the client holds: `lk1_` + id (23) + secret (24), 51 base64url characters in
// all, or, with the other carriers, the text that carries the session. Move-only, wiped when it
// dies, and it has no printing operator. docs/formats/token.md
class SessionToken {
 public:
  static constexpr std::string_view kPrefix = "lk1_";
  static constexpr std::size_t kSecretLength = 24;
  static constexpr std::size_t kLength = 4 + SessionId::kLength + kSecretLength;

  // parse returns nothing unless `text` has the exact length, prefix and alphabet. No look-up, no
  // allocation, about 30 ns.
  static std::optional<SessionToken> parse(std::string_view text) noexcept;
  // assemble builds a token; `secret` must be 24 base64url characters and `id` of the first form.
  static std::optional<SessionToken> assemble(const SessionId& id,
                                              std::string_view secret) noexcept;
  // carried makes the token of a session that travels as `text`; it has no secret of its own.
  static SessionToken carried(const SessionId& id, std::string_view text);
  // with_text returns this token, secret and all, to be revealed as `text`.
  SessionToken with_text(std::string_view text) &&;

  ~SessionToken() { wipe(secret_.data(), secret_.size()); }
  SessionToken(SessionToken&&) noexcept = default;
  SessionToken& operator=(SessionToken&&) noexcept = default;
  SessionToken(const SessionToken&) = delete;
  SessionToken& operator=(const SessionToken&) = delete;

  const SessionId& id() const noexcept { return id_; }
  // insecure_secret is empty for a carried token.
  std::string_view insecure_secret() const noexcept {
    return {secret_.data(), secret_.front() == '\0' ? 0 : secret_.size()};
  }
  // reveal returns the text for the cookie. Give it to the client and to nobody else.
  std::string reveal() const;

 private:
  SessionToken() = default;
  SessionId id_;
  std::array<char, kSecretLength> secret_{};
  SecretBytes text_;  // empty: the plain form
};

// slot_tag_of returns the three characters that the id of every session of `user` begins with in a
// store with that slot key (StoreMeta), so that a cluster keeps them together.
std::string slot_tag_of(const UserId& user, const std::array<std::uint8_t, 32>& slot_key);

}  // namespace latchkey
