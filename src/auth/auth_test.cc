#include "latchkey/auth.h"

#include <atomic>
#include <map>
#include <thread>

#include "base/log.h"
#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class AuthTest : public AuthFixture {};

TEST_F(AuthTest, AnyContainerOfHeadersWillDo) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  const std::map<std::string, std::string> map{{"cOOkie", cookie}};
  auto first = auth->begin({"GET", "/", "127.0.0.1", map});
  ASSERT_TRUE(first);
  EXPECT_TRUE(*first);
  struct Field {
    std::string_view name;
    std::string_view value;
  };
  const Field fields[] = {{"Host", "evil.example"}, {"Cookie", cookie}};
  auto second = auth->begin({"GET", "/", "127.0.0.1", fields});
  ASSERT_TRUE(second);
  EXPECT_TRUE(*second);
}

TEST_F(AuthTest, TheClientIsFoundBehindTrustedProxiesOnly) {
  AuthOptions options = usual();
  options.trusted_proxies = {"10.0.0.0/8"};
  options.public_url = "https://app.example.com";
  const auto auth = open(std::move(options));
  const auto address = [&](const std::string& peer, const std::string& forwarded) {
    Ask ask = form().with("Origin", "https://app.example.com").with("X-Forwarded-For", forwarded);
    ask.peer = peer;
    AuthSession session = begin(*auth, std::move(ask));
    EXPECT_TRUE(session.log_in(UserId{1}));
    return session.record()->address;
  };
  EXPECT_EQ(address("10.0.0.1", "198.51.100.1, 203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(address("192.0.2.1", "203.0.113.9"), "192.0.2.1") << "R126";
}

TEST_F(AuthTest, DevicesAreListedAndEndedByTheirUserAlone) {
  const auto auth = open(usual());
  const std::string one = sign_up(*auth);
  const std::string two = log_in(*auth, form().with("User-Agent", "Chrome"));
  const std::string other = sign_up(*auth, "bob");
  AuthSession session = begin(*auth, form().with("Cookie", two));
  const auto devices = session.devices();
  ASSERT_TRUE(devices);
  ASSERT_EQ(devices->size(), 2U);
  const auto current = [](const Device& device) { return device.current; };
  const auto mine = std::find_if(devices->begin(), devices->end(), current);
  EXPECT_EQ(mine->user_agent, "Chrome");
  EXPECT_EQ(std::count_if(devices->begin(), devices->end(), current), 1);
  const SessionId bobs = begin(*auth, page().with("Cookie", other)).record()->id;
  const auto foreign = session.end_device(bobs);
  ASSERT_TRUE(foreign);
  EXPECT_FALSE(*foreign) << "R24";
  EXPECT_TRUE(begin(*auth, page().with("Cookie", other)));
  const SessionId first = std::find_if_not(devices->begin(), devices->end(), current)->id;
  EXPECT_TRUE(*session.end_device(first));
  EXPECT_FALSE(begin(*auth, page().with("Cookie", one)));
  EXPECT_TRUE(*session.end_device(session.record()->id)) << "its own, which is a log-out";
  EXPECT_TRUE(deletes(session));
}

TEST_F(AuthTest, ADemandOfRecencyIsMetUntilItsLastMoment) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  const auto met = [&] {
    AuthSession session = begin(*auth, page().with("Cookie", cookie));
    const bool fine = session.require({.max_auth_age = minutes{5}});
    if (!fine) {
      EXPECT_EQ(session.status(), 401);
      EXPECT_EQ(session.redirect(), "/login?reason=recent_login&next=/training");
      EXPECT_EQ(line(session, "WWW-Authenticate"), "Session error=\"recent_login\"");
    }
    return fine;
  };
  clock_.advance(minutes{5} - Millis{1});
  EXPECT_TRUE(met());
  clock_.advance(Millis{1});
  EXPECT_TRUE(met());
  clock_.advance(Millis{1});
  EXPECT_FALSE(met());
  clock_.advance(-minutes{10});
  EXPECT_TRUE(met()) << "a clock that went back";
}

TEST_F(AuthTest, AttributesThatCannotBeStoredAreRefusedAndChangeNothing) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  AuthSession session = begin(*auth, form().with("Cookie", cookie));
  for (const char* json : {"null", "", "{", "undefined", "1 2"}) {
    const auto done = session.set("a", json);
    ASSERT_FALSE(done) << json;
    EXPECT_EQ(done.error().code, Errc::invalid_argument) << json;
    EXPECT_EQ(session.status(), 400) << json;
  }
  EXPECT_FALSE(session.set("", "1"));
  EXPECT_FALSE(session.set_text("a", "\xff"));
  EXPECT_TRUE(session.commit());
  EXPECT_FALSE(session.attribute("a"));
  const auto large = session.set_text("a", std::string(kMaxAttributesBytes, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::too_large);
  AuthSession nobody = begin(*auth, form());
  const auto none = nobody.set("a", "1");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
  EXPECT_EQ(nobody.status(), 401);
}

TEST_F(AuthTest, ParallelChangesOfOtherNamesAreAllKept) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Ask ask = form().with("Cookie", cookie);
      auto session = auth->begin({ask.method, ask.target, ask.peer, ask.headers});
      ASSERT_TRUE(session && *session);
      ASSERT_TRUE(session->set("n" + std::to_string(i), "1"));
      ASSERT_TRUE(session->commit());
    });
  }
  for (std::thread& thread : threads) thread.join();
  AuthSession session = begin(*auth, page().with("Cookie", cookie));
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(session.attribute("n" + std::to_string(i))) << i;
}

TEST_F(AuthTest, ANodeWithAnOldCopyDoesNotLogOutWhoRaisedTheirLevelElsewhere) {
  AuthOptions cached = usual();
  cached.near_cache = NearCacheOptions{};
  const auto a = open(std::move(cached));
  const auto b = open(usual());  // another node: no invalidation reaches the first one
  const std::string before = sign_up(*a);
  ASSERT_TRUE(begin(*a, page().with("Cookie", before)));  // a copy is kept
  AuthSession session = begin(*b, form().with("Cookie", before));
  ASSERT_TRUE(session.raise_level(2));
  const std::string after = pair_of(session);
  AuthSession next = begin(*a, page().with("Cookie", after));
  EXPECT_TRUE(next);
  EXPECT_TRUE(lines(next).empty()) << "its cookie must not be deleted";
}

TEST_F(AuthTest, NoPasswordIsChangedOnTheWordOfAnOldCopy) {
  AuthOptions cached = usual();
  cached.near_cache = NearCacheOptions{};
  const auto a = open(std::move(cached));
  const auto b = open(usual());  // another node: no invalidation reaches the first one
  const std::string cookie = sign_up(*a);
  ASSERT_TRUE(begin(*a, page().with("Cookie", cookie)));  // a copy is kept
  ASSERT_TRUE(begin(*b, form().with("Cookie", cookie)).log_out());
  AuthSession session = begin(*a, form().with("Cookie", cookie));
  ASSERT_TRUE(session) << "as of the copy";
  const auto changed = session.change_password(kPassword, "another horse battery");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::not_found);
  EXPECT_FALSE(log_in(*a).empty()) << "with the old password";
}

TEST_F(AuthTest, ALogInAfterALogOutOfTheSameRequestClearsNothing) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  options.clear_site_data = {"cache"};
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, form().with("Origin", "https://app.example.com"));
  ASSERT_FALSE(session.require());
  ASSERT_TRUE(session.log_out());
  EXPECT_EQ(line(session, "Clear-Site-Data"), R"("cache")");
  ASSERT_TRUE(session.sign_up({"ann", kPassword}));
  EXPECT_EQ(line(session, "Clear-Site-Data"), "");
  EXPECT_FALSE(session.failed()) << "the demand from before was another one's";
}

TEST_F(AuthTest, WhyASessionEndedIsKept) {
  const auto auth = open(usual());
  const auto reason_of = [&](const std::string& cookie) {
    const SessionId id = SessionToken::parse(cookie.substr(cookie.find('=') + 1))->id();
    const auto found = inner_->sessions().find({&id, 1}, {});
    EXPECT_TRUE(found && found->front().tombstone);
    return found->front().tombstone.value_or(Tombstone{}).reason;
  };
  AuthSession guest = begin(*auth, form());
  ASSERT_TRUE(guest.start_guest());
  const std::string before = pair_of(guest);
  AuthSession user = begin(*auth, form().with("Cookie", before));
  ASSERT_TRUE(user.sign_up({"ann", kPassword}));
  EXPECT_EQ(reason_of(before), EndReason::replaced);
  const std::string after = pair_of(user);
  ASSERT_TRUE(begin(*auth, form().with("Cookie", after)).log_out());
  EXPECT_EQ(reason_of(after), EndReason::logout);
}

TEST_F(AuthTest, OfACookieThatCameTwiceALogInEndsBoth) {
  const auto auth = open(usual());
  const std::string one = sign_up(*auth), two = log_in(*auth);
  log_in(*auth, form().with("Cookie", one + "; " + two));
  for (const std::string& cookie : {one, two}) {
    EXPECT_EQ(begin(*auth, page().with("Cookie", cookie)).state(), AuthState::revoked);
  }
}

TEST_F(AuthTest, WhoEndsAllSessionsOfAUserEndsALogInUnderWay) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, form());
  const UserId user{7};
  failing_at_ = [&](StoreCall call) {
    if (call == StoreCall::insert) {
      EXPECT_TRUE(inner_->sessions().remove_user(user, {.now = clock_.now(), .bump_epoch = true}));
    }
    return false;
  };
  const auto done = session.log_in(user);
  failing_at_ = nullptr;
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::user_changed);
  EXPECT_EQ(session.status(), 409);
  EXPECT_TRUE(lines(session).empty());
}

TEST_F(AuthTest, OnlyAGuestHasSomethingToTakeAlong) {
  const auto auth = open(usual());
  AuthSession before = begin(*auth, form().with("Cookie", sign_up(*auth)));
  ASSERT_TRUE(before.set("cart", "[1]"));
  ASSERT_TRUE(before.commit());
  const std::uint64_t calls = calls_;
  ASSERT_TRUE(before.commit());
  EXPECT_EQ(calls_, calls) << "what was sent is not sent again";
  const auto done = before.log_in({"ann", kPassword}, {.carry = {"cart"}});
  ASSERT_TRUE(done && *done == Rejection::none);
  EXPECT_FALSE(before.attribute("cart"));
}

TEST_F(AuthTest, AGuestThatEndedElsewhereKeepsNobodyFromLoggingIn) {
  const auto auth = open(usual());
  sign_up(*auth);
  AuthSession guest = begin(*auth, form());
  ASSERT_TRUE(guest.start_guest());
  const std::string cookie = pair_of(guest);
  AuthSession session = begin(*auth, form().with("Cookie", cookie));
  ASSERT_TRUE(session.set("cart", "[1]"));
  ASSERT_TRUE(begin(*auth, form().with("Cookie", cookie)).log_out());
  const auto done = session.log_in({"ann", kPassword});
  ASSERT_TRUE(done) << error_name(done.error().code);
  EXPECT_EQ(*done, Rejection::none);
  EXPECT_FALSE(session.attribute("cart"));
}

TEST_F(AuthTest, NothingIsClearedOverPlainHttp) {
  AuthOptions options = usual();
  options.clear_site_data = {"cache"};
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, form().with("Cookie", sign_up(*auth)));
  ASSERT_TRUE(session.log_out());
  EXPECT_EQ(line(session, "Clear-Site-Data"), "");
}

TEST_F(AuthTest, ALogInThatFailsHalfwayLeavesNoSessionBehind) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  AuthSession session = begin(*auth, form().with("Cookie", cookie));
  const UserId ann = session.user_id();
  int removals = 0;
  failing_at_ = [&](StoreCall call) { return call == StoreCall::remove && ++removals == 1; };
  const auto done = session.log_in({"ann", kPassword});
  failing_at_ = nullptr;
  ASSERT_FALSE(done);
  EXPECT_EQ(auth->sessions().list(ann)->records.size(), 1U) << "the one from before";
  EXPECT_TRUE(begin(*auth, page().with("Cookie", cookie)));
}

std::atomic<int> g_store_failures{0};

TEST_F(AuthTest, AStoreThatFailsInAVerbIsLogged) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, form());
  g_store_failures = 0;
  set_log_sink([](LogLevel level, std::string_view event, std::initializer_list<LogField>) {
    g_store_failures += level == LogLevel::error && event == "store_failure" ? 1 : 0;
  });
  fail(StoreCall::insert);
  EXPECT_FALSE(session.log_in(UserId{7}));
  set_log_sink(nullptr);
  EXPECT_EQ(session.status(), 503);
  EXPECT_EQ(g_store_failures, 1);
}

TEST_F(AuthTest, WhatHasExpiredIsPrunedByItself) {
  AuthOptions options = usual();
  options.prune_every = Millis{1};
  const auto auth = open(std::move(options));
  const auto late = std::chrono::steady_clock::now() + seconds{60};
  const std::uint64_t before = calls_;
  while (calls_ == before && std::chrono::steady_clock::now() < late) std::this_thread::yield();
  EXPECT_NE(calls_, before);
}

TEST_F(AuthTest, ATouchThatHasToRenewTheCookieNeedsTheHeaders) {
  AuthOptions options = usual();
  options.policy = Policy::lucia();
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, form().with("Cookie", sign_up(*auth)));
  session.mark_headers_sent();
  const auto touched = session.touch();
  ASSERT_FALSE(touched);
  EXPECT_EQ(touched.error().code, Errc::headers_sent);
}

TEST_F(AuthTest, ManyThreadsShareOneAuth) {
  AuthOptions options = usual();
  options.near_cache = NearCacheOptions{};
  options.touch_every = Millis{1};
  const auto auth = open(std::move(options));
  const std::string cookie = sign_up(*auth);
  std::atomic<int> users{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const Ask ask = page().with("Cookie", cookie);
      for (int i = 0; i < 200; ++i) {
        auto session = auth->begin({ask.method, ask.target, ask.peer, ask.headers});
        if (session && *session) ++users;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(users.load(), 800);
}

TEST_F(AuthTest, AFailureThatCannotBeHelpedByRetryingIsNo503) {
  EXPECT_EQ(failure_status({Errc::headers_sent, ""}), 500);
  EXPECT_EQ(failure_status({Errc::origin_refused, ""}), 403);
  EXPECT_EQ(failure_status({Errc::too_large, ""}), 413);
  EXPECT_EQ(failure_status({Errc::rate_limited, ""}), 429);
  EXPECT_NE(failure_problem({Errc::store_unavailable, "secret detail"}).find("Nobody was logged"),
            std::string::npos);
  EXPECT_EQ(failure_problem({Errc::store_unavailable, "secret detail"}).find("secret"),
            std::string::npos)
      << "R180";
}

}  // namespace
}  // namespace latchkey::testing
