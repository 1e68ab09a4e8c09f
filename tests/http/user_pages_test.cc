// The pages of an account: a new password, and its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kChange =
    "current=correct+horse+battery&password=another+long+enough+password";

TEST(PageAccount, LeadsToAllThatCanBeDone) {
  Site site;
  Browser browser(site);
  for (const char* path : {"/account", "/account/password", "/account/delete"}) {
    EXPECT_EQ(header(browser.get(path), "Location"), "/login?next=" + std::string(path));
  }
  browser.sign_up("ada");
  const auto page = browser.get("/account");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("href=\"/account/password\""));
  EXPECT_THAT(page.body, HasSubstr("href=\"/account/delete\""));
  EXPECT_THAT(page.body, HasSubstr("<bdi>ada</bdi>"));
}

TEST(PageAccount, OffersNothingToAUserOfAnotherSystem) {
  Site site;
  Browser browser(site);
  browser.cookie = site.sessions->create(UserId{7})->token.reveal();
  EXPECT_THAT(browser.get("/account").body, Not(HasSubstr("/account/password")));
  EXPECT_EQ(header(browser.get("/account/password"), "Location"), "/account");
  EXPECT_EQ(header(browser.get("/account/delete"), "Location"), "/account");
}

TEST(PagePassword, R23ChangesThePasswordAndLogsTheOthersOut) {
  Site site;
  Browser browser(site);
  Browser other(site);
  browser.sign_up("ada");
  other.log_in("ada");
  const std::string before = browser.cookie;
  EXPECT_THAT(browser.get("/account/password").body, HasSubstr("name=\"current\""));
  const auto done = browser.post_form("/account/password", kChange);
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/account?notice=changed");
  EXPECT_NE(browser.cookie, before);
  EXPECT_THAT(browser.get("/account?notice=changed").body, HasSubstr("role=\"status\""));
  EXPECT_EQ(code(other.get("/v1/session")), "revoked");
}

TEST(PagePassword, R76SaysWhatIsWrong) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto wrong = browser.post_form(
      "/account/password", "current=not+the+right+one&password=another+long+enough+password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr("The password is wrong."));
  const auto weak =
      browser.post_form("/account/password", "current=correct+horse+battery&password=short");
  EXPECT_EQ(weak.status, 400);
  EXPECT_THAT(weak.body, HasSubstr("aria-describedby=\"problem rule\""));
  EXPECT_THAT(weak.body, Not(HasSubstr("value=\"short\"")));
  for (int i = 0; i < 4; ++i) {
    browser.post_form("/account/password", "current=no&password=another+long+enough+password");
  }
  EXPECT_EQ(browser.post_form("/account/password", kChange).status, 429);
}

TEST(PageDelete, R27AsksForTheWordOfWhoLoggedInAWhileAgo) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.get("/account/delete").status, 200);
  site.clock.advance(minutes{5} + Millis{1});
  EXPECT_EQ(header(browser.get("/account/delete"), "Location"), "/reauth?next=/account/delete");
  const auto refused = browser.post_form("/account/delete", "sure=on");
  EXPECT_EQ(header(refused, "Location"), "/reauth?next=/account/delete");
  EXPECT_EQ(browser.get("/v1/session").status, 200) << "nothing was deleted";
  const auto api = browser.send("DELETE", "/v1/user");
  EXPECT_EQ(api.status, 401);
  EXPECT_EQ(code(api), "recent_login");
  browser.post_form("/reauth", "password=correct+horse+battery");
  EXPECT_EQ(browser.get("/account/delete").status, 200);
}

TEST(PageDelete, DeletesTheAccountOfWhoIsSure) {
  Site site;
  Browser browser(site);
  Browser other(site);
  browser.sign_up("ada");
  other.log_in("ada");
  const auto unsure = browser.post_form("/account/delete", "");
  EXPECT_EQ(unsure.status, 400);
  EXPECT_THAT(unsure.body, HasSubstr("Tick the box if you are sure."));
  EXPECT_EQ(browser.get("/v1/session").status, 200);
  const auto done = browser.post_form("/account/delete", "sure=on");
  EXPECT_EQ(header(done, "Location"), "/?notice=deleted");
  EXPECT_TRUE(blanks_cookie(done));
  EXPECT_THAT(browser.get("/?notice=deleted").body, HasSubstr("Your account has been deleted."));
  EXPECT_EQ(other.get("/v1/session").status, 401);
  EXPECT_EQ(code(browser.log_in("ada")), "wrong_credentials");
  EXPECT_EQ(browser.sign_up("ada").status, 201) << "the name is free again";
}

TEST(ApiUser, DeletesWhoAsks) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(code(browser.send("DELETE", "/v1/user")), "no_session");
  browser.sign_up("ada");
  const auto done = browser.send("DELETE", "/v1/user");
  EXPECT_EQ(done.status, 204);
  EXPECT_TRUE(blanks_cookie(done));
  EXPECT_EQ(browser.get("/v1/session").status, 401);
  Browser foreign(site);
  foreign.cookie = site.sessions->create(UserId{7})->token.reveal();
  EXPECT_EQ(foreign.send("DELETE", "/v1/user").status, 404);
}

}  // namespace
}  // namespace latchkey::testing
