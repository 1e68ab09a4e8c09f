#include "latchkey/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace latchkey::guard {

std::optional<Address> Address::parse(std::string_view text) noexcept {
  char terminated[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  if (std::strlen(terminated) != text.size()) return std::nullopt;
  Address out;
  if (inet_pton(AF_INET, terminated, out.bytes_.data()) == 1) return out;
  if (inet_pton(AF_INET6, terminated, out.bytes_.data()) != 1) return std::nullopt;
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), out.bytes_.begin())) {
    std::copy(out.bytes_.begin() + 12, out.bytes_.end(), out.bytes_.begin());
    std::fill(out.bytes_.begin() + 4, out.bytes_.end(), std::uint8_t{0});
    return out;
  }
  out.v6_ = true;
  return out;
}

bool Address::is_loopback() const noexcept {
  if (!v6_) return bytes_[0] == 127;
  const bool zeros =
      std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t octet) { return octet == 0; });
  return zeros && bytes_.back() == 1;
}

std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6_ ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof text);
  return text;
}

Address Address::network(unsigned count) const noexcept {
  Address out = *this;
  for (unsigned i = 0; i < out.bytes_.size(); ++i) {
    const unsigned kept = count > 8 * i ? std::min(count - 8 * i, 8U) : 0U;
    out.bytes_[i] = static_cast<std::uint8_t>(out.bytes_[i] & (0xff00U >> kept));
  }
  return out;
}

bool Address::in_network(const Address& network, unsigned count) const noexcept {
  if (v6_ != network.v6_ || count > bits()) return false;
  const unsigned whole = count / 8;
  if (std::memcmp(bytes_.data(), network.bytes_.data(), whole) != 0) return false;
  const unsigned rest = count % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (bytes_[whole] & mask) == (network.bytes_[whole] & mask);
}

}  // namespace latchkey::guard
