#include "account/device_cookie.h"

#include <gtest/gtest.h>

#include "latchkey/key.h"

namespace latchkey::account {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);
constexpr Millis kLife = std::chrono::days{365};
constexpr session::SlotKey kSlotKey{1, 2, 3};
const UserId kAnn = UserId::parse("ann").value();
const UserId kBob = UserId::parse("bob").value();

std::string issue(const DeviceCookies& cookies, std::string_view before, const UserId& user,
                  UnixTime now = kNow) {
  const auto value = cookies.issue(before, user, now, system_entropy());
  EXPECT_TRUE(value);
  return value ? *value : std::string{};
}

Key key_of(std::string_view id, KeyState state, std::uint8_t fill) {
  SecretBytes secret(32);
  std::uint8_t step = 7;
  for (std::uint8_t& byte : secret.mutable_bytes())
    byte = fill = static_cast<std::uint8_t>(fill + (step += 13));
  return {std::string(id), state, std::move(secret), kNow, kNow};
}

std::shared_ptr<const SharedKeyRing> ring_of(std::vector<Key> keys) {
  auto ring = KeyRing::make(std::move(keys));
  EXPECT_TRUE(ring);
  return std::make_shared<SharedKeyRing>(*ring);
}

TEST(DeviceCookies, R84AValueProvesADeviceToItsUserOnly) {
  const DeviceCookies cookies(kSlotKey, nullptr, kLife);
  const std::string value = issue(cookies, {}, kAnn);
  EXPECT_TRUE(cookies.find(value, kAnn, kNow));
  EXPECT_FALSE(cookies.find(value, kBob, kNow));
  EXPECT_FALSE(DeviceCookies({9}, nullptr, kLife).find(value, kAnn, kNow)) << "of another store";
}

TEST(DeviceCookies, R84ItEndsAfterItsLifeAndNotBefore) {
  const DeviceCookies cookies(kSlotKey, nullptr, kLife);
  const std::string value = issue(cookies, {}, kAnn);
  EXPECT_TRUE(cookies.find(value, kAnn, kNow + kLife - Millis{1}));
  EXPECT_FALSE(cookies.find(value, kAnn, kNow + kLife));
  EXPECT_FALSE(cookies.find(value, kAnn, kNow - std::chrono::hours{25})) << "of the future";
}

TEST(DeviceCookies, ADeviceKeepsItsIdAndEachUserOfABrowserHasOne) {
  const DeviceCookies cookies(kSlotKey, nullptr, kLife);
  const std::string one = issue(cookies, {}, kAnn);
  const auto id = cookies.find(one, kAnn, kNow);
  const std::string both = issue(cookies, one, kBob);
  EXPECT_EQ(cookies.find(both, kAnn, kNow), id);
  EXPECT_NE(cookies.find(both, kBob, kNow), id);
  const std::string later = issue(cookies, both, kAnn, kNow + kLife / 2);
  EXPECT_EQ(later.size(), both.size());
  EXPECT_EQ(cookies.find(later, kAnn, kNow + kLife), id) << "a log-in renews it";
  EXPECT_NE(cookies.find(issue(cookies, {}, kAnn), kAnn, kNow), id) << "another device";
}

TEST(DeviceCookies, OfMoreThanFourUsersTheOldestIsForgotten) {
  const DeviceCookies cookies(kSlotKey, nullptr, kLife);
  std::string value = issue(cookies, {}, kAnn);
  for (int i = 0; i < 3; ++i) {
    value = issue(cookies, value, UserId::parse("user-" + std::to_string(i)).value());
  }
  EXPECT_TRUE(cookies.find(value, kAnn, kNow));
  value = issue(cookies, value, kBob);
  EXPECT_FALSE(cookies.find(value, kAnn, kNow));
  EXPECT_TRUE(cookies.find(value, kBob, kNow));
}

TEST(DeviceCookies, WhatIsChangedOrCutProvesNothing) {
  const DeviceCookies cookies(kSlotKey, nullptr, kLife);
  const std::string value = issue(cookies, {}, kAnn);
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string changed = value;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cookies.find(changed, kAnn, kNow)) << i;
    EXPECT_FALSE(cookies.find(value.substr(0, i), kAnn, kNow)) << i;
  }
  EXPECT_FALSE(cookies.find(value + "A", kAnn, kNow));
  EXPECT_FALSE(cookies.find(std::string(100'000, '1'), kAnn, kNow));
  EXPECT_EQ(issue(cookies, "1garbage", kAnn).size(), value.size()) << "it is not carried along";
}

TEST(DeviceCookies, AKeyThatReadsStillKnowsDevicesAndOneThatIsGoneDoesNot) {
  std::vector<Key> keys;
  keys.push_back(key_of("old", KeyState::primary, 3));
  const DeviceCookies before(kSlotKey, ring_of(std::move(keys)), kLife);
  const std::string value = issue(before, {}, kAnn);
  EXPECT_FALSE(DeviceCookies(kSlotKey, nullptr, kLife).find(value, kAnn, kNow));
  for (const KeyState state : {KeyState::read_only, KeyState::gone}) {
    std::vector<Key> rotated;
    rotated.push_back(key_of("new", KeyState::primary, 90));
    rotated.push_back(key_of("old", state, 3));
    const DeviceCookies after(kSlotKey, ring_of(std::move(rotated)), kLife);
    EXPECT_EQ(after.find(value, kAnn, kNow).has_value(), state == KeyState::read_only);
  }
}

}  // namespace
}  // namespace latchkey::account
