#include "latchkey/public_url.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

PublicUrl url(std::string_view text) {
  auto parsed = PublicUrl::parse(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

TEST(PublicUrl, HttpsGivesAHostPrefixedSecureCookie) {
  const CookieOptions cookie = url("https://example.com").cookie();
  EXPECT_EQ(cookie.name, "__Host-session");
  EXPECT_TRUE(cookie.secure);
  EXPECT_TRUE(cookie.http_only);
  EXPECT_EQ(cookie.path, "/");
  EXPECT_EQ(cookie.domain, "");
  EXPECT_EQ(cookie.same_site, SameSite::lax);
}

TEST(PublicUrl, HttpOnLoopbackGivesACookieNamedByItsPort) {
  for (const auto* text : {"http://localhost:4470", "http://127.0.0.1:4470",
                           "http://127.200.3.4:4470", "http://[::1]:4470"}) {
    const PublicUrl parsed = url(text);
    EXPECT_EQ(parsed.cookie().name, "session-4470") << text;
    EXPECT_FALSE(parsed.cookie().secure);
    EXPECT_TRUE(parsed.cookie().http_only);
    EXPECT_TRUE(parsed.loopback());
    EXPECT_EQ(parsed.origin(), text);
  }
  EXPECT_EQ(url("http://localhost").cookie().name, "session-80");
}

TEST(PublicUrl, HttpsOnLoopbackIsSecureToo) {
  EXPECT_EQ(url("https://localhost:8443").cookie().name, "__Host-session");
}

TEST(PublicUrl, IsWrittenAsBrowsersWriteAnOrigin) {
  EXPECT_EQ(url("HTTPS://Example.COM/").origin(), "https://example.com");
  EXPECT_EQ(url("https://example.com:443").origin(), "https://example.com");
  EXPECT_EQ(url("https://example.com:8443/").origin(), "https://example.com:8443");
  EXPECT_EQ(url("http://localhost:80").origin(), "http://localhost");
  EXPECT_EQ(url("https://xn--bcher-kva.example").origin(), "https://xn--bcher-kva.example");
  EXPECT_EQ(url("https://[2001:db8::1]:8443").origin(), "https://[2001:db8::1]:8443");
}

TEST(PublicUrl, RefusesEverythingElseAndSaysWhatToDo) {
  struct Case {
    const char* text;
    const char* hint;
  };
  const Case cases[] = {
      {"http://example.com", "write https://example.com"},
      {"http://10.0.0.1", "write https://10.0.0.1"},
      {"http://0.0.0.0:80", "write https://0.0.0.0"},
      {"http://localhost.evil.example", "write https://"},
      {"http://128.0.0.1", "write https://128.0.0.1"},
      {"http://[::2]", "write https://[::2]"},
      {"https://user@example.com", "user name"},
      {"https://user:pw@example.com", "user name"},
      {"https://example.com/app", "path"},
      {"https://example.com//", "path"},
      {"https://example.com/?a=b", "query"},
      {"https://example.com#top", "fragment"},
      {"https://example.com.", "dot at the end"},
      {"https://b\xc3\xbc"
       "cher.example",
       "xn--"},
      {"https://exa mple.com", "blanks"},
      {"https://example.com\n", "blanks"},
      {"ftp://example.com", "https://"},
      {"example.com", "begin with https://"},
      {"", "begin with https://"},
      {"https://", "host"},
      {"https:///", "host"},
      {"https://example.com:0", "HOST:PORT"},
      {"https://example.com:65536", "HOST:PORT"},
      {"https://example.com:08", "HOST:PORT"},
      {"https://example.com:", "HOST:PORT"},
      {"https://example.com:80x", "HOST:PORT"},
      {"https://a..b", "host"},
      {"https://-a.example", "host"},
      {"https://127.1", "host"},
      {"https://0x7f.1", "host"},
      {"https://[::0001]", "host"},
      {"https://[::1", "HOST"},
  };
  for (const Case& c : cases) {
    const auto parsed = PublicUrl::parse(c.text);
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().code, Errc::bad_config);
    EXPECT_NE(parsed.error().detail.find(c.hint), std::string::npos)
        << c.text << ": " << parsed.error().detail;
  }
}

TEST(PublicUrl, SameOriginIsExact) {
  const PublicUrl site = url("https://example.com");
  EXPECT_TRUE(site.same_origin("https://example.com"));
  for (const auto* foreign :
       {"https://evil.example", "http://example.com", "https://example.com:8443", "null", "",
        "https://example.com.", "https://user@example.com", "https://EXAMPLE.com",
        "HTTPS://example.com", "https://example.com:443", "https://example.com/",
        "https://xn--exmple-cua.com", "https://example.com.evil.example", "https://sub.example.com",
        "https://example.co", "https://example.com https://evil.example", "//example.com",
        "example.com"}) {
    EXPECT_FALSE(site.same_origin(foreign)) << foreign;
  }
}

TEST(PublicUrl, ASiteBeyondLoopbackHasNothingToDoWithAPageOfThisMachine) {
  const auto url = PublicUrl::parse("https://app.example");
  ASSERT_TRUE(url);
  for (const char* origin : {"https://localhost", "https://127.0.0.1", "https://[::1]"}) {
    EXPECT_FALSE(url->same_origin(origin)) << origin;
  }
}

TEST(PublicUrl, LoopbackNamesOnOnePortAndSchemeAreOneOrigin) {
  const PublicUrl site = url("http://localhost:4470");
  for (const auto* same : {"http://localhost:4470", "http://127.0.0.1:4470",
                           "http://127.9.9.9:4470", "http://[::1]:4470"}) {
    EXPECT_TRUE(site.same_origin(same)) << same;
  }
  for (const auto* foreign :
       {"http://localhost:4471", "https://localhost:4470", "http://localhost",
        "http://localhost.:4470", "http://u@localhost:4470", "http://LOCALHOST:4470",
        "http://example.com:4470", "null", "http://localhost:4470/", "http://127.1:4470",
        "http://[::1]x:4470", "http://[::1:4470", "http://localhost:04470",
        "http://[::ffff:127.0.0.1]:4470", "http://localhost.evil:4470"}) {
    EXPECT_FALSE(site.same_origin(foreign)) << foreign;
  }
  const PublicUrl plain = url("http://localhost");
  EXPECT_TRUE(plain.same_origin("http://127.0.0.1"));
  EXPECT_FALSE(plain.same_origin("http://127.0.0.1:80"));
}

}  // namespace
}  // namespace latchkey
