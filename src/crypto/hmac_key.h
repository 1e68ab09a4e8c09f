#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace latchkey::crypto {

enum class Hash : std::uint8_t { sha1, sha256, sha384, sha512 };

inline constexpr std::size_t kMaxDigestBytes = 64;

constexpr std::size_t digest_size(Hash hash) noexcept {
  switch (hash) {
    case Hash::sha1:
      return 20;
    case Hash::sha256:
      return 32;
    case Hash::sha384:
      return 48;
    case Hash::sha512:
      return 64;
  }
  return 0;
}

using Bytes = std::span<const std::uint8_t>;

// digest hashes `data`; `out` holds digest_size(hash) bytes.
void digest(Hash hash, Bytes data, std::span<std::uint8_t> out) noexcept;

// HmacKey is an HMAC key (RFC 2104) with both pads already absorbed, so that a MAC costs only the
// message and one block more. The states are plain memory: copied without allocation and wiped
// here. Immutable and thread-safe after construction. SHA-1 is for Fe26.2's key derivation only
// (R121).
class HmacKey {
 public:
  HmacKey(Hash hash, Bytes key) noexcept;
  ~HmacKey();
  HmacKey(HmacKey&& other) noexcept;
  HmacKey& operator=(HmacKey&& other) noexcept;
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;

  Hash hash() const noexcept { return hash_; }
  // mac authenticates the concatenation of `parts`; `out` holds digest_size(hash()) bytes.
  void mac(std::initializer_list<Bytes> parts, std::span<std::uint8_t> out) const noexcept;

 private:
  static constexpr std::size_t kStateBytes = 216;  // the largest of OpenSSL's hash states
  Hash hash_;
  alignas(8) std::array<std::byte, kStateBytes> inner_;
  alignas(8) std::array<std::byte, kStateBytes> outer_;
};

// pbkdf2 derives out.size() bytes (RFC 8018) with `password` as the key of its pseudo-random
// function.
void pbkdf2(const HmacKey& password, Bytes salt, std::uint32_t iterations,
            std::span<std::uint8_t> out) noexcept;

// hkdf extracts and expands (RFC 5869). False when out.size() is over 255 digests.
[[nodiscard]] bool hkdf(Hash hash, Bytes input, Bytes salt, Bytes info,
                        std::span<std::uint8_t> out) noexcept;

}  // namespace latchkey::crypto
