#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string listed_id(const Browser& browser) { return browser.cookie.substr(4, 23); }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; ++at) ++found;
  return found;
}

TEST(PageSessions, SendsStrangersToLogInAndBack) {
  Site site;
  Browser browser(site);
  for (const auto& response :
       {browser.get("/sessions"), browser.post_form("/sessions/end", "session=x"),
        browser.post_form("/sessions/end-others", "")}) {
    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(header(response, "Location"), "/login?next=/sessions");
  }
}

TEST(PageSessions, ShowsDeviceAddressAndTimesAndMarksThisOne) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.user_agent =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  second.log_in("ada");
  site.clock.advance(std::chrono::minutes{5});
  const auto page = first.get("/sessions");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Firefox on Linux <span class=\"badge\">This device</span>"));
  EXPECT_THAT(page.body, HasSubstr("Chrome on Windows"));
  EXPECT_THAT(page.body, HasSubstr("192.0.2.7"));
  EXPECT_THAT(page.body, HasSubstr("<time datetime=\"2027-01-15T08:00:00.000Z\""));
  EXPECT_THAT(page.body, HasSubstr(">5 minutes ago</time>"));
  EXPECT_EQ(count(page.body, "class=\"badge\""), 1U);
  EXPECT_THAT(page.body, HasSubstr("value=\"" + listed_id(second) + "\""));
  EXPECT_THAT(page.body, Not(HasSubstr("value=\"" + listed_id(first) + "\"")));
}

TEST(PageSessions, EndsOneAndSaysSo) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  const auto response = first.post_form("/sessions/end", "session=" + listed_id(second));
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(header(response, "Location"), "/sessions?notice=ended");
  EXPECT_THAT(first.get("/sessions?notice=ended").body, HasSubstr("That session was ended."));
  EXPECT_EQ(code(second.get("/v1/session")), "revoked");
}

TEST(PageSessions, AnUnknownAndAForeignOneAreTheSame) {
  Site site;
  Browser ada(site);
  ada.sign_up("ada");
  Browser bob(site);
  bob.sign_up("bob");
  for (const auto& id : {listed_id(bob), std::string("nonsense"), std::string()}) {
    EXPECT_EQ(header(ada.post_form("/sessions/end", "session=" + id), "Location"),
              "/sessions?notice=none");
  }
  EXPECT_THAT(ada.get("/sessions?notice=none").body, HasSubstr("had already ended"));
  EXPECT_EQ(bob.get("/v1/session").status, 200);
}

TEST(PageSessions, EndingThisOneLogsOut) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto response = browser.post_form("/sessions/end", "session=" + listed_id(browser));
  EXPECT_EQ(header(response, "Location"), "/");
  EXPECT_TRUE(blanks_cookie(response));
}

TEST(PageSessions, EndsAllOthersAndOffersItOnlyWhenThereAreSome) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  EXPECT_THAT(first.get("/sessions").body, Not(HasSubstr("End all other sessions")));
  Browser second(site);
  second.log_in("ada");
  EXPECT_THAT(first.get("/sessions").body, HasSubstr("End all other sessions"));
  const auto response = first.post_form("/sessions/end-others", "");
  EXPECT_EQ(header(response, "Location"), "/sessions?notice=others-ended");
  EXPECT_THAT(first.get("/sessions?notice=others-ended").body,
              HasSubstr("All other sessions were ended."));
  EXPECT_EQ(code(second.get("/v1/session")), "revoked");
  EXPECT_EQ(first.get("/v1/session").status, 200);
}

TEST(PageSessions, ANoticeNobodyWroteIsNotShown) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto page = browser.get("/sessions?notice=You+won+a+prize");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, Not(HasSubstr("prize")));
}

TEST(PageSessions, LinksToThePageBehindFifty) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (int i = 0; i < 51; ++i) Browser(site).log_in("ada");
  const std::string page = browser.get("/sessions").body;
  EXPECT_EQ(count(page, "<li class="), 50U);
  const std::size_t at = page.find("/sessions?after=");
  ASSERT_NE(at, std::string::npos);
  const auto older = browser.get(page.substr(at, page.find('"', at) - at));
  EXPECT_EQ(count(older.body, "<li class="), 2U);
  EXPECT_EQ(browser.get("/sessions?after=nonsense").status, 400);
}

TEST(PageSessions, HostileDevicesAreText) {
  Site site;
  Browser browser(site);
  browser.user_agent = "<script>alert(1)</script>\" onload=\"x Firefox/1 Linux \xff\xfe\x01";
  browser.sign_up("ada");
  Browser other(site);
  other.log_in("ada");
  const auto page = other.get("/sessions").body;
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("onload")));
  EXPECT_THAT(page, HasSubstr("Firefox on Linux"));
  EXPECT_THAT(other.get("/v1/sessions").body,
              HasSubstr("<script>alert(1)</script>\\\" onload=\\\"x"));
}

TEST(PageSessions, R24EndingOtherSessionsNeedsALogInOfAMomentAgo) {
  Site site;
  Browser own(site);
  own.sign_up("ada");
  Browser other(site);
  other.log_in("ada");
  const std::string id = other.cookie.substr(4, 23);
  site.clock.advance(std::chrono::minutes{5} + Millis{1});
  EXPECT_EQ(header(own.post_form("/sessions/end", "session=" + id), "Location"),
            "/reauth?next=/sessions");
  EXPECT_EQ(header(own.post_form("/sessions/end-others", ""), "Location"),
            "/reauth?next=/sessions");
  EXPECT_EQ(other.get("/v1/session").status, 200) << "nothing was ended";
  own.post_form("/reauth", "password=correct+horse+battery&next=/sessions");
  EXPECT_EQ(header(own.post_form("/sessions/end", "session=" + id), "Location"),
            "/sessions?notice=ended");
  EXPECT_EQ(other.get("/v1/session").status, 401);
}

}  // namespace
}  // namespace latchkey::testing
