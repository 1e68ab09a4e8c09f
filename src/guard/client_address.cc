#include "latchkey/client_address.h"

#include <charconv>
#include <optional>

namespace latchkey::guard {
namespace {

// Longer chains than this do not exist; what lies beyond is not looked at.
constexpr int kMaxHops = 32;

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// parse_hop reads "1.2.3.4", "1.2.3.4:567", "::1" and "[::1]:567".
std::optional<Address> parse_hop(std::string_view hop) noexcept {
  if (hop.starts_with('[')) {
    const std::size_t end = hop.find(']');
    return end == std::string_view::npos ? std::nullopt : Address::parse(hop.substr(1, end - 1));
  }
  const std::size_t colon = hop.find(':');
  const bool has_port = colon != std::string_view::npos && colon == hop.rfind(':');
  return Address::parse(has_port ? hop.substr(0, colon) : hop);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::span<const std::string> entries) {
  TrustedProxies out;
  for (const std::string& entry : entries) {
    const std::string_view text = entry;
    const std::size_t slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    if (!address) {
      return Error{Errc::bad_config,
                   "trusted_proxies: not an address or network: write 10.0.0.1 or "
                   "10.0.0.0/8"};
    }
    unsigned bits = address->bits();
    if (slash != std::string_view::npos) {
      const std::string_view digits = text.substr(slash + 1);
      const auto [end, failed] =
          std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      const bool whole = failed == std::errc{} && end == digits.data() + digits.size();
      if (!whole || bits == 0 || bits > address->bits()) {
        return Error{Errc::bad_config,
                     "trusted_proxies: the number behind '/' must be 1 to 32 for "
                     "IPv4, 1 to 128 for IPv6"};
      }
    }
    out.networks_.push_back({*address, bits});
  }
  return out;
}

bool TrustedProxies::contains(const Address& address) const noexcept {
  for (const Network& network : networks_) {
    if (address.in_network(network.address, network.bits)) return true;
  }
  return false;
}

std::string client_address(std::string_view peer, std::span<const std::string_view> forwarded,
                           const TrustedProxies& proxies) {
  auto address = Address::parse(peer);
  if (!address) return std::string(peer);
  int hops = 0;
  for (std::size_t line = forwarded.size(); line > 0; --line) {
    std::string_view rest = forwarded[line - 1];
    while (!rest.empty() && proxies.contains(*address) && hops++ < kMaxHops) {
      const std::size_t comma = rest.rfind(',');
      const bool first = comma == std::string_view::npos;
      const auto hop = parse_hop(trim(first ? rest : rest.substr(comma + 1)));
      if (!hop) return address->text();
      address = hop;
      rest = first ? std::string_view{} : rest.substr(0, comma);
    }
  }
  return address->text();
}

}  // namespace latchkey::guard
