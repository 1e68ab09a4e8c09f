#include "latchkey/secret.h"

#include <cstring>
#include <utility>

#include "base/platform/platform.h"

namespace latchkey {

bool equal_ct(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint64_t difference = 0;
  // The barrier keeps the compiler from leaving early once a difference is known.
  const auto add = [&](std::uint64_t x, std::uint64_t y) {
    difference |= x ^ y;
    asm volatile("" : "+r"(difference));
  };
  std::size_t i = 0;
  for (; i + sizeof difference <= a.size(); i += sizeof difference) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a.data() + i, sizeof x);
    std::memcpy(&y, b.data() + i, sizeof y);
    add(x, y);
  }
  for (; i < a.size(); ++i) add(a[i], b[i]);
  return difference == 0;
}

void wipe(void* data, std::size_t size) noexcept {
  if (size > 0) platform::wipe_memory(data, size);
}

SecretBytes::SecretBytes(std::string_view text) : bytes_(text.begin(), text.end()) {}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_.data(), bytes_.size());
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

std::string_view SecretBytes::insecure_view() const noexcept {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

}  // namespace latchkey
