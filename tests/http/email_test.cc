// A user's e-mail address, from the wish for a link to its confirmation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kVerify = "/v1/user/email";
constexpr std::string_view kConfirm = "/v1/user/email/confirm";

std::string token_in(const Mail& mail) { return mail.link.substr(mail.link.find("?token=") + 7); }

class EmailRoutes : public ::testing::Test {
 protected:
  EmailRoutes() {
    site_.use_mail();
    ann_.sign_up("ann@example.com");
    bob_.sign_up("bob");
  }
  http::Response confirm(const std::string& token) { return confirm(token, stranger_); }
  static http::Response confirm(const std::string& token, Browser& by) {
    return by.post_json(kConfirm, R"({"token":")" + token + R"("})");
  }
  std::string address_of(Browser& browser) { return browser.get(kVerify).body; }

  Site site_;
  Browser ann_{site_};
  Browser bob_{site_};
  Browser stranger_{site_};
};

TEST_F(EmailRoutes, AnAddressIsConfirmedByTheMailThatReachedIt) {
  EXPECT_EQ(address_of(ann_), "{\"email\":\"ann@example.com\",\"verified\":false}\n");
  const auto asked = ann_.post_json(kVerify, "{}");
  EXPECT_EQ(asked.status, 202);
  EXPECT_EQ(asked.body, "{\"email\":\"ann@example.com\",\"verified\":false}\n");
  ASSERT_EQ(site_.mails.size(), 1U);
  const Mail mail = site_.mails[0];
  EXPECT_EQ(mail.kind, MailKind::address_verification);
  EXPECT_EQ(mail.to, "ann@example.com");
  EXPECT_EQ(mail.valid_for, hours{24});
  EXPECT_TRUE(mail.link.starts_with("http://localhost:4470/account/email/confirm?token="));
  const auto done = confirm(token_in(mail));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.body, "{\"email\":\"ann@example.com\",\"verified\":true}\n");
  EXPECT_FALSE(header(done, "Set-Cookie")) << "nobody is logged in";
  EXPECT_EQ(address_of(ann_), done.body);
  const auto again = ann_.post_json(kVerify, "{}");
  EXPECT_EQ(again.status, 200) << "nothing is left to confirm";
  EXPECT_EQ(site_.mails.size(), 1U);
}

TEST_F(EmailRoutes, R79ALinkWorksOnceFor24HoursAndIsNoPassword) {
  ann_.post_json(kVerify, "{}");
  const std::string used = token_in(site_.mails[0]);
  EXPECT_EQ(code(stranger_.log_in("ann@example.com", used)), "wrong_credentials");
  EXPECT_EQ(code(stranger_.post_json(
                "/v1/password/reset",
                R"({"token":")" + used + R"(","new_password":"another long enough password"})")),
            "link_unknown");
  bob_.post_json(kVerify, R"({"email":"bob@example.com"})");
  const std::string old = token_in(site_.mails[1]);
  site_.clock.advance(hours{24} - Millis{1});
  EXPECT_EQ(confirm(used).status, 200);
  EXPECT_EQ(code(confirm(used)), "link_unknown");
  site_.clock.advance(Millis{1});
  EXPECT_EQ(code(confirm(old)), "link_unknown");
}

TEST_F(EmailRoutes, AnAddressIsGivenOnceAndNotChangedHere) {
  EXPECT_EQ(address_of(bob_), "{\"email\":null,\"verified\":false}\n");
  EXPECT_EQ(code(bob_.post_json(kVerify, "{}")), "email_invalid") << "there is none";
  for (const char* bad : {"bob", "a@b@c", "-bob@example.com", ""}) {
    EXPECT_EQ(code(bob_.post_json(kVerify, R"({"email":")" + std::string(bad) + R"("})")),
              "email_invalid")
        << bad;
  }
  EXPECT_EQ(code(bob_.post_json(kVerify, R"({"email":7})")), "bad_field");
  EXPECT_EQ(bob_.post_json(kVerify, R"({"email":"bob@example.com"})").status, 202);
  EXPECT_EQ(bob_.post_json(kVerify, R"({"email":"bob@example.org"})").status, 202);
  ASSERT_EQ(site_.mails.size(), 2U);
  EXPECT_EQ(address_of(bob_), "{\"email\":null,\"verified\":false}\n") << "nothing is kept yet";
  EXPECT_EQ(confirm(token_in(site_.mails[0]), bob_).status, 200);
  EXPECT_EQ(code(confirm(token_in(site_.mails[1]), bob_)), "link_unknown") << "there is one by now";
  EXPECT_EQ(address_of(bob_), "{\"email\":\"bob@example.com\",\"verified\":true}\n");
  EXPECT_EQ(code(bob_.post_json(kVerify, R"({"email":"bob@example.org"})")), "email_invalid");
  EXPECT_EQ(code(ann_.post_json(kVerify, R"({"email":"ann@evil.example"})")), "email_invalid")
      << "the name is her address";
  // A forgotten password leads to the address that is confirmed.
  stranger_.post_json("/v1/password/forgot", R"({"username":"bob"})");
  EXPECT_EQ(site_.mails.back().to, "bob@example.com");
}

TEST_F(EmailRoutes, R27ALogInOfAWhileAgoIsNotEnough) {
  site_.clock.advance(minutes{5} + Millis{1});
  const auto refused = bob_.post_json(kVerify, R"({"email":"thief@example.com"})");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(code(refused), "recent_login");
  EXPECT_EQ(header(bob_.post_form("/account/email", "email=thief@example.com"), "Location"),
            "/reauth?next=/account/email");
  EXPECT_TRUE(site_.mails.empty());
  bob_.post_form("/reauth", "password=correct+horse+battery");
  EXPECT_EQ(bob_.post_json(kVerify, R"({"email":"bob@example.com"})").status, 202);
}

TEST_F(EmailRoutes, BeyondTheLimitNoMailIsSent) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ann_.post_json(kVerify, "{}").status, 202);
  const auto refused = ann_.post_json(kVerify, "{}");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code(refused), "rate_limited");
  EXPECT_EQ(header(refused, "Retry-After"), "3600");
  const auto page = ann_.post_form("/account/email", "");
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(header(page, "Retry-After"), "3600");
  EXPECT_EQ(site_.mails.size(), 3U);
  EXPECT_EQ(bob_.post_json(kVerify, R"({"email":"bob@example.com"})").status, 202)
      << "each account has its own";
}

TEST_F(EmailRoutes, R81OneAddressAsksForNoFlood) {
  int sent = 0;
  for (int i = 0; i < 12; ++i) {
    Browser other(site_);
    other.send("POST", "/v1/signup",
               R"({"username":"user)" + std::to_string(i) +
                   R"(@example.com","password":"correct horse battery"})",
               {{"Content-Type", "application/json"}});
    for (int tried = 0; tried < 3; ++tried) {
      sent += other.post_json(kVerify, "{}").status == 202 ? 1 : 0;
    }
  }
  EXPECT_LE(sent, 20);
  EXPECT_EQ(ann_.post_json(kVerify, "{}").status, 429);
}

TEST_F(EmailRoutes, StrangersAndDisabledUsersGetNothing) {
  EXPECT_EQ(stranger_.post_json(kVerify, "{}").status, 401);
  EXPECT_EQ(stranger_.get(kVerify).status, 401);
  EXPECT_EQ(header(stranger_.get("/account/email"), "Location"), "/login?next=/account/email");
  ann_.post_json(kVerify, "{}");
  const auto found = site_.store().users().find_username("ann@example.com");
  ASSERT_TRUE(found && *found);
  ASSERT_TRUE(*site_.store().users().set_disabled((*found)->user.id, true));
  EXPECT_EQ(code(confirm(token_in(site_.mails[0]))), "link_unknown");
  EXPECT_EQ((*site_.store().users().find_user((*found)->user.id))->user.attributes, "");
}

TEST_F(EmailRoutes, ThePagesLeadToAConfirmedAddress) {
  EXPECT_THAT(bob_.get("/account").body, HasSubstr("href=\"/account/email\""));
  EXPECT_THAT(bob_.get("/account/email").body, HasSubstr("type=\"email\" required"));
  const auto wrong = bob_.post_form("/account/email", "email=no+address");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("aria-invalid=\"true\" aria-describedby=\"problem\""));
  const auto sent = bob_.post_form("/account/email", "email=bob%40example.com");
  EXPECT_EQ(sent.status, 200);
  EXPECT_THAT(sent.body, HasSubstr("on its way to <strong><bdi>bob@example.com"));
  ASSERT_EQ(site_.mails.size(), 1U);
  const std::string target = site_.mails[0].link.substr(site_.public_url.size());
  for (int look = 0; look < 2; ++look) {  // a mail scanner follows it and confirms nothing
    const auto page = bob_.get(target);
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("value=\"" + token_in(site_.mails[0]) + "\""));
    EXPECT_THAT(text(page), HasSubstr("Referrer-Policy: strict-origin\r\n"));
  }
  EXPECT_EQ(address_of(bob_), "{\"email\":null,\"verified\":false}\n");
  const auto done = bob_.post_form("/account/email/confirm", "token=" + token_in(site_.mails[0]));
  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(done.body, HasSubstr("bob@example.com"));
  EXPECT_THAT(bob_.get("/account/email").body, HasSubstr("It is confirmed."));
  EXPECT_THAT(bob_.get("/account/email").body, Not(HasSubstr("<form class")));
  for (const auto& page :
       {stranger_.get(target), stranger_.get("/account/email/confirm"),
        stranger_.post_form("/account/email/confirm", "token=" + token_in(site_.mails[0]))}) {
    EXPECT_EQ(page.status, 400);
    EXPECT_THAT(page.body, HasSubstr("href=\"/account/email\""));
  }
}

TEST_F(EmailRoutes, R97OfManyConfirmationsAtOnceOneSucceeds) {
  ann_.post_json(kVerify, "{}");
  const std::string token = token_in(site_.mails[0]);
  std::atomic<int> confirmed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto proven = site_.recovery->confirm_address(token);
      confirmed += proven && *proven ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, 1);
}

// A mail that went astray gives its reader nobody's account.
TEST_F(EmailRoutes, R79AFirstAddressIsConfirmedByItsUserAlone) {
  bob_.post_json(kVerify, R"({"email":"typo@example.com"})");
  const std::string token = token_in(site_.mails[0]);
  const auto refused = confirm(token);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(code(confirm(token, ann_)), "link_unknown") << "somebody else's";
  const std::string page = "/account/email/confirm";
  EXPECT_EQ(header(stranger_.get(page + "?token=" + token), "Location"),
            "/login?next=/account/email/confirm%3Ftoken%3D" + token);
  EXPECT_EQ(header(stranger_.post_form(page, "token=" + token), "Location"),
            "/login?next=/account/email/confirm%3Ftoken%3D" + token);
  EXPECT_EQ(ann_.get(page + "?token=" + token).status, 400);
  EXPECT_EQ(ann_.post_form(page, "token=" + token).status, 400);
  EXPECT_EQ(address_of(bob_), "{\"email\":null,\"verified\":false}\n");
  EXPECT_EQ(confirm(token, bob_).status, 200);
}

TEST_F(EmailRoutes, R81OneMailboxGetsNoFlood) {
  int sent = 0;
  for (int i = 0; i < 5; ++i) {
    Browser other(site_);
    other.sign_up("user" + std::to_string(i));
    sent += other.post_json(kVerify, R"({"email":"Victim@example.com"})").status == 202 ? 1 : 0;
  }
  EXPECT_EQ(sent, 3);
}

TEST_F(EmailRoutes, OtherAttributesOfTheUserStay) {
  const auto found = site_.store().users().find_username("bob");
  const UserId bob = (*found)->user.id;
  ASSERT_TRUE(*site_.store().users().set_attributes(bob, "", R"({"role":"admin","n":[1,2]})"));
  bob_.post_json(kVerify, R"({"email":"bob@example.com"})");
  EXPECT_EQ(confirm(token_in(site_.mails[0]), bob_).status, 200);
  EXPECT_EQ((*site_.store().users().find_user(bob))->user.attributes,
            R"({"role":"admin","n":[1,2],"email":"bob@example.com","email_verified":true})");
}

TEST_F(EmailRoutes, R177TheEventsSayWhoAndWhere) {
  bob_.post_json(kVerify, R"({"email":"bob@example.com"})");
  confirm(token_in(site_.mails[0]), bob_);
  ASSERT_TRUE(site_.auth->events().flush());
  const auto page = site_.store().events().list_events({});
  ASSERT_TRUE(page);
  int seen = 0;
  for (const Event& event : page->events) {
    const bool asked = event.kind == EventKind::secret_requested;
    if (!asked && event.kind != EventKind::email_verified) continue;
    ++seen;
    EXPECT_FALSE(event.user_id.empty());
    EXPECT_EQ(event.reason, asked ? "address_verification" : "");
    EXPECT_NE(event.address, "");
    EXPECT_THAT(event.user_agent, HasSubstr("Firefox"));
  }
  EXPECT_EQ(seen, 2);
}

TEST(EmailWithoutMail, IsNotOffered) {
  Site site;
  Browser browser(site);
  browser.sign_up("ann@example.com");
  EXPECT_THAT(browser.get("/account").body, Not(HasSubstr("/account/email")));
  for (const std::string_view path : {kVerify, kConfirm}) {
    const auto answer = browser.post_json(path, "{}");
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(code(answer), "mail_not_configured") << path;
  }
  EXPECT_EQ(browser.get(kVerify).status, 404);
  EXPECT_EQ(browser.get("/account/email").status, 404);
  EXPECT_EQ(browser.get("/account/email/confirm?token=x").status, 404);
  EXPECT_EQ(browser.post_form("/account/email", "").status, 404);
  EXPECT_EQ(browser.post_form("/account/email/confirm", "token=x").status, 404);
}

}  // namespace
}  // namespace latchkey::testing
