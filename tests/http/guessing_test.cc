#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/faulty.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kWrong = "not the right password";

// fail_five uses up what an account has without a wait.
void fail_five(Site& site, std::string_view username) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Browser(site).log_in(username, kWrong).status, 401);
  }
}

TEST(Guessing, R87TooManyTriesAre429WithRetryAfterWhetherTheNameExistsOrNot) {
  Site site;
  Browser(site).sign_up("ada");
  fail_five(site, "ada");
  fail_five(site, "bob");
  const auto right = Browser(site).log_in("ada");
  EXPECT_EQ(right.status, 429);
  EXPECT_EQ(code(right), "rate_limited");
  EXPECT_EQ(header(right, "Retry-After"), "1");
  EXPECT_FALSE(header(right, "Set-Cookie"));
  EXPECT_FALSE(device_line(right));
  EXPECT_EQ(text(Browser(site).log_in("ada", kWrong)), text(right)) << "no oracle";
  EXPECT_EQ(text(Browser(site).log_in("bob")), text(right));
  site.clock.advance(Millis{1000});
  EXPECT_EQ(Browser(site).log_in("ada", kWrong).status, 401);
  EXPECT_EQ(header(Browser(site).log_in("ada"), "Retry-After"), "2");
}

TEST(Guessing, R84ABrowserThatLoggedInBeforeIsLetIn) {
  Site site;
  EXPECT_FALSE(device_line(Browser(site).sign_up("ada"))) << "its session is enough";
  Browser owner(site);
  const auto made = owner.log_in("ada");
  ASSERT_TRUE(device_line(made));
  EXPECT_THAT(*device_line(made), HasSubstr("device-4470=1"));
  EXPECT_THAT(*device_line(made), HasSubstr("; HttpOnly"));
  EXPECT_THAT(*device_line(made), HasSubstr("; SameSite=Lax"));
  EXPECT_THAT(*device_line(made), HasSubstr("Max-Age=31536000"));
  EXPECT_THAT(*device_line(made), Not(HasSubstr("Secure")));
  EXPECT_THAT(made.headers.front().second, HasSubstr("session-4470=")) << "the session is first";
  owner.post_json("/v1/logout", "{}");
  fail_five(site, "ada");
  EXPECT_EQ(Browser(site).log_in("ada").status, 429);
  EXPECT_EQ(owner.log_in("ada").status, 200);
  EXPECT_EQ(Browser(site).log_in("ada").status, 429);
}

TEST(Guessing, R84ABrowserThatSignedUpStaysKnownWhenItLogsOut) {
  Site site;
  Browser owner(site);
  owner.sign_up("ada");
  EXPECT_FALSE(device_line(owner.log_in("ada"))) << "it has shown a session";
  const auto left = owner.post_json("/v1/logout", "{}");
  ASSERT_TRUE(device_line(left));
  EXPECT_THAT(left.headers.front().second, HasSubstr("device-4470="))
      << "curl keeps a cookie whose deletion is not the last";
  fail_five(site, "ada");
  EXPECT_EQ(Browser(site).log_in("ada").status, 429);
  const auto again = owner.log_in("ada");
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(device_line(again)) << "it is renewed";
}

TEST(Guessing, ALogOutWithoutASessionMakesNoDeviceKnown) {
  Site site;
  EXPECT_FALSE(device_line(Browser(site).post_json("/v1/logout", "{}")));
}

TEST(Guessing, R84TheDeviceCookieFollowsTheSessionCookiesPlace) {
  Site site("https://app.example.com");
  Browser(site).sign_up("ada");
  const auto line = device_line(Browser(site).log_in("ada"));
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr("__Host-device=1"));
  EXPECT_THAT(*line, HasSubstr("; Secure"));
  EXPECT_THAT(*line, HasSubstr("; Path=/"));
  EXPECT_THAT(*line, Not(HasSubstr("Domain")));
  Browser borrowed(site);
  borrowed.sign_up("bob", /*remember=*/false);
  const auto short_lived = device_line(borrowed.post_json("/v1/logout", "{}"));
  ASSERT_TRUE(short_lived);
  EXPECT_THAT(*short_lived, Not(HasSubstr("Max-Age"))) << "a borrowed computer forgets it";
}

TEST(Guessing, R83SignUpsOfOneAddressAreLimited) {
  Site site;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Browser(site).sign_up("user" + std::to_string(i)).status, 201);
  }
  const auto refused = Browser(site).sign_up("one-more");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code(refused), "rate_limited");
  EXPECT_EQ(header(refused, "Retry-After"), "3600");
  site.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(Browser(site).sign_up("one-more").status, 201);
}

// A sign-up tells that a name is taken; how often one may ask is limited, whatever the answer.
TEST(Guessing, R91NamesAreProbedNoFasterThanUsersSignUp) {
  Site site;
  Browser(site).sign_up("ada");
  for (int i = 0; i < 9; ++i) EXPECT_EQ(code(Browser(site).sign_up("ada")), "username_taken");
  const auto taken = Browser(site).sign_up("ada");
  EXPECT_EQ(taken.status, 429);
  EXPECT_EQ(text(Browser(site).sign_up("nobody")), text(taken)) << "then nothing is told";
}

TEST(Guessing, AChangeOfPasswordIsLimitedToo) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto change = [&](std::string_view current) {
    return browser.post_json("/v1/password", R"({"current_password":")" + std::string(current) +
                                                 R"(","new_password":"a new and long one"})");
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(change(kWrong).status, 401);
  const auto refused = change(kPassword);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(browser.get("/v1/session").status, 200) << "the session stays";
  site.clock.advance(Millis{1000});
  EXPECT_EQ(change(kPassword).status, 204);
}

TEST(Guessing, APageSaysHowLongToWait) {
  Site site;
  fail_five(site, "ada");
  const std::string form = "username=ada&password=not+the+right+password";
  const auto page = Browser(site).post_form("/login", form);
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(header(page, "Retry-After"), "1");
  EXPECT_THAT(page.body, HasSubstr("Too many tries. Wait before you try again. "
                                   "You can try again in 1 second.</p>"));
  EXPECT_THAT(page.body, HasSubstr("value=\"ada\""));
  for (int i = 0; i < 8; ++i) {
    site.clock.advance(std::chrono::minutes{9});
    Browser(site).post_form("/login", form);
  }
  EXPECT_THAT(Browser(site).post_form("/login", form).body,
              HasSubstr("You can try again in 5 minutes.</p>"));
}

Fault never(StoreCall call, std::uint64_t) {
  return call == StoreCall::take ? Fault::fail_before : Fault::none;
}

TEST(Guessing, ALogInThatCannotBeCountedIs503AndLogsNobodyOut) {
  Site site("http://localhost:4470", {},
            [](Store& inner) { return make_faulty_store(inner, never); });
  const auto user = UserId::parse("ada").value();
  Browser browser(site);
  browser.cookie = (*site.sessions->create(user, {})).token.reveal();
  const auto refused = browser.log_in("ada");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(code(refused), "store_unavailable");
  EXPECT_FALSE(header(refused, "Set-Cookie"));
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

AuthOptions closed(const Site& site) {
  AuthOptions options = site.auth->options();
  options.passwords.sign_up = SignUp::closed;
  return options;
}

TEST(ClosedSignUp, IsRefusedInPlainWordsAndNotOffered) {
  Site site;
  Browser(site).sign_up("ada");
  site.open(closed(site));
  const auto api = Browser(site).sign_up("bob");
  EXPECT_EQ(api.status, 403);
  EXPECT_EQ(code(api), "sign_up_closed");
  for (const auto& page : {Browser(site).get("/signup"),
                           Browser(site).post_form("/signup", "username=bob&password=x")}) {
    EXPECT_EQ(page.status, 403);
    EXPECT_THAT(page.body, HasSubstr("New accounts cannot be made here."));
    EXPECT_THAT(page.body, Not(HasSubstr("/signup")));
  }
  EXPECT_THAT(Browser(site).get("/").body, Not(HasSubstr("/signup")));
  EXPECT_THAT(Browser(site).get("/login").body, Not(HasSubstr("/signup")));
  EXPECT_THAT(Browser(site).get("/nowhere").body, Not(HasSubstr("/signup")));
  EXPECT_EQ(Browser(site).log_in("ada").status, 200) << "who has an account goes on";
}

TEST(ClosedSignUp, R91TellsNothingOfNames) {
  Site site;
  Browser(site).sign_up("ada");
  site.open(closed(site));
  EXPECT_EQ(text(Browser(site).sign_up("ada")), text(Browser(site).sign_up("nobody")));
}

TEST(ClosedSignUp, OpenOnesAreOffered) {
  Site site;
  EXPECT_THAT(Browser(site).get("/").body, HasSubstr("href=\"/signup\">Sign up"));
  EXPECT_THAT(Browser(site).get("/login").body, HasSubstr("href=\"/signup"));
}

}  // namespace
}  // namespace latchkey::testing
