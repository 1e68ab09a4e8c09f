#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every flow, with each way a session may travel.
class Carriers : public ::testing::TestWithParam<Carrier> {
 protected:
  bool stateless() const { return is_stateless(GetParam()); }
  Site site_{"https://app.example", {}, nullptr, GetParam()};
};

std::string name_of(const ::testing::TestParamInfo<Carrier>& info) {
  return std::string{carrier_name(info.param)};
}

std::size_t stored_sessions(const http::Response& response) {
  return codec::parse_json(response.body)->find("sessions")->array()->size();
}

TEST_P(Carriers, SignUpSessionAndLogOutWorkAndTheOldCookieIsRefused) {
  Browser browser(site_);
  ASSERT_EQ(browser.sign_up("ada").status, 201);
  const auto session = browser.get("/v1/session");
  ASSERT_EQ(session.status, 200);
  EXPECT_EQ(json_text(session.body, "username"), "ada");
  EXPECT_EQ(browser.get("/training").status, 200);
  Browser thief(site_);
  thief.cookie = browser.cookie;
  EXPECT_EQ(browser.post_json("/v1/logout", "{}").status, 204);
  EXPECT_EQ(browser.cookie, "");
  EXPECT_EQ(thief.get("/v1/session").status, 401);
  EXPECT_EQ(thief.get("/training").status, 303);
}

TEST_P(Carriers, R22WhatADisabledUserEndsStaysEndedWhenTheyAreBack) {
  Browser browser(site_);
  const auto user = UserId::parse(json_text(browser.sign_up("ada").body, "id"));
  const std::string token = browser.cookie;
  ASSERT_TRUE(*site_.store().users().set_disabled(*user, true));
  EXPECT_EQ(browser.get("/v1/session").status, 401);
  browser.cookie = token;
  EXPECT_EQ(browser.post_json("/v1/logout", "{}").status, 204);
  ASSERT_TRUE(*site_.store().users().set_disabled(*user, false));
  browser.cookie = token;
  EXPECT_EQ(code(browser.get("/v1/session")), "revoked");
}

TEST_P(Carriers, LoggingInAgainEndsTheSessionBefore) {
  Browser browser(site_);
  browser.sign_up("ada");
  Browser before(site_);
  before.cookie = browser.cookie;
  ASSERT_EQ(browser.log_in("ada").status, 200);
  EXPECT_EQ(browser.get("/v1/session").status, 200);
  EXPECT_EQ(before.get("/v1/session").status, 401);
}

TEST_P(Carriers, TheListSaysWhenItShowsThisSessionOnly) {
  Browser first(site_);
  first.sign_up("ada");
  Browser second(site_);
  second.log_in("ada");
  const auto list = first.get("/v1/sessions");
  ASSERT_EQ(list.status, 200);
  EXPECT_EQ(stored_sessions(list), stateless() ? 1U : 2U);
  EXPECT_EQ(list.body.find("no list") != std::string::npos, stateless());
  EXPECT_THAT(list.body, HasSubstr("\"current\":true"));
  EXPECT_THAT(list.body, HasSubstr("Firefox on Linux"));
  const auto page = first.get("/sessions");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("no list") != std::string::npos, stateless());
  EXPECT_THAT(page.body, HasSubstr("End all other sessions"));
}

TEST_P(Carriers, EndingTheOthersKeepsThisOne) {
  Browser first(site_);
  first.sign_up("ada");
  Browser second(site_);
  second.log_in("ada");
  const auto ended = first.send("DELETE", "/v1/sessions?scope=others");
  ASSERT_EQ(ended.status, 200);
  EXPECT_EQ(ended.body, stateless() ? "{\"ended\":null}\n" : "{\"ended\":1}\n");
  EXPECT_EQ(first.get("/v1/session").status, 200);
  EXPECT_EQ(second.get("/v1/session").status, 401);
  second.log_in("ada");
  EXPECT_EQ(first.post_form("/sessions/end-others", "").status, 303);
  EXPECT_EQ(first.get("/v1/session").status, 200);
  EXPECT_EQ(second.get("/v1/session").status, 401);
}

TEST_P(Carriers, R23AChangeOfPasswordKeepsOnlyTheSessionThatAsked) {
  Browser first(site_);
  first.sign_up("ada");
  Browser second(site_);
  second.log_in("ada");
  Browser thief(site_);
  thief.cookie = first.cookie;
  const std::string change =
      R"({"current_password":"correct horse battery","new_password":"staple battery horse"})";
  EXPECT_EQ(first.post_json("/v1/password", R"({"current_password":"x"})").status, 400);
  EXPECT_EQ(Browser(site_).post_json("/v1/password", change).status, 401);
  ASSERT_EQ(first.post_json("/v1/password", change).status, 204);
  EXPECT_EQ(first.get("/v1/session").status, 200);
  EXPECT_EQ(second.get("/v1/session").status, 401);
  EXPECT_EQ(thief.get("/v1/session").status, 401) << "the cookie before the change";
  EXPECT_EQ(code(first.post_json("/v1/password", change)), "wrong_credentials");
  EXPECT_EQ(second.log_in("ada").status, 401);
  EXPECT_EQ(second.log_in("ada", "staple battery horse").status, 200);
}

TEST_P(Carriers, EndingAllEndsThisOneToo) {
  Browser first(site_);
  first.sign_up("ada");
  Browser thief(site_);
  thief.cookie = first.cookie;
  EXPECT_EQ(first.send("DELETE", "/v1/sessions?scope=all").status, 200);
  EXPECT_EQ(thief.get("/v1/session").status, 401);
}

TEST_P(Carriers, EndingThisSessionByItsIdLogsOut) {
  Browser browser(site_);
  browser.sign_up("ada");
  Browser thief(site_);
  thief.cookie = browser.cookie;
  const std::string id = json_text(browser.get("/v1/sessions").body, "id");
  ASSERT_FALSE(id.empty());
  EXPECT_EQ(browser.send("DELETE", "/v1/sessions/" + id).status, 204);
  EXPECT_EQ(thief.get("/v1/session").status, 401);
  Browser other(site_);
  other.log_in("ada");
  EXPECT_EQ(other.send("DELETE", "/v1/sessions/" + id).status, 404);
}

TEST_P(Carriers, RefreshMovesTheDeadlineAndLaterUseKeepsTheSessionAlive) {
  Browser browser(site_);
  browser.sign_up("ada");
  for (int day = 0; day < 25; day += 5) {
    site_.clock.advance(std::chrono::days{5});
    const auto refreshed = browser.post_json("/v1/session/refresh", "{}");
    ASSERT_EQ(refreshed.status, 200) << day;
    EXPECT_EQ(sets_cookie(refreshed), stateless() || GetParam() == Carrier::hybrid) << day;
  }
  EXPECT_EQ(browser.get("/v1/session").status, 200);
  site_.clock.advance(std::chrono::days{6});
  EXPECT_EQ(browser.get("/v1/session").status, 401);
}

TEST_P(Carriers, AForgedCookieIsNoSession) {
  Browser browser(site_);
  browser.sign_up("ada");
  browser.cookie[40] ^= 1;  // of the secret, or of what is sealed or signed
  EXPECT_EQ(browser.get("/v1/session").status, 401);
}

TEST_P(Carriers, PagesLeadThroughLogInAndLogOut) {
  Browser browser(site_);
  browser.sign_up("ada");
  browser.cookie.clear();
  const auto in = browser.post_form("/login", "username=ada&password=correct+horse+battery");
  EXPECT_EQ(in.status, 303);
  EXPECT_THAT(browser.get("/").body, HasSubstr("ada"));
  EXPECT_EQ(browser.post_form("/logout", "").status, 303);
  EXPECT_THAT(browser.get("/").body, Not(HasSubstr("ada")));
}

INSTANTIATE_TEST_SUITE_P(Each, Carriers,
                         ::testing::Values(Carrier::stored, Carrier::encrypted_id, Carrier::hybrid,
                                           Carrier::sealed, Carrier::signed_token),
                         name_of);

}  // namespace
}  // namespace latchkey::testing
