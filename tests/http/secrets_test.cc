// R8, R176, R178: tokens and passwords stand in no body, no header but Set-Cookie, and no log line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "base/mutex.h"
#include "latchkey/faulty.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string lines;  // only this thread logs in these tests
std::vector<std::string> events;

void record(LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
  events.emplace_back(event);
  lines.append(event);
  for (const LogField& field : fields) {
    lines.append(" ").append(field.name).append("=").append(field.value);
  }
  lines += '\n';
}

class Secrets : public ::testing::Test {
 protected:
  Secrets() {
    lines.clear();
    events.clear();
    set_log_sink(record);
  }
  ~Secrets() override { set_log_sink(nullptr); }
};

// everything_but_set_cookie is what a response shows to scripts, caches and proxies.
std::string everything_but_set_cookie(http::Response response) {
  std::erase_if(response.headers, [](const auto& h) { return h.first == "Set-Cookie"; });
  return text(response);
}

TEST_F(Secrets, R8NoTokenLeavesButInSetCookie) {
  Site site;
  Browser browser(site);
  std::string all = everything_but_set_cookie(browser.sign_up("ada"));
  const std::string first = browser.cookie;
  for (const auto* path :
       {"/v1/session", "/v1/sessions", "/", "/training", "/sessions", "/login"}) {
    all += everything_but_set_cookie(browser.get(path));
  }
  all += everything_but_set_cookie(browser.send("POST", "/v1/session/refresh"));
  all += everything_but_set_cookie(browser.log_in("ada"));
  const std::string second = browser.cookie;
  all += everything_but_set_cookie(
      browser.post_form("/login", "username=ada&password=correct+horse+battery"));
  all += everything_but_set_cookie(browser.post_form("/login", "username=ada&password=wrong"));
  const std::string third = browser.cookie;
  all += everything_but_set_cookie(browser.send("DELETE", "/v1/sessions?scope=others"));
  all += everything_but_set_cookie(browser.post_form("/logout", ""));
  browser.cookie = third;
  all += everything_but_set_cookie(browser.get("/v1/session"));
  for (const auto& token : {first, second, third}) {
    const std::string secret = token.substr(27);
    EXPECT_THAT(all, Not(HasSubstr(secret)));
    EXPECT_THAT(lines, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(all, HasSubstr(first.substr(4, 23)));  // the public id may be seen
  EXPECT_THAT(all, Not(HasSubstr("correct horse")));
  EXPECT_THAT(all, Not(HasSubstr("correct+horse")));
  EXPECT_THAT(lines, Not(HasSubstr("correct")));
}

TEST_F(Secrets, R8NoTokenInAPathReachesTheLogWhenTheStoreFails) {
  Site site("http://localhost:4470", {}, [](Store& inner) {
    return make_faulty_store(inner, [](StoreCall call, std::uint64_t) {
      return call == StoreCall::remove || call == StoreCall::list_user || call == StoreCall::find
                 ? Fault::fail_before
                 : Fault::none;
    });
  });
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.send("DELETE", "/v1/sessions/" + browser.cookie).status, 503);
  EXPECT_EQ(browser.get("/v1/sessions").status, 503);
  EXPECT_THAT(lines, HasSubstr("store_failure"));
  EXPECT_THAT(lines, HasSubstr("path=/v1/sessions/\n"));
  EXPECT_THAT(lines, HasSubstr("path=/v1/sessions\n"));
  EXPECT_THAT(lines, Not(HasSubstr(browser.cookie.substr(27))));
}

TEST_F(Secrets, R176EachEventIsLogged) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada@example.com");
  browser.sign_up("ada@example.com");
  browser.log_in("ada@example.com", "not the right password");
  browser.log_in("ada@example.com");
  Browser other(site);
  other.log_in("ada@example.com");
  browser.send("DELETE", "/v1/sessions?scope=others");
  browser.get("/v1/session", {{"Cookie", "session-4470=garbage"}});
  browser.get("/v1/session", {{"Cookie", "session-4470=a; session-4470=b"}});
  browser.send("POST", "/v1/logout", {}, {{"Origin", "https://evil.example"}});
  browser.send("POST", "/v1/logout");
  EXPECT_THAT(events, ::testing::ElementsAre("signup", "signup_failed", "login_failed", "login_ok",
                                             "login_ok", "session_revoked", "bad_token",
                                             "duplicate_cookie", "origin_refused", "logout"));
  EXPECT_THAT(lines, Not(HasSubstr("ada")));
  EXPECT_THAT(lines, HasSubstr("address=192.0.2.7"));
  EXPECT_THAT(lines, HasSubstr("login_failed reason=wrong_credentials"));
}

TEST_F(Secrets, ABadTokenIsNotLoggedAsText) {
  Site site;
  Browser browser(site);
  browser.cookie = "lk1_AAAAAAAAAAAAAAAAAAAAAAASECRETSECRETSECRETSECRET";
  browser.get("/v1/session");
  browser.get("/");
  EXPECT_THAT(events, ::testing::ElementsAre("bad_token", "bad_token"));
  EXPECT_THAT(lines, Not(HasSubstr("SECRET")));
}

}  // namespace
}  // namespace latchkey::testing
