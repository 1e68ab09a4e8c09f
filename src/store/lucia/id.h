#pragma once

#include <string>
#include <string_view>

#include "crypto/digest.h"

// How a table of Lucia's holds the ids of its sessions: as they are, or as SHA-256 in lower-case
// hex.
namespace latchkey {

inline std::string stored_lucia_id(std::string_view id, bool hashed) {
  if (!hashed) return std::string(id);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : crypto::sha256(crypto::as_bytes(id))) {
    text.push_back(kDigits[octet >> 4]);
    text.push_back(kDigits[octet & 15]);
  }
  return text;
}

// removable_lucia_id is what a removal of `id` also names: a list shows hashes, and what it shows
// can be ended, but opens nothing.
inline std::string removable_lucia_id(std::string_view id, bool hashed) {
  const bool is_hash =
      id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return hashed && is_hash ? std::string(id) : stored_lucia_id(id, hashed);
}

}  // namespace latchkey
