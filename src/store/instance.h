#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/entropy.h"
#include "latchkey/result.h"
#include "latchkey/store/meta_store.h"

// What a store draws once, when it is made, and keeps as hexadecimal text: see StoreMeta.
namespace latchkey {

inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

// from_hex fills `out`; false when `text` is not exactly that many octets.
inline bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* begin = text.data() + i * 2;
    const auto [end, error] = std::from_chars(begin, begin + 2, out[i], 16);
    if (error != std::errc{} || end != begin + 2) return false;
  }
  return true;
}

struct DrawnInstance {
  std::string instance{};
  std::string slot_key{};
};

// draw_instance returns new random values, or those of the store that is succeeded.
inline Result<DrawnInstance> draw_instance(const std::optional<StoreMeta>& adopt) {
  if (adopt) return DrawnInstance{adopt->instance, to_hex(adopt->slot_key)};
  std::array<std::uint8_t, 16> instance{};
  std::array<std::uint8_t, 32> slot_key{};
  if (Result<void> drawn = system_entropy().fill(instance); !drawn) return drawn.error();
  if (Result<void> drawn = system_entropy().fill(slot_key); !drawn) return drawn.error();
  return DrawnInstance{to_hex(instance), to_hex(slot_key)};
}

}  // namespace latchkey
