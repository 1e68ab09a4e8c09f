// What users are shown of their events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "latchkey/store/event_store.h"
#include "latchkey/store/forwarding_store.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ApiEvents, ListsWhatHappenedToTheAccountNewestFirst) {
  Site site;
  Browser other(site);
  other.sign_up("bob");
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(Browser(site).log_in("ada", "wrong horse battery").status, 401);
  site.clock.advance(std::chrono::minutes{1});
  const auto answer = browser.get("/v1/user/events");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, ::testing::StartsWith("{\"events\":[{\"id\":\""));
  EXPECT_EQ(json_text(answer.body, "kind"), "log_in_failed");
  EXPECT_EQ(json_text(answer.body, "reason"), "") << "for operators only";
  EXPECT_EQ(json_text(answer.body, "address"), "192.0.2.7");
  EXPECT_EQ(json_text(answer.body, "device"), "Firefox on Linux");
  EXPECT_THAT(answer.body, HasSubstr("\"kind\":\"sign_up\""));
  EXPECT_THAT(answer.body, Not(HasSubstr("wrong_password")));
  EXPECT_THAT(answer.body, Not(HasSubstr("account")));
  const auto one = browser.get("/v1/user/events?limit=1");
  const std::string next = json_text(one.body, "next");
  EXPECT_FALSE(next.empty());
  const auto rest = browser.get("/v1/user/events?after=" + next);
  EXPECT_THAT(rest.body, Not(HasSubstr("log_in_failed")));
  EXPECT_THAT(rest.body, HasSubstr("sign_up"));
}

TEST(ApiEvents, RefusesStrangersAndBadQueries) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(browser.get("/v1/user/events").status, 401);
  browser.sign_up("ada");
  for (const char* query : {"limit=0", "limit=101", "limit=x", "after=x"}) {
    const auto answer = browser.get(std::string("/v1/user/events?") + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(code(answer), "bad_query");
  }
}

TEST(PageSessions, ShowsRecentActivity) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(std::chrono::minutes{5});
  EXPECT_EQ(Browser(site).log_in("ada", "wrong horse battery").status, 401);
  const auto page = browser.get("/sessions");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<h2 id=\"activity\">Recent activity</h2>"));
  EXPECT_THAT(page.body, HasSubstr("<strong>Log-in failed</strong>"));
  EXPECT_THAT(page.body, HasSubstr("<strong>Account created</strong>"));
  EXPECT_LT(page.body.find("Log-in failed"), page.body.find("Account created"));
}

TEST(PageSessions, ShowsNoActivityWhereNoneIsKept) {
  Site site("http://localhost:4470", {}, [](Store& inner) -> std::unique_ptr<Store> {
    return std::make_unique<ForwardingStore>(inner);
  });
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_THAT(browser.get("/sessions").body, Not(HasSubstr("Recent activity")));
}

TEST(EventKinds, NamesLeadBackToTheKind) {
  for (std::uint8_t number = 1; number <= kLastEventKind; ++number) {
    const auto kind = static_cast<EventKind>(number);
    EXPECT_EQ(event_kind(event_kind_name(kind)), kind);
  }
  EXPECT_EQ(event_kind("nonsense"), std::nullopt);
  EXPECT_EQ(event_kind(""), std::nullopt);
}

TEST(EventKinds, R182ThePageListsEachKind) {
  const std::ifstream file(std::string(LATCHKEY_SOURCE_DIR) + "/docs/events.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  for (std::uint8_t number = 1; number <= kLastEventKind; ++number) {
    const std::string name{event_kind_name(static_cast<EventKind>(number))};
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace latchkey::testing
