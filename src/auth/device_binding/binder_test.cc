#include "auth/device_binding/binder.h"

#include <gtest/gtest.h>

#include <set>

#include "auth/device_binding/binding_state.h"

namespace latchkey::auth {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const SessionId kOne = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA1");
const SessionId kTwo = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA2");
constexpr UnixTime kBegin = from_unix_millis(1'800'000'000'000);
constexpr std::array<std::uint8_t, 32> kSlotKey{7};

CookieOptions host_cookie() { return {}; }

Result<Binder> make(DeviceBindingOptions options = {.mode = DeviceBinding::prefer},
                    const CookieOptions& cookie = host_cookie(),
                    std::string origin = "https://app.example.com") {
  return Binder::make(std::move(options), cookie, std::move(origin), kSlotKey);
}

std::string drawn(const Binder& binder, ChallengeKind kind = ChallengeKind::refresh,
                  Millis life = kBindingTime, UnixTime now = kBegin) {
  return *binder.challenge(kind, kOne, life, now, system_entropy());
}

std::string value_of(const std::string& line) {
  return line.substr(line.find('=') + 1, line.find(';') - line.find('=') - 1);
}

TEST(DeviceBinder, R161AChallengeIsOfItsSessionItsUseAndItsTime) {
  const Binder binder = *make();
  const std::string text = drawn(binder);
  const auto number = [&](const std::string& shown, ChallengeKind kind, const SessionId& id,
                          UnixTime now) {
    return binder.challenge_number(shown, kind, id, now).has_value();
  };
  EXPECT_TRUE(number(text, ChallengeKind::refresh, kOne, kBegin));
  EXPECT_TRUE(number(text, ChallengeKind::refresh, kOne, kBegin + seconds{120} - Millis{1}));
  EXPECT_FALSE(number(text, ChallengeKind::refresh, kOne, kBegin + seconds{120}));
  EXPECT_FALSE(number(text, ChallengeKind::refresh, kOne, kBegin - minutes{2})) << "of the future";
  EXPECT_FALSE(number(text, ChallengeKind::registration, kOne, kBegin)) << "of another use";
  EXPECT_FALSE(number(text, ChallengeKind::refresh, kTwo, kBegin)) << "of another session";
  EXPECT_FALSE(number("", ChallengeKind::refresh, kOne, kBegin));
  EXPECT_FALSE(number(text + "A", ChallengeKind::refresh, kOne, kBegin));
  const Binder other =
      *Binder::make({}, host_cookie(), "https://app.example.com", std::array<std::uint8_t, 32>{8});
  EXPECT_FALSE(other.challenge_number(text, ChallengeKind::refresh, kOne, kBegin)) << "other store";
}

TEST(DeviceBinder, R161NoCharacterOfAChallengeCanBeAnother) {
  const Binder binder = *make();
  const std::string text = drawn(binder);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(binder.challenge_number(changed, ChallengeKind::refresh, kOne, kBegin)) << i;
  }
}

TEST(DeviceBinder, R161ChallengesAreRandom) {
  const Binder binder = *make();
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) all.insert(drawn(binder));
  EXPECT_EQ(all.size(), 1000U);
}

TEST(DeviceBinder, R164TheShortCookieProvesOneSessionForItsLife) {
  const Binder binder = *make({.mode = DeviceBinding::prefer, .cookie_life = minutes{5}});
  const std::string line = *binder.write_cookie(kOne, kBegin);
  EXPECT_TRUE(line.starts_with("__Host-session-bound=")) << line;
  for (const std::string_view part :
       {"; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax", "; Max-Age=300"}) {
    EXPECT_NE(line.find(part), std::string::npos) << line;
  }
  EXPECT_EQ(line.find("Domain"), std::string::npos);
  const std::string value = value_of(line);
  EXPECT_TRUE(binder.proves(value, kOne, kBegin));
  EXPECT_TRUE(binder.proves(value, kOne, kBegin + minutes{5} - Millis{1}));
  EXPECT_FALSE(binder.proves(value, kOne, kBegin + minutes{5}));
  EXPECT_FALSE(binder.proves(value, kTwo, kBegin)) << "another session";
  EXPECT_FALSE(binder.proves(value, kOne, kBegin - minutes{30})) << "a clock that was wrong";
  EXPECT_FALSE(binder.proves("", kOne, kBegin));
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string changed = value;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(binder.proves(changed, kOne, kBegin)) << i;
  }
  // A challenge is sealed with the same key, and is no cookie.
  EXPECT_FALSE(binder.proves(drawn(binder), kOne, kBegin));
}

TEST(DeviceBinder, R164NoCookieLivesLongerThanTenMinutes) {
  EXPECT_TRUE(make({.mode = DeviceBinding::prefer, .cookie_life = minutes{10}}));
  for (const Millis life : {Millis{0}, Millis{999}, Millis{minutes{10} + Millis{1}}}) {
    EXPECT_EQ(make({.mode = DeviceBinding::prefer, .cookie_life = life}).error().code,
              Errc::bad_config);
  }
}

TEST(DeviceBinder, R167WhatCannotBeBoundIsRefusedAtTheStart) {
  CookieOptions domain{.name = "__Secure-session", .domain = "example.com"};
  CookieOptions plain{.name = "session-8080", .secure = false};
  CookieOptions parted{.same_site = SameSite::none, .partitioned = true};
  const DeviceBindingOptions prefer{.mode = DeviceBinding::prefer};
  EXPECT_NE(make(prefer, domain).error().detail.find("domain"), std::string::npos);
  EXPECT_NE(make(prefer, parted).error().detail.find("partitioned"), std::string::npos);
  const auto http = make(prefer, plain, "http://localhost:8080");
  ASSERT_TRUE(http);
  EXPECT_FALSE(http->offers());
  const auto required = make({.mode = DeviceBinding::require}, plain, "http://localhost:8080");
  EXPECT_NE(required.error().detail.find("https"), std::string::npos);
  for (const std::string path : {"", "device", "//evil.example", "/a\"b", "/a b"}) {
    EXPECT_FALSE(make({.mode = DeviceBinding::prefer, .register_path = path})) << path;
  }
}

TEST(DeviceBinder, TheInstructionsNameTheCookieAsItIsWritten) {
  const Binder binder =
      *make({.mode = DeviceBinding::prefer, .refresh_path = "/auth/v1/device/refresh"});
  EXPECT_EQ(binder.instructions(kOne),
            R"({"session_identifier":"AAAAAAAAAAAAAAAAAAAAAA1",)"
            R"("refresh_url":"/auth/v1/device/refresh","scope":{"origin":)"
            R"("https://app.example.com","include_site":false,"scope_specification":[]},)"
            R"("allowed_refresh_initiators":["*"],)"
            R"("credentials":[{"type":"cookie","name":"__Host-session-bound",)"
            R"("attributes":"Path=/; Secure; HttpOnly; SameSite=Lax"}]})"
            "\n");
  EXPECT_EQ(binder.offer("abc"), "(ES256 RS256);path=\"/device/register\";challenge=\"abc\"");
  EXPECT_EQ(end_instructions(kOne),
            "{\"session_identifier\":\"AAAAAAAAAAAAAAAAAAAAAA1\",\"continue\":false}\n");
}

BindingState state_with(std::string point) {
  return {
      .key = {.octets = std::move(point)}, .bound_at = kBegin, .refreshed_at = kBegin + Millis{5}};
}

TEST(DeviceBindingState, R161AChallengeIsUsedOnceAndTheLastThreeMayComeInAnyOrder) {
  BindingState state = state_with(std::string(64, 'p'));
  EXPECT_TRUE(state.use(30));
  EXPECT_FALSE(state.use(30));
  EXPECT_TRUE(state.use(20)) << "the second last";
  EXPECT_TRUE(state.use(10)) << "the third last";
  EXPECT_FALSE(state.use(20));
  EXPECT_TRUE(state.use(40));
  EXPECT_EQ(state.used, (std::vector<std::uint64_t>{20, 30, 40}));
  for (const std::uint64_t old : {1U, 9U, 10U, 20U, 30U, 40U}) EXPECT_FALSE(state.use(old)) << old;
  EXPECT_TRUE(state.use(11)) << "never used, and younger than all that is forgotten";
}

TEST(DeviceBindingState, ComesBackAsItWasWrittenAndIsRefusedWhenCut) {
  BindingState state = state_with(std::string(64, 'p'));
  for (const std::uint64_t number : {1ULL << 60, 5ULL, 7ULL}) ASSERT_TRUE(state.use(number));
  BindingState rsa = state;
  std::string modulus(256, '\xff');
  rsa.key = {ProofAlgorithm::rs256, modulus, std::string("\x01\x00\x01", 3)};
  for (const BindingState& one : {state_with(std::string(64, 'x')), state, rsa}) {
    const std::string octets = one.write();
    EXPECT_LE(octets.size(), kMaxBindingBytes);
    const auto read = BindingState::read(octets);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key, one.key);
    EXPECT_EQ(read->bound_at, one.bound_at);
    EXPECT_EQ(read->refreshed_at, one.refreshed_at);
    EXPECT_EQ(read->floor, one.floor);
    EXPECT_EQ(read->used, one.used);
    for (std::size_t size = 0; size < octets.size(); ++size) {
      EXPECT_FALSE(BindingState::read(octets.substr(0, size))) << size;
    }
    std::string newer = octets;
    newer[0] = 2;
    EXPECT_FALSE(BindingState::read(newer)) << "a format that is not known";
  }
}

}  // namespace
}  // namespace latchkey::auth
