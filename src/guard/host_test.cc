#include "guard/host.h"

#include <gtest/gtest.h>

#include "latchkey/address.h"

namespace latchkey::guard {
namespace {

TEST(Loopback, F9OnlyAddressesOfThisMachineAreLoopback) {
  for (const auto* text : {"127.0.0.1", "127.0.0.0", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1",
                           "::ffff:127.0.0.1", "::ffff:7f00:1"}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_TRUE(address->is_loopback()) << text;
  }
  for (const auto* text :
       {"0.0.0.0", "126.255.255.255", "128.0.0.1", "192.0.2.127", "::", "::2", "1::1", "::1:1",
        "::127.0.0.1", "fe80::1", "::ffff:128.0.0.1", "7f00::1"}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_FALSE(address->is_loopback()) << text;
  }
}

TEST(Loopback, F9ANameThatBeginsLikeALoopbackAddressIsNone) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const auto* host : {"127.evil.example", "127.0.0.1.evil.example", "127.1", "127.0.0.1:80",
                           "localhost.evil.example", "LOCALHOST", "[::2]", "::1", "0.0.0.0", ""}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(Host, LabelsHave63OctetsAndNames253AtMost) {
  const std::string label(63, 'a');
  EXPECT_TRUE(is_host(label + ".example"));
  EXPECT_FALSE(is_host(label + "a.example"));
  const std::string three = label + "." + label + "." + label + ".";
  EXPECT_TRUE(is_host(three + std::string(61, 'b')));
  EXPECT_FALSE(is_host(three + std::string(62, 'b')));
}

}  // namespace
}  // namespace latchkey::guard
