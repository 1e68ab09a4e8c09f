// Device-bound sessions from the log-in to the end, with a browser that has a key.
#include "tests/support/device_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(DeviceSession, R162ALogInOffersOnceAndTheBrowserBinds) {
  const auto auth = open(bound());
  AuthSession session = begin(*auth, ours(form()));
  ASSERT_TRUE(session.sign_up({"ann", kPassword}));
  EXPECT_TRUE(line(session, "Secure-Session-Registration")
                  .starts_with("(ES256 RS256);path=\"/device/register\";challenge=\""));
  EXPECT_FALSE(session.device_bound());
  const std::string cookie = pair_of(session);
  EXPECT_EQ(line(begin(*auth, page().with("Cookie", cookie)), "Secure-Session-Registration"), "");
  const Bound made = [&] {
    DeviceBrowser browser = DeviceBrowser::elliptic();
    const std::string challenge =
        quoted(line(session, "Secure-Session-Registration"), "challenge=\"");
    const Answered done = try_register(*auth, cookie, browser.registration(challenge));
    EXPECT_EQ(done.status, 200) << done.json;
    EXPECT_EQ(done.state, AuthState::user);
    EXPECT_NE(done.json.find(session.record()->id.text()), std::string::npos);
    return Bound{std::move(browser), cookie, done.short_cookie, done.challenge,
                 session.record()->id};
  }();
  AuthSession after = begin(*auth, page().with("Cookie", made.both()));
  EXPECT_TRUE(after.device_bound());
  const auto devices = after.devices();
  ASSERT_TRUE(devices && devices->size() == 1);
  EXPECT_TRUE(devices->front().bound);
}

TEST_F(DeviceSession, R164TheLongCookieAloneOpensNothingAndIsNotEnded) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  AuthSession alone = begin(*auth, page().with("Cookie", made.cookie));
  EXPECT_EQ(alone.state(), AuthState::unproven);
  EXPECT_FALSE(alone);
  EXPECT_EQ(alone.record(), nullptr);
  EXPECT_TRUE(alone.user_id().empty());
  EXPECT_EQ(alone.level(), 0);
  EXPECT_EQ(*alone.user(), nullptr);
  EXPECT_TRUE(alone.devices()->empty());
  EXPECT_FALSE(alone.attribute("theme"));
  EXPECT_FALSE(alone.require());
  EXPECT_EQ(alone.status(), 401);
  EXPECT_EQ(alone.problem_code(), "device_proof_required");
  EXPECT_TRUE(alone.redirect().starts_with("/login?reason=device_proof_required"));
  EXPECT_TRUE(lines(alone).empty()) << "no cookie goes";
  EXPECT_FALSE(alone.set("theme", "1"));
  EXPECT_FALSE(alone.touch());
  EXPECT_FALSE(alone.change_password(kPassword, "another horse battery"));
  EXPECT_FALSE(alone.raise_level(2));
  EXPECT_FALSE(alone.log_out_others());
  EXPECT_FALSE(alone.log_out_everywhere());
  EXPECT_FALSE(alone.delete_user());
  EXPECT_FALSE(alone.start_guest()) << "it would take the session's cookie away";
  EXPECT_FALSE(alone.recheck());
  EXPECT_EQ(alone.state(), AuthState::unproven);
  EXPECT_EQ(state_with(*auth, made.both()), AuthState::user) << "the owner is still in";
}

// The theft: both cookies in the hands of somebody else.
TEST_F(DeviceSession, R164StolenCookiesAreWorthTheLifeOfTheShortOne) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const std::string stolen = made.both();
  clock_.advance(minutes{5} - kUnderWay - Millis{1});
  EXPECT_EQ(state_with(*auth, stolen), AuthState::user);
  clock_.advance(Millis{1});
  EXPECT_EQ(state_with(*auth, stolen), AuthState::unproven);
  // The thief asks for a challenge and has no key.
  const Answered asked = try_refresh(*auth, stolen, made.id.text());
  EXPECT_EQ(asked.status, 403);
  const DeviceBrowser thief = DeviceBrowser::elliptic();
  const Answered tried = try_refresh(*auth, stolen, made.id.text(), thief.refresh(asked.challenge));
  EXPECT_EQ(tried.status, 403);
  EXPECT_EQ(tried.short_cookie, "");
  EXPECT_EQ(try_register(*auth, stolen, thief.registration(asked.challenge)).status, 403);
  // The owner refreshes with the challenge of before and goes on.
  const Answered done =
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(made.challenge));
  EXPECT_EQ(done.status, 200) << done.json;
  EXPECT_EQ(state_with(*auth, made.cookie + "; " + done.short_cookie), AuthState::user);
  EXPECT_EQ(state_with(*auth, stolen), AuthState::unproven) << "for good";
}

TEST_F(DeviceSession, R164AShortCookieOfAnotherSessionProvesNothing) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const LoggedIn other = enter(*auth, true, "bob");
  const DeviceBrowser browser = DeviceBrowser::elliptic();
  const Answered bob = try_register(*auth, other.cookie, browser.registration(other.challenge));
  ASSERT_EQ(bob.status, 200);
  EXPECT_EQ(state_with(*auth, made.cookie + "; " + bob.short_cookie), AuthState::unproven);
  EXPECT_EQ(state_with(*auth, made.both() + "; " + bob.short_cookie), AuthState::unproven)
      << "a name that comes twice is none";
}

TEST_F(DeviceSession, R164ABoundTokenIsNothingAsABearerToken) {
  AuthOptions options = bound();
  options.bearer = true;
  const auto auth = open(std::move(options));
  const Bound made = bind(*auth);
  const std::string token = made.cookie.substr(made.cookie.find('=') + 1);
  AuthSession session = begin(
      *auth, script().with("Authorization", "Bearer " + token).with("Cookie", made.short_cookie));
  EXPECT_EQ(session.state(), AuthState::unproven);
}

TEST_F(DeviceSession, R162ARegistrationIsOfItsLogInOnceAndInTime) {
  const auto auth = open(bound());
  const LoggedIn ann = enter(*auth);
  const LoggedIn bob = enter(*auth, true, "bob");
  const DeviceBrowser browser = DeviceBrowser::elliptic();
  const auto status = [&](const std::string& cookie, const std::string& challenge) {
    return try_register(*auth, cookie, browser.registration(challenge)).status;
  };
  EXPECT_EQ(status(bob.cookie, ann.challenge), 403) << "another user's";
  EXPECT_EQ(status("", ann.challenge), 403) << "no session";
  EXPECT_EQ(status(ann.cookie, ""), 403);
  EXPECT_EQ(try_register(*auth, ann.cookie, "").status, 403) << "no proof";
  EXPECT_EQ(status(ann.cookie, ann.challenge), 200);
  EXPECT_EQ(status(ann.cookie, ann.challenge), 403) << "a second time, without the short cookie";
  clock_.advance(seconds{120});
  EXPECT_EQ(status(bob.cookie, bob.challenge), 403) << "too late";
  EXPECT_EQ(state_with(*auth, bob.cookie), AuthState::user) << "and goes on unbound";
}

TEST_F(DeviceSession, R162ABoundSessionIsNotBoundAgainByAnotherKey) {
  const auto auth = open(bound());
  const LoggedIn ann = enter(*auth);
  const DeviceBrowser owner = DeviceBrowser::elliptic(), thief = DeviceBrowser::elliptic();
  const Answered done = try_register(*auth, ann.cookie, owner.registration(ann.challenge));
  ASSERT_EQ(done.status, 200);
  EXPECT_EQ(
      try_register(*auth, ann.cookie + "; " + done.short_cookie, thief.registration(ann.challenge))
          .status,
      403);
  EXPECT_EQ(try_refresh(*auth, ann.cookie, ann.id.text(), owner.refresh(done.challenge)).status,
            200);
}

TEST_F(DeviceSession, R164RequestsUnderWayDuringTheBindingCountForTenSeconds) {
  const auto auth = open(bound());
  const LoggedIn in = enter(*auth);
  const DeviceBrowser browser = DeviceBrowser::elliptic();
  ASSERT_EQ(try_register(*auth, in.cookie, browser.registration(in.challenge)).status, 200);
  clock_.advance(kUnderWay - Millis{1});
  EXPECT_EQ(state_with(*auth, in.cookie), AuthState::user);
  clock_.advance(Millis{1});
  EXPECT_EQ(state_with(*auth, in.cookie), AuthState::unproven);
}

// Chromium sends no cookie when a link of another site made it refresh.
TEST_F(DeviceSession, WhoHasLostTheProofCanStillLogOutAndLogIn) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  AuthSession again = begin(*auth, ours(form()).with("Cookie", made.cookie));
  ASSERT_TRUE(again.log_in({"ann", kPassword}));
  EXPECT_EQ(again.state(), AuthState::user);
  EXPECT_FALSE(again.device_bound());
  EXPECT_NE(line(again, "Secure-Session-Registration"), "");
  EXPECT_EQ(state_with(*auth, made.both()), AuthState::revoked);
}

TEST_F(DeviceSession, ANewTokenOfTheSessionKeepsItBound) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  AuthSession session = begin(*auth, ours(form()).with("Cookie", made.both()));
  ASSERT_TRUE(session.raise_level(2));
  const std::string renewed = pair_of(session);
  EXPECT_EQ(state_with(*auth, renewed), AuthState::unproven);
  EXPECT_EQ(state_with(*auth, renewed + "; " + made.short_cookie), AuthState::user);
}

TEST_F(DeviceSession, R167OffOffersNothingAndTakesBoundSessionsAsOthers) {
  const auto auth = open(bound());
  const Bound made = bind(*auth);
  const auto off = open(bound(DeviceBinding::off));
  EXPECT_EQ(state_with(*off, made.cookie), AuthState::user);
  EXPECT_EQ(enter(*off, false).challenge, "");
  const Answered ended = try_refresh(*off, made.cookie, made.id.text());
  EXPECT_NE(ended.json.find("\"continue\":false"), std::string::npos);
  EXPECT_EQ(try_register(*off, made.cookie, "x").status, 403);
}

TEST_F(DeviceSession, R167PreferLetsBrowsersWithoutItGoOn) {
  const auto auth = open(bound());
  const LoggedIn in = enter(*auth);
  clock_.advance(std::chrono::hours{1});
  AuthSession session = begin(*auth, page().with("Cookie", in.cookie));
  EXPECT_EQ(session.state(), AuthState::user);
  EXPECT_TRUE(session.require());
  EXPECT_FALSE(session.require({.bound = true})) << "a page may demand it all the same";
  EXPECT_EQ(session.problem_code(), "device_binding_required");
  const auto http = [&] {
    AuthOptions options = usual();
    options.device_binding.mode = DeviceBinding::prefer;
    return open(std::move(options));
  }();
  AuthSession plain = begin(*http, form());
  ASSERT_TRUE(plain.log_in({"ann", kPassword}));
  EXPECT_EQ(line(plain, "Secure-Session-Registration"), "") << "no browser takes it over http";
}

TEST_F(DeviceSession, R167RequireGivesUnboundSessionsTheTimeOfTheirOffer) {
  const auto auth = open(bound(DeviceBinding::require));
  const LoggedIn in = enter(*auth);
  clock_.advance(kBindingTime - Millis{1});
  EXPECT_EQ(state_with(*auth, in.cookie), AuthState::user);
  clock_.advance(Millis{1});
  AuthSession late = begin(*auth, page().with("Cookie", in.cookie));
  EXPECT_EQ(late.state(), AuthState::unproven);
  EXPECT_FALSE(late.require());
  EXPECT_EQ(late.problem_code(), "device_binding_required");
  const Bound made = [&] {
    const LoggedIn again = enter(*auth, false);
    DeviceBrowser browser = DeviceBrowser::rsa();
    const Answered done = try_register(*auth, again.cookie, browser.registration(again.challenge));
    EXPECT_EQ(done.status, 200);
    return Bound{browser, again.cookie, done.short_cookie, done.challenge, again.id};
  }();
  clock_.advance(minutes{4});
  AuthSession session = begin(*auth, page().with("Cookie", made.both()));
  EXPECT_TRUE(session.require({.bound = true}));
}

TEST_F(DeviceSession, R167EachCarrierWithRowsCanAndTheOthersAreRefused) {
  for (const Carrier carrier : {Carrier::encrypted_id, Carrier::hybrid}) {
    const auto auth = open(bound(DeviceBinding::prefer, carrier));
    const LoggedIn in = enter(*auth, true, carrier_name(carrier));
    const DeviceBrowser browser = DeviceBrowser::elliptic();
    const Answered done = try_register(*auth, in.cookie, browser.registration(in.challenge));
    ASSERT_EQ(done.status, 200) << carrier_name(carrier);
    clock_.advance(kUnderWay);
    // Another node has not heard of it, and the cookie's snapshot is of before.
    const auto other = open(bound(DeviceBinding::prefer, carrier));
    EXPECT_EQ(state_with(*other, in.cookie), AuthState::unproven) << carrier_name(carrier);
    EXPECT_EQ(state_with(*auth, in.cookie + "; " + done.short_cookie), AuthState::user);
  }
  for (const Carrier carrier : {Carrier::sealed, Carrier::signed_token}) {
    const auto refused = Auth::open(std::make_unique<ForwardingStore>(*store_),
                                    bound(DeviceBinding::prefer, carrier));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::bad_config);
  }
}

TEST_F(DeviceSession, R176EachStepIsAnEventAndTheUserIsNotToldWhyAProofWasRefused) {
  AuthOptions options = bound();
  options.event_retention = std::chrono::days{9};
  const auto auth = open(std::move(options));
  const Bound made = bind(*auth);
  const DeviceBrowser thief = DeviceBrowser::elliptic();
  (void)try_refresh(*auth, made.cookie, made.id.text(), thief.refresh(made.challenge));
  Answered done =
      try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(made.challenge));
  clock_.advance(std::chrono::days{1});  // an event a day
  for (int i = 0; i < 3; ++i) {
    const std::string asked = try_refresh(*auth, made.cookie, made.id.text()).challenge;
    done = try_refresh(*auth, made.cookie, made.id.text(), made.browser.refresh(asked));
  }
  ASSERT_TRUE(auth->flush());
  AuthSession session = begin(*auth, page().with("Cookie", made.cookie + "; " + done.short_cookie));
  const auto page_of_events = session.events();
  ASSERT_TRUE(page_of_events);
  std::vector<std::string_view> kinds;
  for (const Event& event : page_of_events->events) {
    kinds.push_back(event_kind_name(event.kind));
    if (event.kind == EventKind::device_refused) EXPECT_EQ(event.reason, "");
  }
  std::sort(kinds.begin(), kinds.end());
  for (const std::string_view kind : {"device_bound", "device_refreshed", "device_refused"}) {
    EXPECT_EQ(std::count(kinds.begin(), kinds.end(), kind), 1) << kind;
  }
}

}  // namespace
}  // namespace latchkey::testing
