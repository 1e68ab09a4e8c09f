// Sessions of another system, taken over while the migration window is open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/takeover.h"
#include "latchkey/faulty.h"
#include "session/takeover/foreign_cookies.h"
#include "tests/http/jar.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kPasswordOfApp = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
const std::string kOurs = "__Host-session";
const std::string kOld = "app_session";

bool g_failing = false;
std::unique_ptr<Store> failing_site(Store& inner) {
  return make_faulty_store(inner, [](StoreCall call, std::uint64_t) {
    return g_failing && call == StoreCall::deny ? Fault::fail_before : Fault::none;
  });
}

class TakeoverTest : public ::testing::TestWithParam<Carrier> {
 protected:
  TakeoverTest() { open_window({}); }
  ~TakeoverTest() override { g_failing = false; }

  static Sealer sealer() {
    std::vector<SealPassword> passwords;
    passwords.push_back({"1", SealSecret::text(kPasswordOfApp)});
    return std::move(*Sealer::make(std::move(passwords)));
  }
  void open_window(TakeoverOptions options) {
    options.cookies.clear();
    options.cookies.push_back({kOld, session::make_iron_source(sealer(), {.user = "userId"})});
    if (options.until == UnixTime{}) options.until = site_.clock.now() + std::chrono::days{60};
    AuthOptions auth = site_.auth->options();
    auth.takeover = std::make_shared<Takeover>(std::move(options), metrics_);
    site_.open(std::move(auth));
  }
  // visitor is a browser that was logged in at the old application.
  Jar visitor() {
    Jar jar(*site_.service, site_.public_url);
    jar.cookies[kOld] = *sealer().seal(R"({"userId":"u1"})", site_.clock.now()) + "~2";
    return jar;
  }
  Jar copy_of(const Jar& jar) {
    Jar copy(*site_.service, site_.public_url);
    copy.cookies = jar.cookies;
    return copy;
  }
  std::string counted(const std::string& outcome) {
    const std::string line = "outcome=\"" + outcome + "\"} ";
    const std::string text = metrics_.text();
    const std::size_t at = text.find(line) + line.size();
    return text.substr(at, text.find('\n', at) - at);
  }

  Metrics metrics_;
  Site site_{"https://app.example", {}, failing_site, GetParam()};
};

// The answer's cookies may be lost on their way through a proxy, and the old session with them.
TEST_P(TakeoverTest, AProxyThatAsksTakesNothingOver) {
  Jar jar = visitor();
  EXPECT_EQ(jar.get("/v1/verify").status, 401);
  EXPECT_EQ(jar.lane, http::Lane::inline_read);
  EXPECT_EQ(jar.cookies.count(kOurs), 0U);
  EXPECT_EQ(jar.get("/login").status, 303) << "the log-in page does it";
  EXPECT_EQ(jar.cookies.count(kOurs), 1U);
  EXPECT_EQ(jar.get("/v1/verify").status, 200);
}

TEST_P(TakeoverTest, AnOldCookieLogsInOnceAndIsReplacedByOurs) {
  Jar jar = visitor();
  Jar thief = copy_of(jar);
  const auto first = jar.get("/v1/session");
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.body, HasSubstr(R"("id":"u1")"));
  EXPECT_EQ(jar.lane, http::Lane::blocking) << "it waits for writes";
  EXPECT_EQ(jar.cookies.count(kOld), 0U);
  EXPECT_EQ(jar.cookies.count(kOurs), 1U);
  EXPECT_EQ(jar.get("/training").status, 200);
  EXPECT_EQ(jar.lane, http::Lane::inline_read);
  EXPECT_EQ(thief.get("/v1/session").status, 401) << "a copy of the old cookie";
  EXPECT_EQ(counted("taken"), "1");
  EXPECT_EQ(counted("used"), "1");
  EXPECT_EQ(counted("refused"), "0");
}

TEST_P(TakeoverTest, R21LoggingOutLeavesNoWayBack) {
  Jar jar = visitor();
  Jar thief = copy_of(jar);
  EXPECT_EQ(jar.send("POST", "/v1/logout", "{}").status, 204);
  EXPECT_TRUE(jar.only_knows_the_device());
  EXPECT_EQ(thief.get("/v1/session").status, 401);
}

// iron-session makes a new seal of a session with each save; an older one is a cookie of its own.
TEST_P(TakeoverTest, L8R21LoggingOutEndsTheOlderCookiesOfTheSameSession) {
  Jar jar = visitor();
  Jar older = visitor();
  ASSERT_NE(jar.cookies[kOld], older.cookies[kOld]);
  EXPECT_EQ(jar.get("/v1/session").status, 200);
  EXPECT_EQ(jar.send("POST", "/v1/logout", "{}").status, 204);
  EXPECT_EQ(older.get("/v1/session").status, 401);
  EXPECT_THAT(counted("ended"), HasSubstr("1"));
}

TEST_P(TakeoverTest, WithARollbackInMindOldCookiesStayUntilLogOut) {
  open_window({.keep_cookies = true});
  Jar jar = visitor();
  EXPECT_EQ(jar.get("/v1/session").status, 200);
  ASSERT_EQ(jar.cookies.size(), 2U);
  EXPECT_EQ(jar.get("/v1/session").status, 200);
  EXPECT_EQ(jar.send("POST", "/v1/logout", "{}").status, 204);
  EXPECT_TRUE(jar.only_knows_the_device());
}

TEST_P(TakeoverTest, ALogInKeepsOnlyTheNewSession) {
  Jar jar = visitor();
  const std::string ada = R"({"username":"ada","password":"correct horse battery"})";
  const auto response = jar.send("POST", "/v1/signup", ada);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(jar.cookies.size(), 1U);
  EXPECT_THAT(jar.get("/v1/session").body, HasSubstr("\"ada\""));
}

TEST_P(TakeoverTest, R12APrefetchTakesNothingOver) {
  Jar jar = visitor();
  EXPECT_FALSE(sets_cookie(jar.send("GET", "/", {}, {{"Sec-Purpose", "prefetch"}})));
  EXPECT_EQ(jar.get("/v1/session").status, 200);
}

TEST_P(TakeoverTest, R51AForeignOriginTakesNothingOver) {
  Jar foreign(*site_.service, "https://evil.example");
  Jar jar = visitor();
  foreign.cookies = jar.cookies;
  EXPECT_EQ(foreign.send("POST", "/v1/session/refresh", "{}").status, 403);
  EXPECT_EQ(jar.get("/v1/session").status, 200);
}

TEST_P(TakeoverTest, AForgedCookieIsNoSessionAndStays) {
  Jar jar = visitor();
  jar.cookies[kOld][100] ^= 1;
  EXPECT_EQ(jar.get("/v1/session").status, 401);
  EXPECT_EQ(jar.get("/").status, 200);
  EXPECT_EQ(jar.cookies.count(kOld), 1U);
  EXPECT_EQ(counted("refused"), "2");
}

TEST_P(TakeoverTest, OursCountsBeforeTheirs) {
  Jar jar(*site_.service, site_.public_url);
  jar.send("POST", "/v1/signup", R"({"username":"ada","password":"correct horse battery"})");
  jar.cookies[kOld] = visitor().cookies[kOld];
  EXPECT_THAT(jar.get("/v1/session").body, HasSubstr("\"ada\""));
  EXPECT_EQ(counted("taken"), "0");
}

TEST_P(TakeoverTest, AFailingStoreIs503AndCostsNobodyTheirSession) {
  Jar jar = visitor();
  g_failing = true;
  EXPECT_EQ(jar.get("/v1/session").status, 503);
  EXPECT_EQ(jar.cookies.size(), 1U);
  EXPECT_EQ(counted("failed"), "1");
  g_failing = false;
  EXPECT_EQ(jar.get("/v1/session").status, 200);
}

TEST_P(TakeoverTest, TheWindowEnds) {
  open_window({.until = site_.clock.now() + std::chrono::hours{1}});
  Jar early = visitor();
  Jar late = visitor();
  EXPECT_EQ(early.get("/v1/session").status, 200);
  site_.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(late.get("/v1/session").status, 401);
  EXPECT_EQ(late.lane, http::Lane::inline_read);
  EXPECT_EQ(early.get("/v1/session").status, 200);
}

TEST_P(TakeoverTest, ChunksOfTheOldCookieAreOneAndGoTogether) {
  Jar jar = visitor();
  const std::string text = jar.cookies[kOld];
  jar.cookies = {{kOld + ".0", text.substr(0, 100)}, {kOld + ".1", text.substr(100)}};
  EXPECT_EQ(jar.get("/v1/session").status, 200);
  EXPECT_EQ(jar.cookies.size(), 1U);
}

// A session that was taken over proves no log-in. Who has a password here is asked for it; nobody
// else could be, and would otherwise never get rid of a stolen device.
TEST_P(TakeoverTest, R24WhoHasAPasswordHereIsAskedForItAfterATakeover) {
  const std::string other = "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA";
  Jar jar = visitor();
  EXPECT_EQ(jar.get("/v1/session").status, 200);
  EXPECT_EQ(code(jar.send("DELETE", other)), "session_not_found") << "nobody has a password";
  StoredUser user;
  user.user = {.id = UserId::parse("u1").value(), .username = "ann"};
  user.username_key = "ann";
  user.password_hash = "x";
  ASSERT_TRUE(*site_.store().users().add_user(user));
  EXPECT_EQ(code(jar.send("DELETE", other)), "recent_login");
}

// It writes, also where the store never has to be waited for.
TEST_P(TakeoverTest, AnEventLoopLeavesItToAWorkerAndHasDoneNothing) {
  Jar jar = visitor();
  const std::string line = kOld + "=" + jar.cookies[kOld];
  const std::vector<http::Header> headers{{"Cookie", line}};
  http::Request request;
  request.method = "GET";
  request.path = "/v1/session";
  request.headers = headers;
  http::Attempt attempt = site_.service->try_handle(request);
  auto* later = std::get_if<std::unique_ptr<http::Later>>(&attempt);
  ASSERT_NE(later, nullptr);
  EXPECT_EQ(counted("taken"), "0");
  EXPECT_EQ((*later)->finish().status, 200);
  EXPECT_EQ(counted("taken"), "1");
}

TEST_P(TakeoverTest, HealthChecksDoNotLookAtCookies) {
  Jar jar = visitor();
  EXPECT_EQ(jar.get("/livez").status, 200);
  EXPECT_EQ(jar.cookies.count(kOurs), 0U);
}

INSTANTIATE_TEST_SUITE_P(Each, TakeoverTest, ::testing::Values(Carrier::stored, Carrier::sealed),
                         [](const auto& param) { return std::string{carrier_name(param.param)}; });

}  // namespace
}  // namespace latchkey::testing
