// A forgotten password, from the wish for a link to the new one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/log.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAnn = R"({"username":"ann@example.com"})";
constexpr std::string_view kNewPassword = "another long enough password";
constexpr std::string_view kNewInAForm = "another+long+enough+password";

std::string& recovery_log() {
  static std::string text;
  return text;
}

class RecoveryRoutes : public ::testing::Test {
 protected:
  RecoveryRoutes() {
    site_.use_mail();
    ann_.sign_up("ann@example.com");
  }
  // A link that ann asked for.
  std::string token() {
    EXPECT_EQ(stranger_.post_json("/v1/password/forgot", kAnn).status, 202);
    const std::string& link = site_.mails.back().link;
    return link.substr(link.find("?token=") + 7);
  }
  http::Response reset(const std::string& token, std::string_view password = kNewPassword) {
    return stranger_.post_json(
        "/v1/password/reset",
        R"({"token":")" + token + R"(","new_password":")" + std::string(password) + R"("})");
  }

  Site site_;
  Browser ann_{site_};
  Browser stranger_{site_};
};

TEST_F(RecoveryRoutes, R78AResetEndsEverySessionAndLogsNobodyIn) {
  const std::string link = token();
  ASSERT_EQ(site_.mails.size(), 1U);
  EXPECT_EQ(site_.mails[0].to, "ann@example.com");
  EXPECT_EQ(ann_.get("/v1/session").status, 200);
  const auto done = reset(link);
  EXPECT_EQ(done.status, 204);
  EXPECT_FALSE(header(done, "Set-Cookie")) << "nobody is logged in";
  EXPECT_EQ(code(ann_.get("/v1/session")), "revoked");
  EXPECT_EQ(code(stranger_.log_in("ann@example.com")), "wrong_credentials");
  EXPECT_EQ(stranger_.log_in("ann@example.com", kNewPassword).status, 200);
  EXPECT_EQ(code(reset(link)), "link_unknown");
}

TEST_F(RecoveryRoutes, R78TheLinkIsOnThePublicUrlWhateverTheHostSays) {
  stranger_.post_json("/v1/password/forgot", kAnn,
                      {{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}});
  ASSERT_EQ(site_.mails.size(), 1U);
  EXPECT_TRUE(site_.mails[0].link.starts_with("http://localhost:4470/password/reset?token="));
}

TEST_F(RecoveryRoutes, R91KnownAndUnknownNamesGetTheSameBytes) {
  const auto known = stranger_.post_json("/v1/password/forgot", kAnn);
  for (const char* name : {"bob@example.com", "", "no name (at all)"}) {
    const auto unknown = stranger_.post_json("/v1/password/forgot",
                                             R"({"username":")" + std::string(name) + R"("})");
    EXPECT_EQ(text(unknown), text(known)) << name;
  }
  const std::string page =
      text(stranger_.post_form("/password/forgot", "username=ann@example.com"));
  EXPECT_EQ(text(stranger_.post_form("/password/forgot", "username=bob@example.com")), page);
  EXPECT_EQ(site_.mails.size(), 2U);
}

TEST_F(RecoveryRoutes, R91BeyondTheLimitNothingIsTold) {
  for (int i = 0; i < 3; ++i) stranger_.post_json("/v1/password/forgot", kAnn);
  const auto refused = stranger_.post_json("/v1/password/forgot", kAnn);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code(refused), "rate_limited");
  EXPECT_EQ(header(refused, "Retry-After"), "3600");
  const auto page = stranger_.post_form("/password/forgot", "username=ann@example.com");
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(header(page, "Retry-After"), "3600");
  EXPECT_THAT(page.body, HasSubstr("You can try again in 60 minutes."));
  EXPECT_EQ(site_.mails.size(), 3U);
}

TEST_F(RecoveryRoutes, BadInputChangesNothing) {
  EXPECT_EQ(code(stranger_.post_json("/v1/password/forgot", "{}")), "bad_field");
  EXPECT_EQ(code(stranger_.post_json("/v1/password/forgot", "[]")), "bad_json");
  EXPECT_EQ(code(stranger_.post_json("/v1/password/reset", "{}")), "bad_field");
  EXPECT_EQ(code(reset("nonsense")), "link_unknown");
  const std::string link = token();
  EXPECT_EQ(code(reset(link, "short")), "password_too_short");
  EXPECT_EQ(reset(link).status, 204) << "the link was not used up";
}

TEST_F(RecoveryRoutes, ThePagesLeadFromTheNameToTheNewPassword) {
  EXPECT_THAT(stranger_.get("/login").body, HasSubstr("href=\"/password/forgot\""));
  EXPECT_THAT(stranger_.get("/password/forgot").body, HasSubstr("name=\"username\""));
  const auto sent = stranger_.post_form("/password/forgot", "username=ann@example.com");
  EXPECT_EQ(sent.status, 200);
  EXPECT_THAT(sent.body, HasSubstr("Look into your mail"));
  ASSERT_EQ(site_.mails.size(), 1U);
  const std::string target = site_.mails[0].link.substr(site_.public_url.size());
  const std::string link = target.substr(target.find("?token=") + 7);
  const auto page = stranger_.get(target);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("name=\"token\" value=\"" + link + "\""));
  const auto weak = stranger_.post_form("/password/reset", "token=" + link + "&password=short");
  EXPECT_EQ(weak.status, 400);
  EXPECT_THAT(weak.body, HasSubstr("name=\"token\" value=\"" + link + "\""));
  const auto done = stranger_.post_form("/password/reset",
                                        "token=" + link + "&password=" + std::string(kNewInAForm));
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/login?notice=reset");
  EXPECT_THAT(stranger_.get("/login?notice=reset").body, HasSubstr("Log in with the new one."));
  EXPECT_EQ(stranger_.log_in("ann@example.com", kNewPassword).status, 200);
}

TEST_F(RecoveryRoutes, ALinkThatIsOldOrUsedLeadsToANewOne) {
  const std::string link = token();
  site_.clock.advance(minutes{15});
  for (const auto& page :
       {stranger_.get("/password/reset?token=" + link), stranger_.get("/password/reset"),
        stranger_.get("/password/reset?token=x&token=y"),
        stranger_.post_form("/password/reset",
                            "token=" + link + "&password=" + std::string(kNewInAForm))}) {
    EXPECT_EQ(page.status, 400);
    EXPECT_THAT(page.body, HasSubstr("href=\"/password/forgot\""));
  }
}

TEST_F(RecoveryRoutes, R78TheLinkLeaksNeitherByRefererNorByTheLog) {
  set_log_sink([](LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
    recovery_log().append(event);
    for (const LogField& field : fields) recovery_log().append(" ").append(field.value);
    recovery_log() += '\n';
  });
  const std::string link = token();
  const auto page = stranger_.get("/password/reset?token=" + link);
  EXPECT_THAT(text(page), HasSubstr("Referrer-Policy: strict-origin\r\n"));
  EXPECT_THAT(text(page), Not(HasSubstr("same-origin\r\nCross-Origin-Opener")));
  EXPECT_THAT(text(reset("x" + link.substr(1))), Not(HasSubstr("Referrer-Policy: strict-origin")));
  EXPECT_THAT(text(stranger_.get("/password/reset?token=x")),
              HasSubstr("Referrer-Policy: strict-origin\r\n"));
  reset(link);
  set_log_sink(nullptr);
  EXPECT_THAT(recovery_log(), HasSubstr("password_reset"));
  EXPECT_THAT(recovery_log(), Not(HasSubstr(link)));
  EXPECT_THAT(recovery_log(), Not(HasSubstr("ann@example.com")));
}

TEST_F(RecoveryRoutes, TheUserSeesItAmongTheEvents) {
  reset(token());
  ASSERT_TRUE(site_.auth->events().flush());
  const auto page = site_.store().events().list_events({});
  ASSERT_TRUE(page);
  std::vector<EventKind> kinds;
  for (const Event& event : page->events) kinds.push_back(event.kind);
  EXPECT_THAT(kinds, ::testing::Contains(EventKind::secret_requested));
  EXPECT_THAT(kinds, ::testing::Contains(EventKind::password_reset));
}

TEST_F(RecoveryRoutes, R98AChangeOfPasswordIsToldToItsUser) {
  ann_.post_json("/v1/password", R"({"current_password":"correct horse battery",)"
                                 R"("new_password":"another long enough password"})");
  ASSERT_EQ(site_.mails.size(), 1U);
  EXPECT_EQ(site_.mails[0].kind, MailKind::password_changed);
  EXPECT_EQ(site_.mails[0].to, "ann@example.com");
}

TEST_F(RecoveryRoutes, R98ALogInFromANewBrowserIsToldToItsUser) {
  ann_.log_in("ann@example.com");
  stranger_.log_in("ann@example.com", "not the right password");
  EXPECT_TRUE(site_.mails.empty()) << "her own browser, and a failure";
  Browser other(site_);
  other.post_form("/login", "username=ann@example.com&password=correct+horse+battery");
  ASSERT_EQ(site_.mails.size(), 1U);
  EXPECT_EQ(site_.mails[0].kind, MailKind::new_device);
  EXPECT_EQ(site_.mails[0].to, "ann@example.com");
  EXPECT_EQ(site_.mails[0].client_address, "192.0.2.7");
  EXPECT_EQ(site_.mails[0].user_agent, other.user_agent);
  other.post_json("/v1/logout", "{}");
  other.log_in("ann@example.com");
  EXPECT_EQ(site_.mails.size(), 1U) << "it is known by now";
  EXPECT_THAT(ann_.get("/sessions").body, HasSubstr("Logged in on a new device"));
}

TEST(RecoveryWithoutMail, IsNotOffered) {
  Site site;
  Browser browser(site);
  EXPECT_THAT(browser.get("/login").body, Not(HasSubstr("/password/forgot")));
  for (const char* path : {"/v1/password/forgot", "/v1/password/reset"}) {
    const auto answer = browser.post_json(path, kAnn);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(code(answer), "mail_not_configured") << path;
  }
  EXPECT_EQ(browser.get("/password/forgot").status, 404);
  EXPECT_EQ(browser.get("/password/reset?token=x").status, 404);
  EXPECT_EQ(browser.post_form("/password/forgot", "username=a").status, 404);
  EXPECT_EQ(browser.post_form("/password/reset", "token=a").status, 404);
}

}  // namespace
}  // namespace latchkey::testing
