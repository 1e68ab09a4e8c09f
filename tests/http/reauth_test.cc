// Who has been signed in for long proves again who they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRightWord = R"({"password":"correct horse battery"})";
constexpr std::string_view kWrongWord = R"({"password":"not the right password"})";

TEST(ApiReauth, R27TheRightPasswordRenewsTheSessionUnderANewCookie) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string before = browser.cookie;
  site.clock.advance(minutes{10});
  const auto answer = browser.post_json("/v1/session/reauth", kRightWord);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("username":"ada")"));
  EXPECT_TRUE(sets_cookie(answer));
  EXPECT_NE(browser.cookie, before);
  const auto seen = site.sessions->validate(browser.cookie);
  ASSERT_TRUE(seen && seen->session);
  EXPECT_EQ(seen->session->authenticated_at, site.clock.now());
  Browser thief(site);
  thief.cookie = before;
  EXPECT_EQ(thief.get("/v1/session").status, 401) << "a copied cookie is worthless";
}

TEST(ApiReauth, R19TheWrongPasswordRenewsNothing) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const UnixTime proven = site.clock.now();
  site.clock.advance(minutes{10});
  const auto answer = browser.post_json("/v1/session/reauth", kWrongWord);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(code(answer), "wrong_credentials");
  EXPECT_FALSE(header(answer, "Set-Cookie"));
  EXPECT_EQ(browser.get("/v1/session").status, 200) << "the session stays";
  EXPECT_EQ(site.sessions->validate(browser.cookie)->session->authenticated_at, proven);
}

TEST(ApiReauth, AsksForASessionAndForAPassword) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(code(browser.post_json("/v1/session/reauth", kRightWord)), "no_session");
  browser.sign_up("ada");
  EXPECT_EQ(code(browser.post_json("/v1/session/reauth", "{}")), "bad_field");
  EXPECT_EQ(code(browser.post_json("/v1/session/reauth", R"({"password":7})")), "bad_field");
  EXPECT_EQ(code(browser.post_json("/v1/session/reauth", "[]")), "bad_json");
  const auto foreign =
      browser.post_json("/v1/session/reauth", kRightWord, {{"Origin", "https://evil.example"}});
  EXPECT_EQ(code(foreign), "origin_refused");
}

TEST(ApiReauth, GuessesAreCountedWithThoseOfAChangeOfPassword) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string change =
      R"({"current_password":"not the right password","new_password":"a new and long one"})";
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(i % 2 == 0 ? browser.post_json("/v1/session/reauth", kWrongWord).status
                         : browser.post_json("/v1/password", change).status,
              401);
  }
  const auto refused = browser.post_json("/v1/session/reauth", kRightWord);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  site.clock.advance(Millis{1000});
  EXPECT_EQ(browser.post_json("/v1/session/reauth", kRightWord).status, 200);
}

TEST(PageReauth, AsksForThePasswordOfWhoIsSignedInAndGoesBack) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto page = browser.get("/reauth?next=/sessions%3Fa%3Db");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("name=\"next\" value=\"/sessions?a=b\""));
  EXPECT_THAT(page.body, HasSubstr("readonly autocomplete=\"username\" value=\"ada\""));
  const auto wrong = browser.post_form("/reauth", "password=no+this+is+not+it&next=/sessions");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr("role=\"alert\" id=\"problem\">The password is wrong.</p>"));
  EXPECT_THAT(wrong.body, HasSubstr("value=\"/sessions\""));
  EXPECT_THAT(wrong.body, Not(HasSubstr("not it")));
  const std::string before = browser.cookie;
  const auto done =
      browser.post_form("/reauth", "username=eve&password=correct+horse+battery&next=/sessions");
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/sessions");
  EXPECT_NE(browser.cookie, before);
}

TEST(PageReauth, R170LeadsNowhereElse) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const char* next : {"https://evil.example/", "//evil.example", "/\\evil.example"}) {
    const std::string query = std::string("/reauth?next=") + next;
    EXPECT_THAT(browser.get(query).body, Not(HasSubstr("evil"))) << next;
    const auto done =
        browser.post_form("/reauth", std::string("password=correct+horse+battery&next=") + next);
    EXPECT_EQ(header(done, "Location"), "/") << next;
  }
}

TEST(PageReauth, WhoHasNoPasswordHereLogsIn) {
  Site site;
  Browser stranger(site);
  EXPECT_EQ(header(stranger.get("/reauth?next=/sessions"), "Location"), "/login?next=/sessions");
  EXPECT_EQ(header(stranger.post_form("/reauth", "password=x&next=/sessions"), "Location"),
            "/login?next=/sessions");
  Browser other(site);  // of a user that only another system knows
  other.cookie = site.sessions->create(UserId{7})->token.reveal();
  EXPECT_EQ(header(other.get("/reauth?next=/sessions"), "Location"),
            "/login?reason=recent_login&next=/sessions");
}

TEST(PageReauth, SaysHowLongToWait) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (int i = 0; i < 5; ++i) browser.post_form("/reauth", "password=not+the+right+one");
  const auto page = browser.post_form("/reauth", "password=correct+horse+battery");
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(header(page, "Retry-After"), "1");
  EXPECT_THAT(page.body, HasSubstr("You can try again in 1 second.</p>"));
}

}  // namespace
}  // namespace latchkey::testing
