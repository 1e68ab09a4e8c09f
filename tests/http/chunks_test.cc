// Sessions too long for one cookie, over HTTP.
#include <gtest/gtest.h>

#include "tests/http/jar.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

class Chunks : public ::testing::Test {
 protected:
  // put_session gives the jar a session of about `size` octets.
  void put_session(std::size_t size) {
    const std::string attributes = "{\"d\":\"" + std::string(size * 3 / 4, 'x') + "\"}";
    auto made = site_.sessions->create(*UserId::parse("u1"), {.attributes = attributes});
    ASSERT_TRUE(made) << made.error().detail;
    auto cookies = site_.sessions->set_cookies(made->token, made->record, {});
    ASSERT_TRUE(cookies);
    for (const std::string& cookie : *cookies) jar_.keep(cookie);
  }
  Site site_{"https://app.example", {}, nullptr, Carrier::sealed, 4};
  Jar jar_{*site_.service, site_.public_url};
};

TEST_F(Chunks, ASessionInSeveralCookiesIsOne) {
  put_session(9000);
  ASSERT_EQ(jar_.cookies.size(), 3U);
  EXPECT_EQ(jar_.send("GET", "/v1/session").status, 200);
  EXPECT_EQ(jar_.send("GET", "/training").status, 200);
}

TEST_F(Chunks, AMissingPieceIsNoSession) {
  put_session(9000);
  jar_.cookies.erase("__Host-session.1");
  EXPECT_EQ(jar_.send("GET", "/v1/session").status, 401);
}

TEST_F(Chunks, R41APieceThatCameTwiceIsNoSession) {
  put_session(9000);
  jar_.cookies["a=b; __Host-session.0"] = "x";
  EXPECT_EQ(jar_.send("GET", "/v1/session").status, 401);
}

TEST_F(Chunks, RenewalAtHalfLifeWritesAllOfThem) {
  put_session(9000);
  const auto before = jar_.cookies;
  site_.clock.advance(std::chrono::days{8});
  EXPECT_EQ(jar_.send("GET", "/training").status, 200);
  ASSERT_EQ(jar_.cookies.size(), 3U);
  ASSERT_EQ(before.size(), 3U);
  for (const auto& [name, value] : before) EXPECT_NE(jar_.cookies[name], value) << name;
  EXPECT_EQ(jar_.send("GET", "/v1/session").status, 200);
}

TEST_F(Chunks, LogOutDeletesAllOfThemAndTheirCopiesAreRefused) {
  put_session(9000);
  Jar thief(*site_.service, site_.public_url);
  thief.cookies = jar_.cookies;
  EXPECT_EQ(jar_.send("POST", "/v1/logout", "{}").status, 204);
  EXPECT_TRUE(jar_.only_knows_the_device());
  EXPECT_EQ(thief.send("GET", "/v1/session").status, 401);
}

TEST_F(Chunks, AShorterSessionDeletesTheLeftovers) {
  put_session(9000);
  const std::string credentials = R"({"username":"ada","password":"correct horse battery"})";
  ASSERT_EQ(jar_.send("POST", "/v1/signup", credentials).status, 201);
  EXPECT_EQ(jar_.cookies.size(), 1U);
  EXPECT_EQ(jar_.send("GET", "/v1/session").status, 200);
}

TEST_F(Chunks, ABrokenSetOfPiecesIsBlankedOnAPage) {
  put_session(9000);
  jar_.cookies.erase("__Host-session.0");
  EXPECT_EQ(jar_.send("GET", "/").status, 200);
  EXPECT_TRUE(jar_.cookies.empty());
}

}  // namespace
}  // namespace latchkey::testing
