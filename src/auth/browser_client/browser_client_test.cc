#include "latchkey/browser_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>

#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BrowserClient : public AuthFixture {
 protected:
  std::unique_ptr<Auth> auth_ = open(usual());

  static Ask ask(const std::string& cookie) { return script().with("Cookie", cookie); }
};

TEST(BrowserScript, IsTheWholeFile) {
  EXPECT_THAT(browser_script(), StartsWith("/*! latchkey.js"));
  EXPECT_THAT(browser_script(), EndsWith("})();\n"));
}

TEST(BrowserScript, ItsVersionFitsIntoAnAddressAndAnETag) {
  EXPECT_EQ(browser_script_version().size(), 12U);
  for (const char c : browser_script_version()) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_');
  }
}

TEST_F(BrowserClient, StatusTellsWhoIsSignedInUntilWhen) {
  const std::string cookie = sign_up(*auth_);
  const AuthSession session = begin(*auth_, ask(cookie), kStatusPoll);
  const SessionRecord& record = *session.record();
  const std::string now = std::to_string(to_unix_millis(clock_.now()));
  const std::string end = std::to_string(to_unix_millis(record.idle_expires_at));
  EXPECT_EQ(session_status(session, clock_),
            "{\"status\":\"authenticated\",\"reason\":null,\"session\":{\"id\":\"" +
                std::string(record.id.text()) + "\",\"userId\":\"" +
                std::string(session.user_id().text()) + "\",\"expiresAt\":" + end +
                ",\"version\":1},\"now\":" + now + "}\n");
}

TEST_F(BrowserClient, AskingIsNoActivity) {
  const std::string cookie = sign_up(*auth_);
  const UnixTime before = begin(*auth_, ask(cookie), kStatusPoll).record()->last_seen_at;
  clock_.advance(std::chrono::hours{24 * 8});  // beyond half of the idle limit
  begin(*auth_, ask(cookie), kStatusPoll);
  EXPECT_TRUE(auth_->flush());
  EXPECT_EQ(begin(*auth_, ask(cookie), kStatusPoll).record()->last_seen_at, before);
}

TEST_F(BrowserClient, AVisitorWithoutASessionHasNoReason) {
  const AuthSession session = begin(*auth_, script(), kStatusPoll);
  EXPECT_THAT(session_status(session, clock_),
              StartsWith("{\"status\":\"unauthenticated\",\"reason\":null,\"session\":null,"));
  EXPECT_EQ(session_hint(session), "null");
}

TEST_F(BrowserClient, TheEndOfASessionHasItsReasonAndKeepsTheCookie) {
  const std::string cookie = sign_up(*auth_);
  clock_.advance(std::chrono::hours{24 * 365});
  const AuthSession session = begin(*auth_, ask(cookie), kStatusPoll);
  EXPECT_THAT(session_status(session, clock_),
              StartsWith("{\"status\":\"unauthenticated\",\"reason\":\"expired\","));
  EXPECT_TRUE(lines(session).empty());
}

TEST_F(BrowserClient, TheElementIsOneLineWithEscapedAddresses) {
  const AuthSession session = begin(*auth_, script(), kStatusPoll);
  const std::string element =
      script_element(session, {.script = "/a\"b.js", .status = "/s?a&b", .log_out = "/<out"});
  EXPECT_THAT(element, StartsWith("<script src=\"/a&quot;b.js?v=" + browser_script_version()));
  EXPECT_THAT(element, HasSubstr(" data-session=\"null\""));
  EXPECT_THAT(element, HasSubstr(" data-status=\"/s?a&amp;b\""));
  EXPECT_THAT(element, HasSubstr(" data-log-out=\"/&lt;out\""));
  EXPECT_THAT(element, EndsWith(" defer></script>"));
  EXPECT_THAT(element, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace latchkey::testing
