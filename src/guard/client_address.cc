#include "latchkey/client_address.h"

#include <charconv>
#include <optional>

#include "base/text.h"

namespace latchkey::guard {
namespace {

// Longer chains than this do not exist; what lies beyond is not looked at.
constexpr int kMaxHops = 32;

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

Error refuse(std::string_view entry, std::string_view cure) {
  std::string text = "\"";
  for (const char c : entry.substr(0, 60)) text += c >= 0x20 && c < 0x7f ? c : '?';
  return Error{Errc::bad_config, text.append("\" ").append(cure)};
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::span<const std::string> entries) {
  TrustedProxies out;
  for (const std::string& entry : entries) {
    const std::string_view text = entry;
    if (text == kUnixPeer) {
      out.unix_ = true;
      continue;
    }
    const std::size_t slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    if (!address) {
      return refuse(entry, "is no address or network: write 10.0.0.1, 10.0.0.0/8 or unix");
    }
    unsigned bits = address->bits();
    if (slash != std::string_view::npos) {
      const std::string_view digits = text.substr(slash + 1);
      const auto [end, failed] =
          std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      const bool whole = failed == std::errc{} && end == digits.data() + digits.size();
      if (!whole || bits == 0 || bits > address->bits()) {
        return refuse(entry, "needs a number from 1 to 32 (IPv4) or 128 (IPv6) after its '/'");
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

bool TrustedProxies::contains_peer(std::string_view peer) const noexcept {
  if (peer == kUnixPeer) return unix_;
  const auto address = Address::parse(peer);
  return address && contains(*address);
}

std::string client_address(std::string_view peer, std::span<const std::string_view> forwarded,
                           const TrustedProxies& proxies) {
  auto address = Address::parse(peer);
  const auto known = [&] { return address ? address->text() : std::string(peer); };
  bool trusted = proxies.contains_peer(peer);
  int hops = 0;
  for (std::size_t line = forwarded.size(); line > 0; --line) {
    std::string_view rest = forwarded[line - 1];
    while (!rest.empty() && trusted && hops++ < kMaxHops) {
      const std::size_t comma = rest.rfind(',');
      const bool first = comma == std::string_view::npos;
      const auto hop = parse_hop(trim_blanks(first ? rest : rest.substr(comma + 1)));
      if (!hop) return known();
      address = hop;
      trusted = proxies.contains(*hop);
      rest = first ? std::string_view{} : rest.substr(0, comma);
    }
  }
  return known();
}

}  // namespace latchkey::guard
