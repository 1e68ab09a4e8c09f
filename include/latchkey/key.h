#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/secret.h"
#include "latchkey/time.h"

// One key of a key ring: latchkey/keyring.h.
namespace latchkey {

// KeyState is the life of a key: `next` reads everywhere before it writes, `primary` writes,
// `read_only` reads what it wrote before, `gone` opens nothing; only its id is kept.
// The numbers are stored and never reused.
enum class KeyState : std::uint8_t { next = 1, primary = 2, read_only = 3, gone = 4 };
std::string_view key_state_name(KeyState state) noexcept;
std::optional<KeyState> find_key_state(std::string_view name) noexcept;

// Key is one entry of a key ring. The secret is used as it was given, never decoded.
struct Key {
  std::string id{};  // 1-32 of [A-Za-z0-9_-]; written into every cookie
  KeyState state = KeyState::primary;
  SecretBytes secret{};     // at least 32 random bytes; empty when gone
  UnixTime created_at{};    // for lists
  UnixTime activates_at{};  // a `next` key writes from here on

  Key copy() const { return {id, state, SecretBytes{secret.bytes()}, created_at, activates_at}; }
};

}  // namespace latchkey
