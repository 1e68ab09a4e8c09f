#include <array>
#include <atomic>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/faulty.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The store call that fails from now on, or -1; only once when `fail_once` is set.
std::atomic<int> failing{-1};
std::atomic<int> failed{0};
std::atomic<bool> fail_once{false};
// Runs before each call of the store.
std::function<void(Store& inner, StoreCall call)> before_call;

std::unique_ptr<Store> wrap(Store& inner) {
  return make_faulty_store(inner, [&inner](StoreCall call, std::uint64_t) {
    if (before_call) before_call(inner, call);
    const int wanted = failing.load();
    if (wanted != 1000 && wanted != static_cast<int>(call)) return Fault::none;
    ++failed;
    if (fail_once) failing = -1;
    return Fault::fail_before;
  });
}
constexpr int kEverything = 1000;

struct Call {
  const char* method;
  const char* target;
  const char* body;
  const char* type;
};
constexpr const char* kJson = "application/json";
constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr Call kCalls[] = {
    {"GET", "/v1/session", "", ""},
    {"HEAD", "/v1/session", "", ""},
    {"POST", "/v1/session/refresh", "", ""},
    {"GET", "/v1/sessions", "", ""},
    {"DELETE", "/v1/sessions?scope=others", "", ""},
    {"DELETE", "/v1/sessions?scope=all", "", ""},
    {"DELETE", "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA", "", ""},
    {"POST", "/v1/logout", "", ""},
    {"POST", "/v1/login", "{\"username\":\"ada\",\"password\":\"correct horse battery\"}", kJson},
    {"POST", "/v1/signup", "{\"username\":\"eve\",\"password\":\"correct horse battery\"}", kJson},
    {"GET", "/readyz", "", ""},
    {"GET", "/", "", ""},
    {"GET", "/training", "", ""},
    {"GET", "/login", "", ""},
    {"GET", "/signup", "", ""},
    {"GET", "/sessions", "", ""},
    {"POST", "/login", "username=ada&password=correct+horse+battery", kForm},
    {"POST", "/signup", "username=eve2&password=correct+horse+battery", kForm},
    {"POST", "/logout", "", kForm},
    {"POST", "/sessions/end", "session=AAAAAAAAAAAAAAAAAAAAAAA", kForm},
    {"POST", "/sessions/end-others", "", kForm},
};

class Faults : public ::testing::Test {
 protected:
  Faults() : site("http://localhost:4470", {}, wrap), browser(site) {
    failing = -1;
    failed = 0;
    EXPECT_EQ(browser.sign_up("ada").status, 201);
  }
  ~Faults() override {
    failing = -1;
    fail_once = false;
    before_call = nullptr;
  }

  http::Response send(const Call& call) {
    Headers headers;
    if (*call.type != '\0') headers.emplace_back("Content-Type", call.type);
    return browser.send(call.method, call.target, call.body, headers);
  }
  void expect_unavailable(const http::Response& response) {
    EXPECT_EQ(response.status, 503);
    EXPECT_FALSE(header(response, "Set-Cookie"));
    EXPECT_EQ(header(response, "Retry-After"), "2");
    EXPECT_FALSE(header(response, "Clear-Site-Data"));
  }

  Site site;
  Browser browser;
};

TEST_F(Faults, R28AStoreThatIsGoneIs503OnEveryRouteAndTouchesNoCookie) {
  for (const Call& call : kCalls) {
    SCOPED_TRACE(std::string(call.method) + ' ' + call.target);
    failing = kEverything;
    expect_unavailable(send(call));
    failing = -1;
    EXPECT_EQ(browser.get("/v1/session").status, 200);
  }
}

TEST_F(Faults, EachSingleFailingCallIs503WithoutCookieOrDoesNotMatter) {
  constexpr int kLast = static_cast<int>(StoreCall::check);
  for (int fault = 0; fault <= kLast; ++fault) {
    for (const Call& call : kCalls) {
      SCOPED_TRACE(std::string(call.method) + ' ' + call.target + " fault " +
                   std::to_string(fault));
      Site fresh("http://localhost:4470", {}, wrap);
      Browser visitor(fresh);
      failing = -1;
      visitor.sign_up("ada");
      Headers headers;
      if (*call.type != '\0') headers.emplace_back("Content-Type", call.type);
      failed = 0;
      failing = fault;
      const auto response = visitor.send(call.method, call.target, call.body, headers);
      failing = -1;
      // A password was right by then: counters that are not settled run out.
      const bool matters = fault != static_cast<int>(StoreCall::settle);
      if (failed > 0 && matters) {
        EXPECT_EQ(response.status, 503);
        EXPECT_FALSE(header(response, "Set-Cookie"));
      } else {
        EXPECT_LT(response.status, 500);
      }
    }
  }
}

TEST_F(Faults, R180TheAnswerTellsNoDetail) {
  failing = kEverything;
  const auto problem = browser.get("/v1/session");
  EXPECT_EQ(code(problem), "store_unavailable");
  const auto page = browser.get("/training");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("We cannot reach our records right now"));
  EXPECT_THAT(page.body, HasSubstr("If you were logged in, you still are."));
  for (const auto& body : {problem.body, page.body}) {
    EXPECT_THAT(body, Not(HasSubstr("fault")));
    EXPECT_THAT(body, Not(HasSubstr("find")));
  }
}

TEST_F(Faults, AStoreThatIsGoneSaysNothingAboutCredentials) {
  failing = kEverything;
  const auto right = browser.log_in("ada");
  const auto wrong = browser.log_in("ada", "not the right password");
  const auto unknown = browser.log_in("bob");
  EXPECT_EQ(text(right), text(wrong));
  EXPECT_EQ(text(right), text(unknown));
}

TEST_F(Faults, PagesThatNeedNoStoreStillCome) {
  failing = kEverything;
  Browser stranger(site);
  EXPECT_EQ(stranger.get("/").status, 200);
  EXPECT_EQ(stranger.get("/login").status, 200);
  EXPECT_EQ(stranger.get("/livez").status, 200);
  EXPECT_EQ(stranger.get("/v1/session").status, 401);
}

TEST_F(Faults, R5ALoginThatCannotEndTheOldSessionGivesNoNewOne) {
  failing = static_cast<int>(StoreCall::remove);
  expect_unavailable(browser.log_in("ada"));
  failing = -1;
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST_F(Faults, ASessionNobodyGotIsEndedAgain) {
  failing = static_cast<int>(StoreCall::remove);
  fail_once = true;
  expect_unavailable(browser.log_in("ada"));
  EXPECT_EQ(browser.send("DELETE", "/v1/sessions?scope=others").body, "{\"ended\":0}\n");
}

TEST_F(Faults, ASessionThatEndsDuringItsRefreshIsRevoked) {
  const std::array ids{*SessionId::parse(browser.cookie.substr(4, 23))};
  int finds = 0;
  before_call = [&](Store& inner, StoreCall call) {
    if (call == StoreCall::find && ++finds == 2) {
      EXPECT_TRUE(inner.sessions().remove(ids, EndReason::revoked, site.clock.now()));
    }
  };
  EXPECT_EQ(code(browser.send("POST", "/v1/session/refresh")), "revoked");
  EXPECT_EQ(finds, 3);
}

TEST_F(Faults, ALogoutThatCannotBeWrittenIsNotToldAsDone) {
  failing = static_cast<int>(StoreCall::remove);
  expect_unavailable(browser.send("POST", "/v1/logout"));
  failing = -1;
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

}  // namespace
}  // namespace latchkey::testing
