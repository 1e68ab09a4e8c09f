#include "server/http/peer_shares.h"

#include <gtest/gtest.h>

#include <vector>

namespace latchkey::server {
namespace {

guard::TrustedProxies proxies(std::vector<std::string> entries = {}) {
  auto parsed = guard::TrustedProxies::parse(entries);
  EXPECT_TRUE(parsed);
  return *parsed;
}

// Peers holds what it took.
class Peers {
 public:
  explicit Peers(std::size_t most, guard::TrustedProxies trusted = proxies())
      : shares_(most, std::move(trusted)) {}
  bool connect(const std::string& address) {
    auto share = shares_.take(boost::asio::ip::make_address(address));
    if (!share) return false;
    held_.push_back(*std::move(share));
    return true;
  }
  void end_all() { held_.clear(); }

 private:
  PeerShares shares_;
  std::vector<PeerShare> held_;
};

TEST(PeerShares, M7OneAddressGetsItsShareAndOthersTheirs) {
  Peers peers(2);
  EXPECT_TRUE(peers.connect("192.0.2.1"));
  EXPECT_TRUE(peers.connect("192.0.2.1"));
  EXPECT_FALSE(peers.connect("192.0.2.1"));
  EXPECT_TRUE(peers.connect("192.0.2.2"));
}

TEST(PeerShares, M7AConnectionThatEndsMakesRoom) {
  Peers peers(1);
  EXPECT_TRUE(peers.connect("192.0.2.1"));
  EXPECT_FALSE(peers.connect("192.0.2.1"));
  peers.end_all();
  EXPECT_TRUE(peers.connect("192.0.2.1"));
}

TEST(PeerShares, M7AnIpv6NetworkOf64BitsIsOneAddress) {
  Peers peers(1);
  EXPECT_TRUE(peers.connect("2001:db8:0:1::1"));
  EXPECT_FALSE(peers.connect("2001:db8:0:1:ffff::2"));
  EXPECT_TRUE(peers.connect("2001:db8:0:2::1"));
}

TEST(PeerShares, M7AMappedAddressIsTheIpv4AddressItHolds) {
  Peers peers(1);
  EXPECT_TRUE(peers.connect("::ffff:192.0.2.1"));
  EXPECT_FALSE(peers.connect("192.0.2.1"));
  EXPECT_TRUE(peers.connect("::ffff:192.0.2.2"));
}

TEST(PeerShares, M7ATrustedProxyMayHoldAnyNumber) {
  Peers peers(1, proxies({"10.0.0.0/8"}));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(peers.connect("10.1.2.3"));
  EXPECT_TRUE(peers.connect("192.0.2.1"));
  EXPECT_FALSE(peers.connect("192.0.2.1"));
}

}  // namespace
}  // namespace latchkey::server
