#include "latchkey/auth.h"

#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class AuthOptionsTest : public AuthFixture {
 protected:
  // refused returns the text with which options are refused.
  std::string refused(AuthOptions options) {
    auto auth = Auth::open(std::make_unique<ForwardingStore>(*store_), std::move(options));
    EXPECT_FALSE(auth);
    if (auth) return {};
    EXPECT_EQ(auth.error().code, Errc::bad_config);
    return auth.error().detail;
  }
};

TEST_F(AuthOptionsTest, MisuseIsRefusedWithWhatToChange) {
  const auto with = [&](auto change) {
    AuthOptions options = usual();
    change(options);
    return refused(std::move(options));
  };

  EXPECT_NE(with([](auto& o) { o.public_url = "http://example.com"; }).find("https://example.com"),
            std::string::npos);
  EXPECT_NE(with([](auto& o) { o.public_url = ""; }), "");
  EXPECT_NE(with([](auto& o) { o.login_path = "https://evil.example"; }).find("login_path"),
            std::string::npos);
  EXPECT_NE(with([](auto& o) { o.login_path = ""; }).find("login_path"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.reauth_path = "//evil"; }).find("reauth_path"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.home_path = "//evil"; }).find("home_path"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.home_path = ""; }).find("home_path"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.allowed_origins = {"*"}; }).find("allowed_origins"),
            std::string::npos);
  EXPECT_NE(with([](auto& o) { o.trusted_proxies = {"10.0.0"}; }).find("trusted_proxies"),
            std::string::npos);
  EXPECT_NE(with([](auto& o) { o.clear_site_data = {"cookies"}; }).find("clear_site_data"),
            std::string::npos)
      << "it would delete the cookies of other sites (F2)";
  EXPECT_NE(with([](auto& o) { o.carrier = Carrier::sealed; }).find("key"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.passwords.insecure_cost_for_tests = false; }), "");
  EXPECT_NE(with([](auto& o) { o.prune_every = Millis{-1}; }).find("prune_every"),
            std::string::npos);
  EXPECT_NE(with([](auto& o) { o.cookie.max_chunks = 9; }).find("max_chunks"), std::string::npos);
}

TEST_F(AuthOptionsTest, ADomainThatNoBrowserWouldTakeIsRefused) {
  const auto with = [&](std::string domain) {
    AuthOptions options = usual();
    options.public_url = "https://app.example.com";
    options.cookie.domain = std::move(domain);
    return refused(std::move(options));
  };
  for (const char* domain : {"example.org", "http://example.com", "example.com:8080", "exa mple",
                             "pp.example.com", "x.app.example.com", ".example.com"}) {
    EXPECT_NE(with(domain).find("cookie.domain"), std::string::npos) << domain << " (F12)";
  }
}

TEST_F(AuthOptionsTest, WhatTheCookieIsGivenReachesTheBrowser) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  options.cookie.same_site = SameSite::none;
  options.cookie.partitioned = true;
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, form().with("Origin", "https://app.example.com"));
  ASSERT_TRUE(session.sign_up({"ann", kPassword}));
  const std::string cookie = line(session, "Set-Cookie");
  EXPECT_NE(cookie.find("; SameSite=None"), std::string::npos) << cookie;
  EXPECT_NE(cookie.find("; Partitioned"), std::string::npos) << cookie;
}

TEST_F(AuthOptionsTest, TheHostItselfIsADomainAndARefusalNamesIt) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  options.cookie.domain = "app.example.com";
  EXPECT_NE(open(options), nullptr);
  options = usual();
  options.public_url = "http://[::1]:8080";
  options.cookie.domain = "example.com";
  EXPECT_NE(refused(std::move(options)).find(" from [::1];"), std::string::npos);
}

TEST_F(AuthOptionsTest, AFormerFormThatCannotExistIsRefused) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  options.cookie.former = {{.domain = "example.com"}};
  EXPECT_NE(refused(std::move(options)).find("cookie.former"), std::string::npos)
      << "__Host- forbids a domain";
}

TEST_F(AuthOptionsTest, NoStoreIsRefused) {
  auto auth = Auth::open(nullptr, usual());
  ASSERT_FALSE(auth);
  EXPECT_EQ(auth.error().code, Errc::bad_config);
}

}  // namespace
}  // namespace latchkey::testing
