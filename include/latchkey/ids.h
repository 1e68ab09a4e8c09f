#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Names of sessions and users.
//
//   auto id = latchkey::SessionId::parse(text);  // nothing: no id
//   auto user = latchkey::UserId::parse("alice");  // or UserId{42}
namespace latchkey {

// SessionId is the public id of a session: safe to log, to list and to put into a URL. It is not a
// secret. Two forms (docs/formats/token.md): 23 base64url characters (3 of slot tag, 20 random),
// or `lko_` and 27 base64url characters for a session adopted from another system's opaque token.
class SessionId {
 public:
  static constexpr std::size_t kLength = 23;
  static constexpr std::size_t kOpaqueLength = 31;

  SessionId() = default;  // empty: names no session

  // parse returns nothing unless `text` is exactly one of the two forms.
  static std::optional<SessionId> parse(std::string_view text) noexcept;

  std::string_view text() const noexcept { return {text_.data(), size_}; }
  bool empty() const noexcept { return size_ == 0; }
  friend bool operator==(const SessionId& a, const SessionId& b) noexcept {
    return a.text() == b.text();
  }
  friend auto operator<=>(const SessionId& a, const SessionId& b) noexcept {
    return a.text() <=> b.text();
  }

 private:
  std::array<char, kOpaqueLength> text_{};
  std::uint8_t size_ = 0;
};

// UserId names a user: any text of 1-255 bytes without control characters, owned by the
// application.
class UserId {
 public:
  UserId() = default;  // empty: a guest
  // An integer is accepted and kept as its decimal text.
  explicit UserId(std::int64_t number) : text_(std::to_string(number)) {}

  // parse returns nothing when `text` is empty, over 255 bytes, not UTF-8 or holds a control
  // character.
  static std::optional<UserId> parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  friend bool operator==(const UserId&, const UserId&) = default;
  friend auto operator<=>(const UserId&, const UserId&) = default;

 private:
  std::string text_;
};

// SecretHash is SHA-256 of a session's secret, the only form a store ever sees.
struct SecretHash {
  static constexpr std::size_t kBytes = 32;
  std::array<std::uint8_t, kBytes> bytes{};
  // Not for deciding access: that is equal_ct's job.
  friend bool operator==(const SecretHash&, const SecretHash&) = default;
};

}  // namespace latchkey

template <>
struct std::hash<latchkey::SessionId> {
  // The characters behind the slot tag are random; eight of them are a hash.
  std::size_t operator()(const latchkey::SessionId& id) const noexcept {
    std::size_t h = 0;
    if (id.text().size() >= 12) std::memcpy(&h, id.text().data() + 4, 8);
    return h * 0x9e3779b97f4a7c15U ^ (h >> 29);
  }
};
template <>
struct std::hash<latchkey::UserId> {
  std::size_t operator()(const latchkey::UserId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
