// The refresh of a device-bound session: challenges, foreign pages, failures, the end.
#include "tests/support/device_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// BusyStore loses every race of a change.
class BusySessions final : public ForwardingSessionStore {
 public:
  using ForwardingSessionStore::ForwardingSessionStore;
  Result<ReplaceStatus> replace(const SessionRecord&, std::int64_t, UnixTime) override {
    return ReplaceStatus::conflict;
  }
};
class BusyStore final : public ForwardingStore {
 public:
  explicit BusyStore(Store& inner) : ForwardingStore(inner), busy_(inner.sessions()) {}
  SessionStore& sessions() override { return busy_; }

 private:
  BusySessions busy_;
};

TEST_F(DeviceSession, R161AProofCountsOnceAndTheNextChallengeComesWithTheAnswer) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const std::string proof = made.browser.refresh(made.challenge);
  const Answered first = try_refresh(*auth, made.cookie, made.id.text(), proof);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(try_refresh(*auth, made.cookie, made.id.text(), proof).status, 403) << "replayed";
  EXPECT_EQ(
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(first.challenge)).status,
      200);
}

TEST_F(DeviceSession, R161TheLastThreeChallengesMayBeAnsweredAndOldOnesMayNot) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  std::vector<std::string> asked;
  for (int i = 0; i < 3; ++i) {
    asked.push_back(try_refresh(*auth, made.cookie, made.id.text()).challenge);
    clock_.advance(Millis{10});
  }
  for (const std::size_t which : {1U, 2U, 0U}) {
    EXPECT_EQ(
        try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(asked[which])).status,
        200)
        << which;
  }
  const std::string late = try_refresh(*auth, made.cookie, made.id.text()).challenge;
  clock_.advance(seconds{121});
  EXPECT_EQ(try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(late)).status,
            403);
}

TEST_F(DeviceSession, R161TheChallengeOfAnAnswerLivesTwoMinutesBeyondItsCookie) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  clock_.advance(minutes{7} - kUnderWay - Millis{1});
  const Answered done =
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(made.challenge));
  EXPECT_EQ(done.status, 200);
  clock_.advance(minutes{7});
  EXPECT_EQ(
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(done.challenge)).status,
      403);
}

TEST_F(DeviceSession, R166ARefreshWithoutAnyCookieFindsItsSessionByTheId) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const Answered asked = try_refresh(*auth, "", made.id.text());
  EXPECT_EQ(asked.status, 403);
  const DeviceBrowser thief = DeviceBrowser::elliptic();
  EXPECT_EQ(try_refresh(*auth, "", made.id.text(), thief.refresh(asked.challenge)).status, 403);
  const Answered done =
      try_refresh(*auth, "", made.id.text(), made.browser.refresh(asked.challenge));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.state, AuthState::none) << "nobody is logged in by a proof alone";
  clock_.advance(minutes{4});
  EXPECT_EQ(state_with(*auth, done.short_cookie), AuthState::none);
  EXPECT_EQ(state_with(*auth, made.cookie + "; " + done.short_cookie), AuthState::user);
  // Of a session that is not there, has ended or is not bound nothing is left to refresh.
  const LoggedIn unbound = enter(*auth, true, "bob");
  AuthSession session = begin(*auth, ours(form()).with("Cookie", made.cookie));
  ASSERT_TRUE(session.log_out());
  for (const std::string_view id :
       {unbound.id.text(), made.id.text(), std::string_view("AAAAAAAAAAAAAAAAAAAAAA1")}) {
    const Answered ended = try_refresh(*auth, "", id);
    EXPECT_EQ(ended.status, 200);
    EXPECT_NE(ended.json.find("\"continue\":false"), std::string::npos) << ended.json;
  }
}

TEST_F(DeviceSession, R165TheRefreshAddressWantsTheHeaderAndTellsAForeignPageNothing) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  for (const std::string_view id : {"", "x", "\"\""}) {
    EXPECT_EQ(try_refresh(*auth, made.cookie, id).status, 400) << id;
  }
  for (const std::string& cookie : {made.both(), std::string{}}) {
    AuthSession foreign = begin(*auth,
                                device("/device/refresh")
                                    .with("Origin", "https://evil.example")
                                    .with("Sec-Fetch-Site", "cross-site")
                                    .with("Cookie", cookie),
                                kDeviceRoute);
    EXPECT_EQ(foreign.state(), AuthState::refused);
    EXPECT_EQ(foreign.status(), 403);
  }
  // With quotes or without, and twice is not at all.
  const std::string quoted_id = "\"" + std::string(made.id.text()) + "\"";
  EXPECT_EQ(
      try_refresh(*auth, made.cookie, quoted_id, "\"" + made.browser.refresh(made.challenge) + "\"")
          .status,
      200);
  Ask twice = device("/device/refresh").with("Cookie", made.cookie);
  for (int i = 0; i < 2; ++i) {
    twice.headers.emplace_back("Sec-Secure-Session-Id", std::string(made.id.text()));
  }
  AuthSession session = begin(*auth, std::move(twice), kDeviceRoute);
  EXPECT_EQ(session.refresh_device()->status, 400);
}

TEST_F(DeviceSession, R166AStoreThatFailsEndsNoBinding) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const std::string proof = made.browser.refresh(made.challenge);
  fail_all();
  EXPECT_FALSE(try_begin(*auth, device("/device/refresh").with("Cookie", made.cookie)));
  mend();
  // It fails at the last moment: the proof is good and is not used up.
  fail(StoreCall::replace);
  const Answered failed = try_refresh(*auth, made.cookie, made.id.text(), proof);
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.short_cookie, "");
  mend();
  fail(StoreCall::find);
  EXPECT_FALSE(try_begin(*auth, device("/device/refresh").with("Cookie", made.cookie)));
  EXPECT_EQ(try_refresh(*auth, "", made.id.text(), proof).status, 503) << "no cookie came";
  mend();
  EXPECT_EQ(try_refresh(*auth, made.cookie, made.id.text(), proof).status, 200);
}

// Its refresh failed, and it says so: the page waits instead of showing the log-in page.
TEST_F(DeviceSession, R166ABrowserWhoseRefreshFailedIsAskedToTryAgain) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  for (const std::string why : {"server_error", "unreachable"}) {
    AuthSession session =
        begin(*auth, page()
                         .with("Cookie", made.cookie)
                         .with("Secure-Session-Skipped", why + ";session_identifier=\"x\""));
    EXPECT_FALSE(session.require());
    EXPECT_EQ(session.status(), 503);
    EXPECT_EQ(session.problem_code(), "device_proof_missed");
    EXPECT_EQ(line(session, "Retry-After"), "2");
    EXPECT_EQ(session.redirect(), "");
  }
  AuthSession session = begin(
      *auth, page().with("Cookie", made.cookie).with("Secure-Session-Skipped", "quota_exceeded"));
  EXPECT_FALSE(session.require());
  EXPECT_EQ(session.status(), 401) << "a log-in helps";
}

// The browser sends the same proof once more, and the round with a new challenge mends it.
TEST_F(DeviceSession, R166AnAnswerThatIsLostBehindTheWriteIsMendedByTheNextChallenge) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const std::string proof = made.browser.refresh(made.challenge);
  fail(StoreCall::replace, Fault::fail_after);
  EXPECT_EQ(try_refresh(*auth, made.cookie, made.id.text(), proof).status, 503);
  mend();
  const Answered again = try_refresh(*auth, made.cookie, made.id.text(), proof);
  EXPECT_EQ(again.status, 403);
  EXPECT_EQ(
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(again.challenge)).status,
      200);
}

// Otherwise two bindings of one browser would write each other's short cookie away in turn.
TEST_F(DeviceSession, R168AnotherSessionInTheCookieEndsTheBindingOfTheOneBefore) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const LoggedIn other = enter(*auth, false);
  const Answered ended =
      try_refresh(*auth, other.cookie, made.id.text(), made.browser.refresh(made.challenge));
  EXPECT_NE(ended.json.find("\"continue\":false"), std::string::npos) << ended.json;
  EXPECT_EQ(state_with(*auth, made.both()), AuthState::user) << "which has not ended";
}

// Chromium ends a binding at 409 and 429: whatever it is, the server is busy.
TEST_F(DeviceSession, R166AConflictIsAnsweredAsAFailure) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const auto busy = Auth::open(std::make_unique<BusyStore>(*store_), bound());
  ASSERT_TRUE(busy);
  const std::string proof = made.browser.refresh(made.challenge);
  EXPECT_EQ(try_refresh(**busy, made.cookie, made.id.text(), proof).status, 503);
  EXPECT_EQ(try_refresh(*auth, made.cookie, made.id.text(), proof).status, 200);
}

TEST_F(DeviceSession, R166ACopyOfBeforeTheBindingEndsNothing) {
  AuthOptions with_copies = bound();
  with_copies.near_cache = NearCacheOptions{.max_age = minutes{1}};
  const auto here = open(bound());
  const auto there = open(std::move(with_copies));
  const LoggedIn in = enter(*here);
  ASSERT_EQ(state_with(*there, in.cookie), AuthState::user) << "which makes a copy";
  const DeviceBrowser browser = DeviceBrowser::elliptic();
  const Answered done = try_register(*here, in.cookie, browser.registration(in.challenge));
  // Even where a program forgot to ask the store.
  AuthSession session = begin(*there,
                              device("/device/refresh")
                                  .with("Cookie", in.cookie)
                                  .with("Sec-Secure-Session-Id", std::string(in.id.text()))
                                  .with("Secure-Session-Response", browser.refresh(done.challenge)),
                              {.passive = true});
  EXPECT_EQ(session.refresh_device()->status, 200);
}

TEST_F(DeviceSession, R168LogOutEndsTheBinding) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  AuthSession session = begin(*auth, ours(form()).to("/logout").with("Cookie", made.both()));
  ASSERT_TRUE(session.log_out());
  const auto gone = lines(session);
  EXPECT_TRUE(std::any_of(gone.begin(), gone.end(), [](const std::string& value) {
    return value.starts_with("__Host-session-bound=;") &&
           value.find("Max-Age=0") != std::string::npos;
  }));
  const Answered after = try_refresh(*auth, "", made.id.text());
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.json, "{\"session_identifier\":\"" + std::string(made.id.text()) +
                            "\",\"continue\":false}\n");
}

TEST_F(DeviceSession, R168RevocationFromElsewhereAndAnotherLogInEndTheBinding) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const LoggedIn other = enter(*auth, false);
  AuthSession elsewhere = begin(*auth, ours(form()).with("Cookie", other.cookie));
  ASSERT_TRUE(*elsewhere.end_device(made.id));
  const std::string proof = made.browser.refresh(made.challenge);
  for (const std::string& cookie : {made.both(), other.cookie}) {
    const Answered ended = try_refresh(*auth, cookie, made.id.text(), proof);
    EXPECT_EQ(ended.status, 200);
    EXPECT_NE(ended.json.find("\"continue\":false"), std::string::npos) << ended.json;
    EXPECT_EQ(ended.short_cookie, "") << "it may be another session's by now";
  }
  EXPECT_EQ(state_with(*auth, other.cookie), AuthState::user);
}

}  // namespace
}  // namespace latchkey::testing
