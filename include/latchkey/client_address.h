#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/address.h"
#include "latchkey/result.h"

// The client's address if there are proxies in between.
//
//   const std::vector<std::string> trusted{"10.0.0.0/8"};
//   const auto proxies = latchkey::guard::TrustedProxies::parse(trusted);
//   const std::string client = latchkey::guard::client_address(peer, forwarded_lines, *proxies);
namespace latchkey::guard {

// kUnixPeer names the peers of unix sockets, which have no address. As an entry of TrustedProxies
// it trusts all of them: the permissions of the socket decide who they are.
inline constexpr std::string_view kUnixPeer = "unix";

// TrustedProxies are the peers whose X-Forwarded-For is believed (R126 of
// docs/requirements.md). Empty by default.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  // parse accepts addresses, networks ("10.0.0.0/8") and "unix". A network of everything is
  // refused.
  static Result<TrustedProxies> parse(std::span<const std::string> entries);

  bool contains(const Address& address) const noexcept;
  // contains_peer is the same for a peer as a request names it, which may be kUnixPeer.
  bool contains_peer(std::string_view peer) const noexcept;

 private:
  struct Network {
    Address address;
    unsigned bits = 0;
  };
  std::vector<Network> networks_;
  bool unix_ = false;
};

// client_address returns who sent a request: `peer`, or, when the peer is a trusted proxy, the
// right-most address of `forwarded` (the X-Forwarded-For lines in order) that is not one (R127).
// Everything to the left of it was written by the client and is ignored; a hop that is not an
// address ends the search at the last known address.
std::string client_address(std::string_view peer, std::span<const std::string_view> forwarded,
                           const TrustedProxies& proxies);

}  // namespace latchkey::guard
