#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "latchkey/ids.h"

namespace latchkey::codec {

inline constexpr std::size_t kClusterSlots = 16384;
using SlotTag = std::array<char, 3>;

// cluster_slot returns the Redis Cluster slot of a key's hash tag: CRC-16/XMODEM modulo 16384.
std::uint16_t cluster_slot(std::string_view tag) noexcept;

// slot_tag returns the lowest 3-character base64url string (by octets) whose slot is `slot`.
SlotTag slot_tag(std::uint16_t slot) noexcept;

// slot_of_user returns be16(HMAC-SHA256(slot_key, user_id)) modulo 16384, so that all sessions of a
// user share a slot that nobody without the key can predict. docs/formats/token.md has vectors.
std::uint16_t slot_of_user(std::span<const std::uint8_t, 32> slot_key, const UserId& user) noexcept;

}  // namespace latchkey::codec
