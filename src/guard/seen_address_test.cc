#include "guard/seen_address.h"

#include <gtest/gtest.h>

namespace latchkey::guard {
namespace {

const PublicUrl& public_site() {
  static const PublicUrl url = *PublicUrl::parse("https://app.example.com");
  return url;
}

TEST(SeenAddress, TheOwnNameIsNoOtherAddressWhateverItsCaseAndPort) {
  for (const auto* host :
       {"app.example.com", "APP.example.com", "app.example.com:443", "app.example.com:8443"}) {
    EXPECT_FALSE(opened_elsewhere({.host = host}, public_site())) << host;
  }
}

TEST(SeenAddress, F3AnotherNameIsAnotherAddress) {
  for (const auto* host : {"example.com", "www.example.com", "app.example.com.evil.example",
                           "app.example.com.", "old.example.com:8080"}) {
    const bool known = !std::string_view{host}.ends_with('.');
    EXPECT_EQ(opened_elsewhere({.host = host}, public_site()), known) << host;
    EXPECT_EQ(opened_elsewhere({.host = host, .secure_context = true}, public_site()), known)
        << host;
  }
}

TEST(SeenAddress, WhatMayBeAProxysUpstreamCountsOnlyFromABrowserWithoutHttps) {
  for (const auto* host :
       {"192.0.2.7:4470", "127.0.0.1:4470", "localhost:4470", "latchkey:4470", "[::1]:4470"}) {
    EXPECT_TRUE(opened_elsewhere({.host = host}, public_site())) << host;
    EXPECT_FALSE(opened_elsewhere({.host = host, .secure_context = true}, public_site())) << host;
    EXPECT_FALSE(opened_elsewhere({.host = host, .from_proxy = true}, public_site())) << host;
  }
}

TEST(SeenAddress, AForwardedHostIsWhatTheBrowserAskedFor) {
  EXPECT_FALSE(opened_elsewhere({.host = "upstream.internal", .forwarded_host = "app.example.com"},
                                public_site()));
  EXPECT_TRUE(opened_elsewhere(
      {.host = "app.example.com", .forwarded_host = "www.example.com", .from_proxy = true},
      public_site()));
}

TEST(SeenAddress, LoopbackNamesAreOneAddress) {
  const PublicUrl url = *PublicUrl::parse("http://localhost:4470");
  EXPECT_FALSE(opened_elsewhere({.host = "127.0.0.1:4470"}, url));
  EXPECT_FALSE(opened_elsewhere({.host = "[::1]:4470"}, url));
  EXPECT_TRUE(opened_elsewhere({.host = "192.0.2.7:4470"}, url));
  EXPECT_TRUE(opened_elsewhere({.host = "127.evil.example"}, url));
}

TEST(SeenAddress, WhatIsNoHostSaysNothing) {
  for (const auto* host : {"", "a b", "[::1", "<script>", ":80", "a..b"}) {
    EXPECT_FALSE(opened_elsewhere({.host = host}, public_site())) << host;
  }
}

}  // namespace
}  // namespace latchkey::guard
