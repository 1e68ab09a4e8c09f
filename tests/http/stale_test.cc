// /v1/verify while the store does not answer: verify.on_store_error.
#include <gtest/gtest.h>

#include "latchkey/faulty.h"
#include "latchkey/log.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

bool g_away = false;
std::unique_ptr<Store> leaving_store(Store& inner) {
  return make_faulty_store(
      inner, [](StoreCall, std::uint64_t) { return g_away ? Fault::fail_before : Fault::none; });
}

class VerifyStale : public ::testing::Test {
 protected:
  VerifyStale() {
    serve(true);
    EXPECT_EQ(ann_.sign_up("ann@example.com").status, 201);
    EXPECT_EQ(verify().status, 200);
  }
  ~VerifyStale() override { g_away = false; }

  // With a max_age this short each look-up asks the store, so that every answer without it is old.
  void serve(bool stale, Millis max_stale = std::chrono::hours{1}) {
    AuthOptions options = site_.auth->options();
    options.near_cache = {.max_age = Millis{1}, .max_stale = max_stale};
    site_.open(std::move(options));
    site_.service = std::make_unique<http::Service>(
        *site_.auth, http::ServiceOptions{.verify = {.stale = stale}});
  }
  http::Response verify(std::string_view target = "/v1/verify") {
    http::Response response = ann_.get(target);
    EXPECT_FALSE(sets_cookie(response) || blanks_cookie(response)) << target;
    return response;
  }
  SessionId id() { return SessionId::parse(*header(verify(), "X-Session-Id")).value(); }

  Site site_{"http://localhost:4470", {}, leaving_store};
  Browser ann_{site_};
};

TEST_F(VerifyStale, R28WithoutItAnOutageIs503AndTheCookieIsKept) {
  serve(false);
  EXPECT_EQ(verify().status, 200);
  g_away = true;
  EXPECT_EQ(verify().status, 503);
}

TEST_F(VerifyStale, ACopyAnswersAndTheAnswerSaysSo) {
  EXPECT_EQ(header(verify(), "X-Session-Age"), "");
  const auto user = header(verify(), "X-Session-User");
  g_away = true;
  for (const char* target : {"/v1/verify", "/v1/verify/nginx", "/v1/verify/envoy/x"}) {
    const http::Response response = verify(target);
    EXPECT_EQ(response.status, 200) << target;
    EXPECT_EQ(header(response, "X-Session-User"), user) << target;
    const auto age = header(response, "X-Session-Age");
    EXPECT_TRUE(age && !age->empty()) << target;
  }
  EXPECT_EQ(site_.auth->stats().cache->stale, 3U);
  g_away = false;
}

TEST_F(VerifyStale, NothingElseIsAnsweredSo) {
  g_away = true;
  EXPECT_EQ(verify("/v1/verify?fresh=1").status, 503);
  EXPECT_EQ(ann_.get("/v1/session").status, 503);
  EXPECT_EQ(ann_.get("/v1/sessions").status, 503);
}

TEST_F(VerifyStale, R28RevokedBeforeTheOutageIsNotServed) {
  ASSERT_TRUE(site_.sessions->revoke(id(), EndReason::revoked));
  g_away = true;
  EXPECT_EQ(verify().status, 503);
}

TEST_F(VerifyStale, R28ARevocationThatTheOutageSwallowedIsNotServedEither) {
  const SessionId mine = id();
  g_away = true;
  EXPECT_EQ(verify().status, 200);
  EXPECT_FALSE(site_.sessions->revoke(mine, EndReason::revoked));
  EXPECT_EQ(verify().status, 503);
}

TEST_F(VerifyStale, R28AnExpiredSessionIsNotServed) {
  g_away = true;
  EXPECT_EQ(verify().status, 200);
  site_.clock.advance(site_.auth->options().policy.idle);
  EXPECT_EQ(verify().status, 503) << "another node may have moved the deadline";
}

TEST_F(VerifyStale, R28AWrongSecretIsNotServed) {
  g_away = true;
  ann_.cookie.back() = ann_.cookie.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(verify().status, 503);
}

TEST_F(VerifyStale, R28NoCopyIsServedBeyondTheBound) {
  serve(true, Millis{1});
  EXPECT_EQ(verify().status, 200);
  g_away = true;
  EXPECT_EQ(verify().status, 503);
}

// An outage has as many old answers as requests; the log has one line a second.
TEST_F(VerifyStale, TheLogSaysItOnceASecond) {
  static int lines = 0;
  lines = 0;
  g_away = true;
  set_log_sink([](LogLevel, std::string_view event, std::initializer_list<LogField>) {
    lines += event == "verify_stale" ? 1 : 0;
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(verify().status, 200);
  EXPECT_EQ(lines, 1);
  site_.clock.advance(std::chrono::seconds{1});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(verify().status, 200);
  set_log_sink(nullptr);
  EXPECT_EQ(lines, 2);
}

// A hybrid cookie carries a copy of its own: what an old copy says must not get into it, where it
// would outlive the outage.
TEST(HybridStale, R28AnOldCopyIsNotWrittenIntoTheCookie) {
  Site site("http://localhost:4470", {}, leaving_store, Carrier::hybrid);
  AuthOptions options = site.auth->options();
  options.near_cache = {.max_age = Millis{1}, .max_stale = std::chrono::hours{1}};
  site.open(std::move(options));
  Browser ann(site);
  ASSERT_EQ(ann.sign_up("ann").status, 201);
  const ValidateOptions asked{.with_user = true, .stale_ok = true};
  site.clock.advance(std::chrono::minutes{6});  // the snapshot is over
  const auto before = site.sessions->validate(ann.cookie, asked);
  ASSERT_TRUE(before && before->state == SessionState::active);
  EXPECT_TRUE(before->token) << "what the store says goes into the cookie";
  g_away = true;
  const auto during = site.sessions->validate(ann.cookie, asked);
  g_away = false;
  ASSERT_TRUE(during && during->state == SessionState::active);
  EXPECT_GT(during->stale_for, Millis{0});
  EXPECT_FALSE(during->token);
}

TEST_F(VerifyStale, DemandsHoldForCopiesToo) {
  g_away = true;
  EXPECT_EQ(verify("/v1/verify/nginx?level=2").status, 401);
}

}  // namespace
}  // namespace latchkey::testing
