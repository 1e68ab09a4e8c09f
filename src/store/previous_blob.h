#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/record.h"

// How the SQL stores keep hashes and SessionRecord::previous as octets. docs/formats/sqlite.md
namespace latchkey {

inline constexpr std::size_t kPreviousHead = SecretHash::kBytes + 8;

// PreviousBlob is the column `previous`: hash (32) | until, milliseconds, big endian (8) | sealed
// secret. Empty when there is none.
class PreviousBlob {
 public:
  explicit PreviousBlob(const std::optional<PreviousSecret>& previous) {
    if (!previous) return;
    bytes_.reserve(kPreviousHead + previous->sealed_secret.size());
    bytes_.assign(previous->hash.bytes.begin(), previous->hash.bytes.end());
    const auto until = static_cast<std::uint64_t>(to_unix_millis(previous->until));
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(until >> shift));
    }
    bytes_.insert(bytes_.end(), previous->sealed_secret.begin(), previous->sealed_secret.end());
  }
  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

// read_hash returns false unless `bytes` are exactly a hash.
inline bool read_hash(std::span<const std::uint8_t> bytes, SecretHash& hash) {
  if (bytes.size() != SecretHash::kBytes) return false;
  std::copy_n(bytes.begin(), SecretHash::kBytes, hash.bytes.begin());
  return true;
}

// octets_of and read_octets show and take SessionRecord::binding as a column's octets.
inline std::span<const std::uint8_t> octets_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline void read_octets(std::span<const std::uint8_t> bytes, std::string& out) {
  out.assign(bytes.begin(), bytes.end());
}

// read_previous reads what PreviousBlob wrote.
inline bool read_previous(std::span<const std::uint8_t> bytes,
                          std::optional<PreviousSecret>& previous) {
  previous.reset();
  if (bytes.empty()) return true;
  if (bytes.size() < kPreviousHead) return false;
  PreviousSecret& read = previous.emplace();
  read_hash(bytes.first(SecretHash::kBytes), read.hash);
  std::uint64_t until = 0;
  for (std::uint8_t byte : bytes.first(kPreviousHead).subspan(SecretHash::kBytes)) {
    until = until << 8 | byte;
  }
  read.until = from_unix_millis(static_cast<std::int64_t>(until));
  const auto sealed = bytes.subspan(kPreviousHead);
  read.sealed_secret.assign(sealed.begin(), sealed.end());
  return true;
}

}  // namespace latchkey
