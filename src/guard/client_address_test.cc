#include "latchkey/client_address.h"

#include <gtest/gtest.h>

namespace latchkey::guard {
namespace {

TrustedProxies proxies(std::vector<std::string> entries) {
  auto parsed = TrustedProxies::parse(entries);
  EXPECT_TRUE(parsed);
  return *parsed;
}

std::string client(std::string_view peer, std::vector<std::string_view> forwarded,
                   const TrustedProxies& trusted) {
  return client_address(peer, forwarded, trusted);
}

TEST(ClientAddress, R126NobodyIsBelievedByDefault) {
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6"}, TrustedProxies{}), "127.0.0.1");
}

TEST(ClientAddress, R126AnUntrustedPeerIsNotBelieved) {
  EXPECT_EQ(client("9.9.9.9", {"6.6.6.6"}, proxies({"127.0.0.1"})), "9.9.9.9");
}

TEST(ClientAddress, R127TheRightMostUntrustedHopCounts) {
  const auto trusted = proxies({"127.0.0.1", "10.0.0.0/8"});
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6, 5.5.5.5, 10.1.2.3"}, trusted), "5.5.5.5");
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6", "5.5.5.5", "10.1.2.3"}, trusted), "5.5.5.5");
  EXPECT_EQ(client("127.0.0.1", {"10.9.9.9"}, trusted), "10.9.9.9");
  EXPECT_EQ(client("127.0.0.1", {}, trusted), "127.0.0.1");
}

TEST(ClientAddress, R126APeerOfAUnixSocketIsBelievedOnlyWhenItIsNamed) {
  EXPECT_EQ(client("unix", {"6.6.6.6"}, TrustedProxies{}), "unix");
  EXPECT_EQ(client("unix", {"6.6.6.6"}, proxies({"127.0.0.1"})), "unix");
  const auto trusted = proxies({"unix", "10.0.0.0/8"});
  EXPECT_EQ(client("unix", {"6.6.6.6, 5.5.5.5, 10.1.2.3"}, trusted), "5.5.5.5");
  EXPECT_EQ(client("unix", {"nonsense"}, trusted), "unix");
  EXPECT_EQ(client("unix", {"6.6.6.6, unix"}, trusted), "unix") << "only the socket says so";
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6"}, trusted), "127.0.0.1");
  EXPECT_TRUE(trusted.contains_peer("10.9.9.9"));
  EXPECT_FALSE(trusted.contains_peer("9.9.9.9"));
  EXPECT_FALSE(trusted.contains_peer(""));
}

TEST(ClientAddress, R127GarbageEndsTheWalkAtTheLastAddressKnown) {
  const auto trusted = proxies({"127.0.0.1"});
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6, unknown"}, trusted), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6,"}, trusted), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"<script>"}, trusted), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"[::1"}, trusted), "127.0.0.1");
  const auto two = proxies({"127.0.0.1", "10.0.0.0/8"});
  EXPECT_EQ(client("127.0.0.1", {"6.6.6.6, unknown, 10.0.0.1"}, two), "10.0.0.1");
}

TEST(ClientAddress, R127ReadsPortsAndIpv6) {
  const auto trusted = proxies({"127.0.0.1", "::1", "2001:db8::/32"});
  EXPECT_EQ(client("127.0.0.1", {"5.5.5.5:1234"}, trusted), "5.5.5.5");
  EXPECT_EQ(client("::1", {"2a00::5"}, trusted), "2a00::5");
  EXPECT_EQ(client("::1", {"[2a00::5]:443"}, trusted), "2a00::5");
  EXPECT_EQ(client("2001:db8:1::1", {"2a00::5"}, trusted), "2a00::5");
  EXPECT_EQ(client("::ffff:127.0.0.1", {"::ffff:5.5.5.5"}, trusted), "5.5.5.5");
}

TEST(ClientAddress, R127AThousandHopsEndAfterThirtyTwo) {
  std::string chain = "6.6.6.6";
  for (int i = 0; i < 1000; ++i) chain += ", 127.0.0.1";
  EXPECT_EQ(client("127.0.0.1", {chain}, proxies({"127.0.0.1"})), "127.0.0.1");
}

TEST(ClientAddress, R127TheThirtySecondHopIsTheLast) {
  const auto trusted = proxies({"127.0.0.1"});
  std::string chain = "6.6.6.6";
  for (int hop = 1; hop < 32; ++hop) chain += ", 127.0.0.1";
  EXPECT_EQ(client("127.0.0.1", {chain}, trusted), "6.6.6.6");
  EXPECT_EQ(client("127.0.0.1", {chain + ", 127.0.0.1"}, trusted), "127.0.0.1");
}

TEST(ClientAddress, APeerThatIsNoAddressIsTakenAsItIs) {
  EXPECT_EQ(client("unix", {"5.5.5.5"}, proxies({"127.0.0.1"})), "unix");
}

TEST(TrustedProxies, RefusesWhatIsNoNetworkAndTheNetworkOfEverything) {
  for (const auto* entry : {"", "localhost", "10.0.0.0/33", "10.0.0.0/0", "::/0", "10.0.0.0/",
                            "1.2.3.4/x", "::1/129", "0.0.0.0/-1"}) {
    const std::vector<std::string> entries{entry};
    const auto parsed = TrustedProxies::parse(entries);
    ASSERT_FALSE(parsed) << entry;
    EXPECT_EQ(parsed.error().code, Errc::bad_config);
  }
}

TEST(TrustedProxies, MatchesTheBitsOfTheNetworkOnly) {
  const auto trusted = proxies({"10.1.128.0/17"});
  EXPECT_TRUE(trusted.contains(*Address::parse("10.1.255.1")));
  EXPECT_FALSE(trusted.contains(*Address::parse("10.1.127.255")));
  EXPECT_FALSE(trusted.contains(*Address::parse("a01:8000::")));
}

}  // namespace
}  // namespace latchkey::guard
