#include "session/session_cookies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/public_url.h"

namespace latchkey::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

SessionCookies cookies_of(CookieOptions cookie, std::uint32_t max_chunks = 1) {
  SessionsOptions options;
  options.cookie = std::move(cookie);
  options.max_chunks = max_chunks;
  auto made = SessionCookies::make(options);
  EXPECT_TRUE(made);
  return *std::move(made);
}

CookieOptions named(std::string domain = {}) {
  auto url = PublicUrl::parse("https://app.example");
  EXPECT_TRUE(url);
  CookieOptions cookie = url->cookie(domain);
  cookie.name = "sid";
  return cookie;
}

std::vector<std::string> written(const SessionCookies& cookies, std::string_view line) {
  const auto token = SessionToken::carried(SessionId{}, "new");
  SessionRecord record;
  record.persistent = false;
  const std::string_view lines[] = {line};
  auto values = cookies.set_cookies(token, record, lines, UnixTime{});
  EXPECT_TRUE(values);
  return *std::move(values);
}

std::vector<std::string> blanked(const SessionCookies& cookies, std::string_view line) {
  const std::string_view lines[] = {line};
  return cookies.blank_cookies(lines);
}

// N4: the host-only cookie from before the domain was configured stayed for 30 days, and a name
// that comes twice is no session.
TEST(SessionCookies, WithADomainTheHostOnlyCookieFromBeforeIsDeleted) {
  const SessionCookies cookies = cookies_of(named("app.example"));
  for (const std::string_view line : {"sid=A", "sid=A; sid=B", "x=1; sid=A"}) {
    const auto set = written(cookies, line);
    ASSERT_THAT(set, SizeIs(2)) << line;
    EXPECT_THAT(set[0], StartsWith("sid=; Max-Age=0;"));
    EXPECT_THAT(set[0], Not(HasSubstr("Domain")));
    EXPECT_THAT(set[1], StartsWith("sid=new; Path=/; Domain=app.example;"));
    const auto blank = blanked(cookies, line);
    ASSERT_THAT(blank, SizeIs(2)) << line;
    EXPECT_THAT(blank[0], Not(HasSubstr("Domain")));
    EXPECT_THAT(blank[1], HasSubstr("Max-Age=0"));
    EXPECT_THAT(blank[1], HasSubstr("; Domain=app.example;"));
  }
  EXPECT_THAT(written(cookies, "other=1"), SizeIs(1));
  EXPECT_THAT(blanked(cookies, ""), SizeIs(1));
}

// N4, the other way round: the domain was taken out of the configuration.
TEST(SessionCookies, ANameThatCameTwiceIsDeletedForTheOwnHostAsADomainToo) {
  const SessionCookies cookies = cookies_of(named());
  const auto set = written(cookies, "sid=A; sid=B");
  ASSERT_THAT(set, SizeIs(2));
  EXPECT_THAT(set[0], StartsWith("sid=; Max-Age=0;"));
  EXPECT_THAT(set[0], HasSubstr("; Domain=app.example;"));
  EXPECT_THAT(set[1], StartsWith("sid=new; Path=/; HttpOnly"));
  EXPECT_THAT(blanked(cookies, "sid=A; sid=B"), SizeIs(2));
  EXPECT_THAT(written(cookies, "sid=A"), SizeIs(1));
}

TEST(SessionCookies, FormerScopesAreDeletedWithEveryLogInAndLogOutThatBringsTheName) {
  CookieOptions cookie = named();
  cookie.former = {{"example", "/"}, {"", "/app"}, {"", "/"}};
  const SessionCookies cookies = cookies_of(cookie);
  const auto set = written(cookies, "sid=A");
  ASSERT_THAT(set, SizeIs(3)) << "the own scope is not among what is deleted";
  EXPECT_THAT(set[0], HasSubstr("; Path=/; Domain=example;"));
  EXPECT_THAT(set[1], HasSubstr("; Path=/app; HttpOnly"));
  EXPECT_THAT(set[2], StartsWith("sid=new"));
  EXPECT_THAT(blanked(cookies, "sid=A"), SizeIs(3));
  EXPECT_THAT(written(cookies, "a=1"), SizeIs(1));
}

TEST(SessionCookies, APathThatWasChangedIsDeletedAtTheRootWhenTheNameCameTwice) {
  CookieOptions cookie = named();
  cookie.path = "/app";
  cookie.host.clear();
  const auto set = written(cookies_of(cookie), "sid=A; sid=B");
  ASSERT_THAT(set, SizeIs(2));
  EXPECT_THAT(set[0], HasSubstr("Max-Age=0"));
  EXPECT_THAT(set[0], HasSubstr("; Path=/; HttpOnly"));
}

TEST(SessionCookies, ChunksOfAnotherScopeGoWithTheirName) {
  const SessionCookies cookies = cookies_of(named("app.example"), 4);
  const auto blank = blanked(cookies, "sid.0=A; sid.1=B");
  ASSERT_THAT(blank, SizeIs(5));
  EXPECT_THAT(blank[0], StartsWith("sid.0=; Max-Age=0"));
  EXPECT_THAT(blank[0], Not(HasSubstr("Domain")));
  EXPECT_THAT(blank[1], StartsWith("sid.1=; Max-Age=0"));
  EXPECT_THAT(blank[2], StartsWith("sid=; Max-Age=0"));
}

TEST(SessionCookies, APrefixThatForbidsOtherScopesNeedsNoOtherLine) {
  auto url = PublicUrl::parse("https://app.example");
  ASSERT_TRUE(url);
  const SessionCookies cookies = cookies_of(url->cookie());
  EXPECT_THAT(written(cookies, "__Host-session=A; __Host-session=B"), SizeIs(1));
}

// N4: nobody has written the name that forbids the domain.
TEST(SessionCookies, ADomainOverHttpsGivesANameThatAllowsIt) {
  auto url = PublicUrl::parse("https://app.example");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->cookie("example").name, "__Secure-session");
  EXPECT_EQ(session_cookie("example").name, "__Secure-session");
  EXPECT_EQ(session_cookie().name, "__Host-session");
  const auto set = written(cookies_of(url->cookie("app.example")), "");
  EXPECT_THAT(set, ElementsAre(StartsWith("__Secure-session=new; Path=/; Domain=app.example;")));
  auto local = PublicUrl::parse("http://localhost:3000");
  ASSERT_TRUE(local);
  EXPECT_EQ(local->cookie("localhost").name, "session-3000");
  EXPECT_THAT(local->cookie().host, IsEmpty());
}

}  // namespace
}  // namespace latchkey::session
