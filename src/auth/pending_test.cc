// Requests of an event loop, which must not wait for a store behind a network.
#include <gtest/gtest.h>

#include "base/log.h"
#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

std::atomic<int> g_lines{0};

class PendingTest : public AuthFixture {
 protected:
  PendingTest() {
    g_lines = 0;
    set_log_sink([](LogLevel, std::string_view, std::initializer_list<LogField>) { ++g_lines; });
  }
  ~PendingTest() override { set_log_sink(nullptr); }

  AuthOptions remote(Carrier carrier = Carrier::stored) {
    AuthOptions options = usual(carrier);
    options.remote_store = true;
    options.near_cache = NearCacheOptions{};
    return options;
  }
  Begun begin_now(Auth& auth, Ask ask, const BeginOptions& options = {}) {
    asks_.push_back(std::make_unique<Ask>(std::move(ask)));
    const Ask& kept = *asks_.back();
    auto begun = auth.begin_now({kept.method, kept.target, kept.peer, kept.headers}, options);
    EXPECT_TRUE(begun) << error_name(begun.error().code);
    return std::move(*begun);
  }
  static bool pends(const Begun& begun) { return std::holds_alternative<Pending>(begun); }
  static Result<AuthSession> resume(Begun begun) {
    return std::get<Pending>(std::move(begun)).resume();
  }
};

TEST_F(PendingTest, ACopyAnswersAtOnceAndWithoutOneTheStoreIsWaitedForOnce) {
  const auto auth = open(remote());
  const Ask ask = page().with("Cookie", sign_up(*auth));
  const std::uint64_t calls = calls_;
  Begun first = begin_now(*auth, ask);
  ASSERT_TRUE(pends(first));
  EXPECT_EQ(calls_, calls) << "nobody was asked";
  EXPECT_EQ(auth->stats().cache->misses, 0U);
  const auto session = resume(std::move(first));
  ASSERT_TRUE(session);
  EXPECT_TRUE(*session);
  EXPECT_EQ(calls_, calls + 1);
  Begun second = begin_now(*auth, ask);
  ASSERT_FALSE(pends(second));
  EXPECT_TRUE(std::get<AuthSession>(second));
  EXPECT_EQ(calls_, calls + 1);
  EXPECT_TRUE(pends(begin_now(*auth, ask, {.fresh = true})));
}

TEST_F(PendingTest, NothingIsWrittenOrToldUntilItIsResumed) {
  const auto auth = open(remote());
  sign_up(*auth);
  const std::string token = "lk1_" + std::string(47, 'A');
  const int told = g_lines;
  Begun begun = begin_now(*auth, page().with("Cookie", "session-8080=" + token));
  ASSERT_TRUE(pends(begun));
  EXPECT_EQ(g_lines, told);
  const auto session = resume(std::move(begun));
  ASSERT_TRUE(session);
  EXPECT_TRUE(deletes(*session)) << "the same as of begin";
  EXPECT_EQ(g_lines, told + 1) << "bad_token";
}

TEST_F(PendingTest, ATouchIsQueuedByTheRequestThatIsAnswered) {
  const auto auth = open(remote());
  const Ask ask = page().with("Cookie", sign_up(*auth));
  const auto seen_at = [&] {
    AuthSession session = begin(*auth, ask, {.passive = true, .fresh = true});
    return session.record()->last_seen_at;
  };
  const UnixTime before = seen_at();
  clock_.advance(std::chrono::minutes{2});
  Begun begun = begin_now(*auth, ask, {.fresh = true});
  ASSERT_TRUE(pends(begun));
  ASSERT_TRUE(auth->flush());
  EXPECT_EQ(seen_at(), before);
  ASSERT_TRUE(resume(std::move(begun)));
  ASSERT_TRUE(auth->flush());
  EXPECT_EQ(seen_at(), clock_.now());
}

TEST_F(PendingTest, SessionsWithoutARowAskTheStoreForEveryRequest) {
  const auto auth = open(remote(Carrier::sealed));
  Begun begun = begin_now(*auth, page().with("Cookie", sign_up(*auth)));
  ASSERT_TRUE(pends(begun));
  const auto session = resume(std::move(begun));
  ASSERT_TRUE(session);
  EXPECT_TRUE(*session);
}

TEST_F(PendingTest, AStoreThatFailsIsAnErrorOfWhoWaited) {
  const auto auth = open(remote());
  Begun begun = begin_now(*auth, page().with("Cookie", sign_up(*auth)));
  ASSERT_TRUE(pends(begun));
  fail_all();
  const auto session = resume(std::move(begun));
  ASSERT_FALSE(session);
  EXPECT_EQ(failure_status(session.error()), 503);
}

TEST_F(PendingTest, WhatNeedsNoStoreNeverPends) {
  const auto auth = open(remote());
  EXPECT_FALSE(pends(begin_now(*auth, page())));
  EXPECT_FALSE(pends(begin_now(*auth, page().with("Cookie", "session-8080=no token"))));
  Begun foreign = begin_now(*auth, form().with("Origin", "https://evil.example"));
  ASSERT_FALSE(pends(foreign));
  EXPECT_EQ(std::get<AuthSession>(foreign).state(), AuthState::refused);
}

TEST_F(PendingTest, AStoreInThisProcessNeverPends) {
  for (const Carrier carrier : {Carrier::stored, Carrier::hybrid, Carrier::sealed}) {
    const auto auth = open(usual(carrier));
    const std::string name = "ann" + std::string(carrier_name(carrier));
    const std::string cookie = sign_up(*auth, name);
    Begun begun = begin_now(*auth, page().with("Cookie", cookie), {.fresh = true});
    ASSERT_FALSE(pends(begun)) << name;
    EXPECT_TRUE(std::get<AuthSession>(begun));
  }
}

}  // namespace
}  // namespace latchkey::testing
