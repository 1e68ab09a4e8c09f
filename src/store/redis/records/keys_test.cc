#include "store/redis/records/keys.h"

#include <gtest/gtest.h>

#include "codec/token/slot_tag.h"

namespace latchkey::redis {
namespace {

const SessionId kId = SessionId::parse("6jm0123456789abcdefghij").value();
const UserId kAlice = UserId::parse("alice").value();

Keys cluster_keys() {
  Keys keys("lk:", true);
  std::array<std::uint8_t, 32> slot_key{};
  for (std::size_t i = 0; i < slot_key.size(); ++i) slot_key[i] = static_cast<std::uint8_t>(i);
  keys.set_slot_key(slot_key);
  return keys;
}

TEST(RedisKeys, WithoutAClusterOneMarkerStandsForEverything) {
  const Keys keys("lk:", false);
  EXPECT_EQ(keys.of_session(kId).base, "lk:");
  EXPECT_EQ(keys.of_session(kId).marker, "lk:m");
  EXPECT_EQ(keys.of_user(kAlice).marker, "lk:m");
  EXPECT_EQ(keys.of_name("{a}b").base, "lk:n:{a}b");
  EXPECT_EQ(keys.session_key(kId), "lk:s:6jm0123456789abcdefghij");
  EXPECT_TRUE(keys.belongs(kId, UserId{1}));
}

TEST(RedisKeys, InAClusterASessionSharesTheSlotOfItsUser) {
  const Keys keys = cluster_keys();  // the slot key of the vectors in docs/formats/token.md
  EXPECT_EQ(keys.of_user(kAlice).base, "lk:{6jm}");
  EXPECT_EQ(keys.of_session(kId).base, "lk:{6jm}");
  EXPECT_EQ(keys.of_user(kAlice).slot, 12015);
  EXPECT_EQ(keys.of_user(kAlice).marker, "lk:{6jm}m");
  EXPECT_TRUE(keys.belongs(kId, kAlice));
  EXPECT_TRUE(keys.belongs(kId, UserId{})) << "a guest's tag is random";
  EXPECT_FALSE(keys.belongs(kId, UserId{1}));
  EXPECT_FALSE(keys.belongs(SessionId::parse("lko_0123456789abcdefghijABCDEFG").value(), kAlice));
}

TEST(RedisKeys, InAClusterEveryKeyHasTheMarkerOfItsSlot) {
  const Keys keys = cluster_keys();
  for (const Place& place : {keys.of_name("ada"), keys.of_name("a}b{c"), keys.of_denial("~"),
                             keys.of_ring(), keys.of_meta(), keys.of_session(kId)}) {
    const std::string tag = place.marker.substr(4, 3);
    EXPECT_EQ(codec::cluster_slot(tag), place.slot) << place.base;
    EXPECT_EQ(place.marker, "lk:{" + tag + "}m");
  }
  EXPECT_EQ(keys.of_name("ada").slot, codec::cluster_slot("ada"));
  EXPECT_EQ(keys.of_name("a}b{c").slot, codec::cluster_slot("a"));
}

TEST(RedisKeys, WhatAKeyIsNamedAfterIsReadBackFromIt) {
  const Keys plain("lk:", false);
  const Keys cluster = cluster_keys();
  for (const Keys* keys : {&plain, &cluster}) {
    for (const char* kind : {"u:", "e:"}) {
      EXPECT_EQ(keys->owner_of(keys->of_user(kAlice).base + kind + "alice"), kAlice);
    }
    EXPECT_EQ(keys->owner_of(keys->of_user(kAlice).base + "i:alice"), std::nullopt);
    EXPECT_EQ(keys->session_of(keys->session_key(kId)), kId);
    for (const char* denied : {"a", "a}b{c", "{", "d:x"}) {
      EXPECT_EQ(keys->denial_of(keys->of_denial(denied).base), denied);
    }
    for (const char* other : {"", "lk:", "lk:d:", "lk:d:{}", "lk:u:alice", "xx:d:a", "xx:d:{a}"}) {
      if (keys == &cluster || std::string_view(other) != "lk:d:{}") {
        EXPECT_EQ(keys->denial_of(other), std::nullopt) << other;
      }
    }
  }
}

TEST(RedisKeys, AChangedKeyTellsWhatItMeans) {
  const Keys plain("lk:", false);
  const Keys cluster = cluster_keys();
  Invalidation change;
  plain.note("lk:s:6jm0123456789abcdefghij", change);
  cluster.note("lk:{6jm}s:6jm0123456789abcdefghij", change);
  EXPECT_EQ(change.ids, (std::vector{kId, kId}));
  plain.note("lk:u:alice", change);
  cluster.note("lk:{6jm}u:alice", change);
  EXPECT_EQ(change.users, (std::vector{kAlice, kAlice}));
  for (const char* other : {"", "lk:", "lk:s:short", "xx:s:6jm0123456789abcdefghij", "lk:e:alice",
                            "lk:i:alice", "lk:d:m"}) {
    plain.note(other, change);
  }
  cluster.note("lk:{6jm", change);
  EXPECT_EQ(change.ids.size() + change.users.size(), 4U);
  EXPECT_FALSE(change.everything);
  plain.note("lk:m", change);
  EXPECT_TRUE(change.everything) << "the marker itself changed";
}

}  // namespace
}  // namespace latchkey::redis
