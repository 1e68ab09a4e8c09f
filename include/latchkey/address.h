#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// IP addresses, as text and by network.
//
//   auto address = latchkey::guard::Address::parse("203.0.113.7");  // nothing: not an address
//   if (address && address->is_loopback()) return answer(200);
namespace latchkey::guard {

// Address is an IPv4 or IPv6 address. An IPv4 address written as IPv6 (::ffff:1.2.3.4) is IPv4.
class Address {
 public:
  // parse accepts exactly the four-part decimal and the RFC 4291 forms: no port, brackets or zone.
  static std::optional<Address> parse(std::string_view text) noexcept;

  bool is_v6() const noexcept { return v6_; }
  // is_loopback returns whether it is a loopback address: 127.0.0.0/8 or ::1.
  bool is_loopback() const noexcept;
  // text is the shortest usual form.
  std::string text() const;
  // in_network returns whether the first `bits` bits are those of `network`, of the same family.
  bool in_network(const Address& network, unsigned bits) const noexcept;
  // network is the address with all but its first `bits` bits zero.
  Address network(unsigned bits) const noexcept;
  unsigned bits() const noexcept { return v6_ ? 128U : 32U; }

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool v6_ = false;
};

}  // namespace latchkey::guard
