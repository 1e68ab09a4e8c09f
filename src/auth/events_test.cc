// Events of accounts and sessions, as they come into the store (R176, R177).
#include <gmock/gmock.h>

#include <future>

#include "latchkey/log.h"
#include "latchkey/user_admin.h"
#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class AuthEvents : public AuthFixture {
 protected:
  AuthOptions kept(Carrier carrier = Carrier::stored) {
    AuthOptions options = usual(carrier);
    options.event_retention = std::chrono::days{90};
    return options;
  }
  // events returns all of them, the oldest first where the clock has moved.
  std::vector<Event> events(Auth& auth) {
    EXPECT_TRUE(auth.events().flush());
    return inner_->events().list_events({.oldest_first = true, .limit = 1000})->events;
  }
  std::vector<std::string> kinds(Auth& auth) {
    std::vector<std::string> names;
    for (const Event& event : events(auth)) names.emplace_back(event_kind_name(event.kind));
    return names;
  }
  Event last(Auth& auth) {
    const std::vector<Event> all = events(auth);
    EXPECT_FALSE(all.empty());
    return all.empty() ? Event{} : all.back();
  }
  void step() { clock_.advance(std::chrono::seconds{1}); }
  Rejection try_password(Auth& auth, std::string_view name, std::string_view password) {
    step();
    AuthSession session = begin(auth, form());
    return *session.log_in({name, password});
  }
};

TEST_F(AuthEvents, R176EachStepOfASessionIsAnEvent) {
  const auto auth = open(kept());
  const std::string first = sign_up(*auth);
  step();
  const std::string second = log_in(*auth);
  step();
  {
    AuthSession session = begin(*auth, form().with("Cookie", second));
    ASSERT_TRUE(session.raise_level(2));
    step();
    ASSERT_EQ(*session.log_out_others(), 1U);
    step();
    ASSERT_EQ(*session.change_password("wrong horse battery", "another long password"),
              Rejection::wrong_credentials);
    step();
    ASSERT_EQ(*session.change_password(kPassword, "another long password"), Rejection::none);
    step();
    ASSERT_TRUE(session.log_out());
  }
  const std::vector<std::string> seen = kinds(*auth);
  // The first two are of one moment, and so are the change and the secret that goes with it.
  EXPECT_THAT(std::vector<std::string>(seen.begin(), seen.begin() + 2),
              ::testing::UnorderedElementsAre("sign_up", "log_in"));
  EXPECT_THAT(std::vector<std::string>(seen.begin() + 2, seen.begin() + 6),
              ElementsAre("log_in", "session_rotated", "session_revoked", "log_in_failed"));
  EXPECT_THAT(std::vector<std::string>(seen.begin() + 6, seen.end()),
              ::testing::UnorderedElementsAre("password_changed", "session_rotated", "log_out"));
}

TEST_F(AuthEvents, R177AnEventSaysWhoWhereAndWhichRequest) {
  const auto auth = open(kept());
  sign_up(*auth);
  step();
  AuthSession session = begin(*auth, form(), {.request_id = "req-1"});
  ASSERT_EQ(*session.log_in({"ann", kPassword}), Rejection::none);
  const Event event = last(*auth);
  EXPECT_EQ(event.kind, EventKind::log_in);
  EXPECT_EQ(event.at, clock_.now());
  EXPECT_EQ(event.user_id, session.user_id());
  EXPECT_EQ(event.session_id, session.record()->id);
  EXPECT_EQ(event.address, "127.0.0.1");
  EXPECT_EQ(event.user_agent, "Firefox");
  EXPECT_EQ(event.request_id, "req-1");
  step();
  ASSERT_TRUE(session.log_out());
  const Event out = last(*auth);
  EXPECT_EQ(out.kind, EventKind::log_out);
  EXPECT_EQ(out.session_id, event.session_id);
  EXPECT_EQ(out.address, "127.0.0.1");
  EXPECT_EQ(out.request_id, "req-1");
}

TEST_F(AuthEvents, R177TheRequestIdOfATrustedProxyIsBelievedAndOfNobodyElse) {
  for (const bool trusted : {false, true}) {
    AuthOptions options = kept();
    if (trusted) options.trusted_proxies = {"127.0.0.1"};
    const auto auth = open(std::move(options));
    step();
    AuthSession session = begin(*auth, form().with("X-Request-Id", "from-outside"));
    ASSERT_TRUE(session.sign_up({trusted ? "bob" : "ann", kPassword}));
    EXPECT_EQ(last(*auth).request_id, trusted ? "from-outside" : "");
  }
}

TEST_F(AuthEvents, R94ManyUnknownTokensOfOneAddressAreOneEventAMinute) {
  const auto auth = open(kept());
  const std::string good = sign_up(*auth);
  const auto limits = [&] {
    std::vector<Event> found;
    for (const Event& event : events(*auth)) {
      if (event.kind == EventKind::limit_reached) found.push_back(event);
    }
    return found;
  };
  const auto guess = [&](int times, std::string_view address) {
    for (int i = 0; i < times; ++i) {
      std::string guessed = good;
      guessed[guessed.size() - 3] = guessed[guessed.size() - 3] == 'A' ? 'B' : 'A';
      const AuthSession session =
          begin(*auth, page().with("Cookie", guessed), {.client_address = address});
      EXPECT_EQ(session.state(), AuthState::none) << "the answer stays the same";
    }
  };
  guess(50, "203.0.113.9");
  EXPECT_THAT(limits(), IsEmpty());
  guess(1, "203.0.113.9");
  ASSERT_EQ(limits().size(), 1U);
  EXPECT_EQ(limits()[0].reason, "unknown_tokens");
  EXPECT_EQ(limits()[0].address, "203.0.113.9");
  EXPECT_TRUE(limits()[0].user_id.empty());
  guess(100, "203.0.113.9");
  EXPECT_EQ(limits().size(), 1U) << "once a minute";
  EXPECT_TRUE(begin(*auth, page().with("Cookie", good), {.client_address = "203.0.113.9"}))
      << "who has a session is not kept out";
  guess(30, "2001:db8::1");
  guess(21, "2001:db8::2");
  EXPECT_EQ(limits().size(), 2U) << "a network of IPv6 is one address";
  clock_.advance(std::chrono::minutes{1});
  guess(51, "203.0.113.9");
  EXPECT_EQ(limits().size(), 3U);
}

std::string& tokens_log() {
  static std::string text;
  return text;
}

// "A disabled user": outwards like an unknown token, and never counted as one (R92).
TEST_F(AuthEvents, R94TheTokenOfADisabledUserIsNoUnknownToken) {
  for (const Carrier carrier : {Carrier::stored, Carrier::hybrid, Carrier::sealed}) {
    const std::string name = "user-" + std::string(carrier_name(carrier));
    const auto auth = open(kept(carrier));
    const std::string cookie = sign_up(*auth, name);
    const UserId user = last(*auth).user_id;
    ASSERT_TRUE(*inner_->users().set_disabled(user, true)) << "by another program, say";
    clock_.advance(std::chrono::minutes{10});
    tokens_log().clear();
    set_log_sink([](LogLevel, std::string_view event, std::initializer_list<LogField>) {
      tokens_log().append(event) += '\n';
    });
    for (int i = 0; i < 60; ++i) {
      const AuthSession session = begin(*auth, page().with("Cookie", cookie));
      EXPECT_EQ(session.state(), AuthState::none);
    }
    set_log_sink(nullptr);
    EXPECT_THAT(tokens_log(), ::testing::HasSubstr("disabled_user\n")) << name;
    EXPECT_THAT(tokens_log(), Not(::testing::HasSubstr("bad_token\n"))) << name;
    EXPECT_THAT(kinds(*auth), Not(Contains("limit_reached"))) << name;
    if (carrier != Carrier::sealed) {
      EXPECT_EQ(auth->sessions().stats().users_disabled, 60U) << name;
    }
  }
}

TEST_F(AuthEvents, R98ALogInFromABrowserThatIsNotKnownSaysSo) {
  const auto auth = open(kept());
  sign_up(*auth);
  step();
  AuthSession first = begin(*auth, form());
  ASSERT_EQ(*first.log_in({"ann", kPassword}), Rejection::none);
  EXPECT_EQ(last(*auth).kind, EventKind::log_in);
  EXPECT_EQ(last(*auth).reason, "new_device");
  EXPECT_EQ(first.events({}, 1)->events[0].reason, "new_device") << "its user is told";
  step();
  log_in(*auth, form().with("Cookie", device_of(first)));
  EXPECT_EQ(last(*auth).reason, "");
  step();
  log_in(*auth, form().with("Cookie", pair_of(first)));
  EXPECT_NE(last(*auth).reason, "new_device");
}

TEST_F(AuthEvents, R178AFailedLogInTellsTheReasonAndNeverTheName) {
  const auto auth = open(kept());
  sign_up(*auth);
  const UserId ann = last(*auth).user_id;
  EXPECT_EQ(try_password(*auth, "ann", "wrong horse battery"), Rejection::wrong_credentials);
  const Event wrong = last(*auth);
  EXPECT_EQ(wrong.kind, EventKind::log_in_failed);
  EXPECT_EQ(wrong.reason, "wrong_password");
  EXPECT_EQ(wrong.user_id, ann);
  EXPECT_EQ(try_password(*auth, "nobody-is-called-so", kPassword), Rejection::wrong_credentials);
  const Event unknown = last(*auth);
  EXPECT_EQ(unknown.reason, "unknown_user");
  EXPECT_TRUE(unknown.user_id.empty());
  EXPECT_FALSE(unknown.account.empty());
  EXPECT_NE(unknown.account, wrong.account);
  EXPECT_EQ(unknown.account.find("nobody"), std::string::npos);
  EXPECT_EQ(try_password(*auth, "nobody-is-called-so", kPassword), Rejection::wrong_credentials);
  EXPECT_EQ(last(*auth).account, unknown.account) << "tries of one name belong together";

  const auto admin = UserAdmin::make(*inner_, {.cost = {.memory_kib = 8, .iterations = 1},
                                               .insecure_cost_for_tests = true,
                                               .clock = &clock_});
  step();
  ASSERT_TRUE(UserAdmin(*admin).disable(ann));
  EXPECT_EQ(try_password(*auth, "ann", kPassword), Rejection::wrong_credentials);
  EXPECT_EQ(last(*auth).reason, "user_disabled");
}

TEST_F(AuthEvents, ALimitThatIsReachedIsAnEvent) {
  AuthOptions options = kept();
  options.passwords.limits.account = CounterRule::at_most(1, std::chrono::hours{1});
  const auto auth = open(std::move(options));
  sign_up(*auth);
  EXPECT_EQ(try_password(*auth, "ann", "wrong horse battery"), Rejection::wrong_credentials);
  EXPECT_EQ(try_password(*auth, "ann", kPassword), Rejection::rate_limited);
  const Event event = last(*auth);
  EXPECT_EQ(event.kind, EventKind::limit_reached);
  EXPECT_EQ(event.reason, "log_in");
  EXPECT_FALSE(event.account.empty());
}

TEST_F(AuthEvents, SessionsThatEndByThemselvesAreEvents) {
  AuthOptions options = kept();
  options.policy.max_per_user = 1;
  const auto auth = open(std::move(options));
  const std::string first = sign_up(*auth);
  step();
  const std::string second = log_in(*auth);
  EXPECT_THAT(kinds(*auth), Contains("session_evicted"));
  clock_.advance(std::chrono::days{400});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(begin(*auth, page().with("Cookie", second)).state(), AuthState::expired);
  }
  const std::vector<std::string> seen = kinds(*auth);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "session_expired"), 1);
}

TEST_F(AuthEvents, WhatAnOperatorDoesIsAnEventOfTheUser) {
  const auto auth = open(kept());
  sign_up(*auth);
  const UserId ann = last(*auth).user_id;
  auto admin = UserAdmin::make(*inner_, {.cost = {.memory_kib = 8, .iterations = 1},
                                         .insecure_cost_for_tests = true,
                                         .clock = &clock_});
  step();
  ASSERT_TRUE(admin->disable(ann));
  step();
  ASSERT_TRUE(admin->enable(ann));
  step();
  ASSERT_TRUE(admin->set_password(ann, "a third long password"));
  step();
  ASSERT_TRUE(admin->remove(ann));
  const std::vector<std::string> seen = kinds(*auth);
  EXPECT_THAT(std::vector<std::string>(seen.begin() + 2, seen.begin() + 4),
              ::testing::UnorderedElementsAre("user_disabled", "session_revoked"));
  EXPECT_THAT(std::vector<std::string>(seen.begin() + 4, seen.end()),
              ElementsAre("user_enabled", "password_changed", "user_deleted"));
  EXPECT_EQ(last(*auth).reason, "operator");
}

TEST_F(AuthEvents, AUserSeesOwnEventsWithoutWhatOperatorsKnow) {
  const auto auth = open(kept());
  sign_up(*auth, "bob");
  step();
  const std::string cookie = sign_up(*auth);
  EXPECT_EQ(try_password(*auth, "ann", "wrong horse battery"), Rejection::wrong_credentials);
  AuthSession session = begin(*auth, page().with("Cookie", cookie));
  const auto page = session.events();
  ASSERT_TRUE(page);
  ASSERT_EQ(page->events.size(), 3U);
  EXPECT_EQ(page->events[0].kind, EventKind::log_in_failed);
  EXPECT_EQ(page->events[0].reason, "");
  EXPECT_EQ(page->events[0].account, "");
  for (const Event& event : page->events) EXPECT_EQ(event.user_id, session.user_id());
  const auto first = session.events({}, 1);
  EXPECT_EQ(session.events(first->next, 2)->events.size(), 2U);
  EXPECT_EQ(session.events("nonsense").error().code, Errc::invalid_argument);
  EXPECT_EQ(begin(*auth, script()).events().error().code, Errc::not_found);
}

TEST_F(AuthEvents, GuestsHaveNone) {
  const auto auth = open(kept());
  AuthSession session = begin(*auth, form());
  ASSERT_TRUE(session.start_guest());
  step();
  ASSERT_TRUE(session.log_out());
  EXPECT_THAT(events(*auth), IsEmpty());
}

TEST_F(AuthEvents, R181AnEventStoreThatFailsFailsNoLogIn) {
  const auto auth = open(kept());
  fail(StoreCall::append_events);
  const std::string cookie = sign_up(*auth);
  EXPECT_TRUE(begin(*auth, page().with("Cookie", cookie)));
  log_in(*auth);
  EXPECT_FALSE(auth->events().flush());
  AuthSession session = begin(*auth, page().with("Cookie", cookie));
  EXPECT_TRUE(session.events()) << "what is there is shown";
  mend();
  EXPECT_THAT(kinds(*auth), Contains("sign_up"));
}

TEST_F(AuthEvents, AStatelessCarrierHasThemToo) {
  const auto auth = open(kept(Carrier::sealed));
  const std::string first = sign_up(*auth);
  step();
  const std::string second = log_in(*auth);
  step();
  AuthSession session = begin(*auth, form().with("Cookie", second));
  ASSERT_TRUE(session.log_out_others());
  const Event event = last(*auth);
  EXPECT_EQ(event.kind, EventKind::session_revoked);
  EXPECT_EQ(event.reason, "all");
  EXPECT_TRUE(event.session_id.empty());
  step();
  ASSERT_TRUE(session.log_out());
  EXPECT_EQ(last(*auth).kind, EventKind::log_out);
}

TEST_F(AuthEvents, PruningForgetsOldEventsAndUsedUpSecrets) {
  const auto auth = open(kept());
  sign_up(*auth);
  const OneTimeSecret secret{.purpose = "reset",
                             .user_id = last(*auth).user_id,
                             .created_at = clock_.now(),
                             .expires_at = clock_.now() + std::chrono::minutes{15}};
  ASSERT_TRUE(inner_->one_time().put_secret(secret, 1));
  clock_.advance(std::chrono::days{31});
  ASSERT_TRUE(auth->prune());
  EXPECT_EQ(events(*auth).size(), 2U);
  for (const Event& event : events(*auth)) EXPECT_EQ(event.address, "");
  EXPECT_FALSE(*inner_->one_time().find_secret(secret.hash, "reset", secret.created_at));
  clock_.advance(std::chrono::days{60});
  ASSERT_TRUE(auth->prune());
  EXPECT_THAT(events(*auth), IsEmpty());
}

TEST_F(AuthEvents, WithoutRetentionNoneAreKept) {
  const auto auth = open(usual());
  sign_up(*auth);
  EXPECT_THAT(events(*auth), IsEmpty());
  EXPECT_FALSE(auth->stats().events);
}

}  // namespace
}  // namespace latchkey::testing
