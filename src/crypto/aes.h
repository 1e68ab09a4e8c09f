#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace latchkey::crypto {

// AES by key length: 16, 24 or 32 bytes. Ciphers are fetched once and contexts are the thread's
// own. A false or empty answer means a wrong length, a failed check, or a broken OpenSSL; its error
// queue is left clean.

inline constexpr std::size_t kAesBlock = 16;
inline constexpr std::size_t kGcmNonce = 12;
inline constexpr std::size_t kGcmTag = 16;

constexpr std::size_t cbc_padded_size(std::size_t plain) noexcept {
  return (plain / kAesBlock + 1) * kAesBlock;
}

// aes_cbc_encrypt pads by PKCS#7; `out` holds cbc_padded_size(plain.size()) bytes.
[[nodiscard]] bool aes_cbc_encrypt(std::span<const std::uint8_t> key,
                                   std::span<const std::uint8_t> iv,
                                   std::span<const std::uint8_t> plain,
                                   std::span<std::uint8_t> out) noexcept;

// aes_cbc_decrypt returns the length of the plaintext in `out` (as large as `cipher`), or nothing
// when the length or the padding is wrong. Call it on authenticated ciphertext only.
[[nodiscard]] std::optional<std::size_t> aes_cbc_decrypt(std::span<const std::uint8_t> key,
                                                         std::span<const std::uint8_t> iv,
                                                         std::span<const std::uint8_t> cipher,
                                                         std::span<std::uint8_t> out) noexcept;

// pkcs7_length returns how many bytes of `padded` are not padding. Whether the padding is right and
// how long it is does not show in its running time; only the answer tells.
[[nodiscard]] std::optional<std::size_t> pkcs7_length(
    std::span<const std::uint8_t> padded) noexcept;

// aes_ctr encrypts and decrypts; `out` is as large as `in`.
[[nodiscard]] bool aes_ctr(std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv,
                           std::span<const std::uint8_t> in, std::span<std::uint8_t> out) noexcept;

// aes_gcm_encrypt writes plain.size() bytes to `out` and the tag. A nonce is used once with a key.
[[nodiscard]] bool aes_gcm_encrypt(std::span<const std::uint8_t> key,
                                   std::span<const std::uint8_t> nonce,
                                   std::span<const std::uint8_t> associated,
                                   std::span<const std::uint8_t> plain, std::uint8_t* out,
                                   std::span<std::uint8_t> tag) noexcept;

// aes_gcm_decrypt writes cipher.size() bytes to `out`. When it returns false `out` is wiped.
[[nodiscard]] bool aes_gcm_decrypt(std::span<const std::uint8_t> key,
                                   std::span<const std::uint8_t> nonce,
                                   std::span<const std::uint8_t> associated,
                                   std::span<const std::uint8_t> cipher,
                                   std::span<const std::uint8_t> tag, std::uint8_t* out) noexcept;

}  // namespace latchkey::crypto
