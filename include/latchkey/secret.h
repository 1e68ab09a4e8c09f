#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// Bytes that are wiped when they are no longer needed, and comparison in constant time.
//
//   latchkey::SecretBytes secret{std::string_view{text}};
//   if (latchkey::equal_ct(secret.bytes(), other.bytes())) return answer(200);
namespace latchkey {

// equal_ct compares in time that depends on the lengths only. Different lengths are unequal.
bool equal_ct(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept;

// wipe overwrites memory in a way the compiler may not remove.
void wipe(void* data, std::size_t size) noexcept;

// SecretBytes owns bytes that are wiped when it dies. Move-only; it has no operator== and cannot be
// printed. Compare with equal_ct(a.bytes(), b.bytes()).
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit SecretBytes(std::string_view text);
  ~SecretBytes() { wipe(bytes_.data(), bytes_.size()); }
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }
  std::span<std::uint8_t> mutable_bytes() noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  // insecure_view exposes the bytes as text; the caller must not copy it anywhere that outlives
  // this.
  std::string_view insecure_view() const noexcept;

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace latchkey
