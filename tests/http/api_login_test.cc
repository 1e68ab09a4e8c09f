#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ApiSignUp, Answers201WithUserSessionAndCookie) {
  Site site;
  Browser browser(site);
  const auto response = browser.sign_up("ada@example.com");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
  const std::string id = browser.cookie.substr(4, 23);
  EXPECT_EQ(response.body,
            "{\"user\":{\"id\":\"" + json_text(response.body, "id") +
                "\",\"username\":\"ada@example.com\"},\"session\":{\"id\":\"" + id +
                "\",\"revision\":1,\"created_at\":\"2027-01-15T08:00:00.000Z\",\"last_seen_at\":"
                "\"2027-01-15T08:00:00.000Z\",\"idle_expires_at\":\"2027-01-29T08:00:00.000Z\","
                "\"absolute_expires_at\":\"2027-02-14T08:00:00.000Z\",\"expires_in\":1209600,"
                "\"current\":true,\"bound\":false}}\n");
  EXPECT_THAT(*header(response, "Set-Cookie"), HasSubstr("session-4470=lk1_"));
  EXPECT_THAT(*header(response, "Set-Cookie"), HasSubstr("Max-Age=2592000"));
}

TEST(ApiSignUp, RememberFalseGivesACookieThatEndsWithTheBrowser) {
  Site site;
  Browser browser(site);
  const auto response = browser.sign_up("ada", /*remember=*/false);
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(*header(response, "Set-Cookie"), Not(HasSubstr("Max-Age")));
  EXPECT_EQ(json_text(response.body, "expires_in"), "7200");
}

TEST(ApiSignUp, ATakenNameIs409WithoutCookie) {
  Site site;
  Browser(site).sign_up("ada");
  const auto response = Browser(site).sign_up("ADA");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(code(response), "username_taken");
  EXPECT_FALSE(header(response, "Set-Cookie"));
}

TEST(ApiSignUp, EachRuleHasItsCode) {
  Site site;
  Browser browser(site);
  const auto post = [&](std::string_view name, std::string_view password) {
    return browser.post_json("/v1/signup", "{\"username\":\"" + std::string(name) +
                                               "\",\"password\":\"" + std::string(password) +
                                               "\"}");
  };
  EXPECT_EQ(code(post("", kPassword)), "username_invalid");
  EXPECT_EQ(code(post("a\\r\\nSet-Cookie: x=y", kPassword)), "username_invalid");
  EXPECT_EQ(code(post("ada", "12345678901234")), "password_too_short");
  EXPECT_EQ(code(post("ada", std::string(1025, 'x'))), "password_too_long");
  EXPECT_EQ(code(post("ada", "passwordpassword")), "password_common");
  EXPECT_EQ(code(post("margaret", "Margaret-1234567")), "password_common");
  EXPECT_EQ(post("ada", "passwordpassword").status, 422);
  const auto response = post("ada", "12345678901234");
  EXPECT_EQ(response.status, 400);
  EXPECT_FALSE(header(response, "Set-Cookie"));
}

TEST(ApiLogIn, Answers200WithANewSession) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  const auto response = second.log_in("ada");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(json_text(response.body, "username"), "ada");
  EXPECT_NE(first.cookie, second.cookie);
  EXPECT_EQ(second.get("/v1/session").status, 200);
  EXPECT_EQ(first.get("/v1/session").status, 200);
}

TEST(ApiLogIn, R88UnknownUserAndWrongPasswordAreTheSameBytes) {
  Site site;
  Browser(site).sign_up("ada");
  const auto wrong = Browser(site).log_in("ada", "not the right password");
  const auto unknown = Browser(site).log_in("bob", "not the right password");
  const auto impossible = Browser(site).log_in("a\nb", "not the right password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(code(wrong), "wrong_credentials");
  EXPECT_EQ(text(wrong), text(unknown));
  EXPECT_EQ(text(wrong), text(impossible));
  EXPECT_FALSE(header(wrong, "Set-Cookie"));
}

TEST(ApiLogIn, R88ADisabledUserIsTheSameBytesToo) {
  Site site;
  const auto signed_up = Browser(site).sign_up("ada");
  const auto user = UserId::parse(json_text(signed_up.body, "id"));
  ASSERT_TRUE(*site.store().users().set_disabled(*user, true));
  EXPECT_EQ(text(Browser(site).log_in("ada")), text(Browser(site).log_in("bob")));
}

TEST(ApiLogIn, R5TheOldSessionOfThisBrowserEnds) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string old = browser.cookie;
  EXPECT_EQ(browser.log_in("ada").status, 200);
  EXPECT_NE(browser.cookie, old);
  Browser left_behind(site);
  left_behind.cookie = old;
  EXPECT_EQ(code(left_behind.get("/v1/session")), "revoked");
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST(ApiLogIn, AFailedLoginLeavesTheSessionThereIs) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.log_in("ada", "not the right password").status, 401);
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST(ApiLogIn, AGuestSessionEndsAtLogin) {
  Site site;
  Browser(site).sign_up("ada");
  Browser guest(site);
  guest.cookie = (*site.sessions->create_guest()).token.reveal();
  const std::string old = guest.cookie;
  EXPECT_EQ(guest.log_in("ada").status, 200);
  guest.cookie = old;
  EXPECT_EQ(guest.get("/v1/session").status, 401);
  const std::array ids{*SessionId::parse(old.substr(4, 23))};
  const auto found = site.store().sessions().find(ids, {});
  ASSERT_TRUE(found->front().tombstone);
  EXPECT_EQ(found->front().tombstone->reason, EndReason::replaced);
}

TEST(ApiLogIn, R4ACookieTheClientMadeUpIsNeverAdopted) {
  Site site;
  Browser(site).sign_up("ada");
  Browser browser(site);
  const std::string planted = "lk1_" + std::string(47, 'A');
  browser.cookie = planted;
  EXPECT_EQ(browser.log_in("ada").status, 200);
  EXPECT_NE(browser.cookie, planted);
}

TEST(ApiLogIn, BadBodiesAre400) {
  Site site;
  Browser browser(site);
  for (const auto* body :
       {"", "null", "[]", "\"x\"", "{",
        "{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"}", "{\"username\":\"a\",}",
        "{\"username\":\"\xff\",\"password\":\"b\"}", "{} {}", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(code(browser.post_json("/v1/login", body)), "bad_json") << body;
    EXPECT_EQ(code(browser.post_json("/v1/signup", body)), "bad_json") << body;
  }
  std::string deep = "{\"username\":";
  deep += std::string(16, '[') + std::string(16, ']') + "}";
  EXPECT_EQ(code(browser.post_json("/v1/login", deep)), "bad_json");
  for (const auto* body :
       {"{}", "{\"username\":\"a\"}", "{\"password\":\"a\"}", "{\"username\":1,\"password\":\"b\"}",
        "{\"username\":\"a\",\"password\":null}",
        "{\"username\":\"a\",\"password\":\"b\",\"remember\":\"yes\"}"}) {
    const auto response = browser.post_json("/v1/login", body);
    EXPECT_EQ(code(response), "bad_field") << body;
    EXPECT_EQ(response.status, 400);
  }
}

TEST(ApiLogIn, AHugePasswordIsRefusedBeforeAnyWork) {
  Site site;
  Browser browser(site);
  const std::string body = "{\"username\":\"a\",\"password\":\"" + std::string(60'000, 'x') + "\"}";
  EXPECT_EQ(code(browser.post_json("/v1/login", body)), "password_too_long");
  const std::string huge =
      "{\"username\":\"a\",\"password\":\"" + std::string(1 << 20, 'x') + "\"}";
  EXPECT_EQ(code(browser.post_json("/v1/login", huge)), "password_too_long");
}

TEST(ApiLogOut, EndsTheSessionAndBlanksTheCookie) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  const auto response = browser.send("POST", "/v1/logout");
  EXPECT_EQ(response.status, 204);
  EXPECT_TRUE(blanks_cookie(response));
  Browser replay(site);
  replay.cookie = token;
  EXPECT_EQ(code(replay.get("/v1/session")), "revoked");
}

TEST(ApiLogOut, IsIdempotentAndAlwaysBlanksTheCookie) {
  Site site;
  Browser browser(site);
  for (const auto* cookie :
       {"", "garbage", "lk1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    browser.cookie = cookie;
    const auto response = browser.send("POST", "/v1/logout");
    EXPECT_EQ(response.status, 204) << cookie;
    EXPECT_TRUE(blanks_cookie(response)) << cookie;
  }
}

// F2: "cookies" would delete those of every other site of the domain, "storage" what other
// applications of this origin keep. R60 asks for both: docs/http_api.md says why not.
TEST(ApiLogOut, R60F2EmptiesOnlyTheCacheAndOverHttpsOnly) {
  const auto cleared = [](std::string_view url, std::string_view method, std::string_view path) {
    Site site{std::string{url}};
    Browser browser(site);
    browser.sign_up("ada");
    const std::string id = browser.cookie.substr(4, 23);
    const bool form = path == "/logout" || path == "/sessions/end";
    const auto response = form ? browser.post_form(path, "session=" + id)
                               : browser.send(method, path == "ID" ? "/v1/sessions/" + id : path);
    EXPECT_TRUE(blanks_cookie(response)) << path;
    return header(response, "Clear-Site-Data").value_or("none");
  };
  constexpr std::pair<std::string_view, std::string_view> kWaysOut[] = {
      {"POST", "/v1/logout"},
      {"DELETE", "/v1/sessions?scope=all"},
      {"DELETE", "ID"},
      {"POST", "/logout"},
      {"POST", "/sessions/end"}};
  for (const auto& [method, path] : kWaysOut) {
    EXPECT_EQ(cleared("https://example.com", method, path), "\"cache\"") << path;
    EXPECT_EQ(cleared("http://localhost:4470", method, path), "none") << path;
  }
}

TEST(ApiLogOut, AWrongSecretEndsNothing) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  Browser thief(site);
  thief.cookie = browser.cookie.substr(0, browser.cookie.size() - 1) +
                 (browser.cookie.back() == 'A' ? 'E' : 'A');
  EXPECT_EQ(thief.send("POST", "/v1/logout").status, 204);
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

}  // namespace
}  // namespace latchkey::testing
