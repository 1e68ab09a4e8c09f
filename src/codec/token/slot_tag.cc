#include "codec/token/slot_tag.h"

#include <memory>
#include <string>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "latchkey/token.h"

namespace latchkey::codec {
namespace {

std::array<SlotTag, kClusterSlots> make_table() noexcept {
  // Octet order differs from alphabet order: '-', digits, upper case, '_', lower case.
  static constexpr std::string_view kByOctet =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  std::array<SlotTag, kClusterSlots> table{};
  for (char a : kByOctet) {
    for (char b : kByOctet) {
      for (char c : kByOctet) {
        const SlotTag tag{a, b, c};
        SlotTag& entry = table[cluster_slot({tag.data(), tag.size()})];
        if (entry[0] == '\0') entry = tag;
      }
    }
  }
  return table;
}

}  // namespace

std::uint16_t cluster_slot(std::string_view tag) noexcept {
  unsigned crc = 0;
  for (char c : tag) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1 ^ 0x1021U) & 0xffffU : crc << 1 & 0xffffU;
    }
  }
  return static_cast<std::uint16_t>(crc % kClusterSlots);
}

SlotTag slot_tag(std::uint16_t slot) noexcept {
  static const auto table =
      std::make_unique<const std::array<SlotTag, kClusterSlots>>(make_table());
  return (*table)[slot % kClusterSlots];
}

std::uint16_t slot_of_user(std::span<const std::uint8_t, 32> slot_key,
                           const UserId& user) noexcept {
  const crypto::Digest256 mac = crypto::hmac_sha256(slot_key, crypto::as_bytes(user.text()));
  return static_cast<std::uint16_t>((mac[0] << 8 | mac[1]) % static_cast<int>(kClusterSlots));
}

}  // namespace latchkey::codec

namespace latchkey {

std::string slot_tag_of(const UserId& user, const std::array<std::uint8_t, 32>& slot_key) {
  const codec::SlotTag tag = codec::slot_tag(codec::slot_of_user(slot_key, user));
  return {tag.data(), tag.size()};
}

}  // namespace latchkey
