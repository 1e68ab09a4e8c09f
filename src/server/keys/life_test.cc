#include "server/keys/life.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr UnixTime kLifeNow = from_unix_millis(1'763'683'200'000);

KeyFile new_file() { return *make_key_file("i", kLifeNow, system_entropy()); }

const Key& key_of(const KeyFile& file, const std::string& id) {
  for (const Key& key : file.keys) {
    if (key.id == id) return key;
  }
  ADD_FAILURE() << "no key " << id;
  return file.keys.front();
}

std::string refusal_text(const Result<void>& done) { return done ? "done" : done.error().detail; }

TEST(KeyLife, ANewKeyReadsBeforeItWrites) {
  KeyFile file = new_file();
  const std::string old = file.keys[0].id;
  const auto id = rotate_keys(file, kLifeNow, system_entropy());
  ASSERT_TRUE(id);
  EXPECT_EQ(key_of(file, *id).state, KeyState::next);
  EXPECT_EQ(key_of(file, *id).activates_at, kLifeNow + 2 * kReloadInterval);
  const auto ring = *file.ring();
  EXPECT_EQ(ring->writer(kLifeNow + seconds{19}).id, old);
  EXPECT_EQ(ring->writer(kLifeNow + seconds{20}).id, *id);
}

TEST(KeyLife, SettlingMakesTheActivatedKeyPrimaryAndKeepsOnePrimary) {
  KeyFile file = new_file();
  const std::string old = file.keys[0].id;
  const std::string id = *rotate_keys(file, kLifeNow, system_entropy());
  settle_keys(file.keys, kLifeNow + seconds{20} - Millis{1});
  EXPECT_EQ(key_of(file, old).state, KeyState::primary);
  settle_keys(file.keys, kLifeNow + seconds{20});
  EXPECT_EQ(key_of(file, old).state, KeyState::read_only);
  EXPECT_EQ(key_of(file, id).state, KeyState::primary);
  EXPECT_TRUE(file.ring());
  EXPECT_EQ(wrote_until(file.keys, key_of(file, old)), kLifeNow + seconds{20});
  EXPECT_FALSE(wrote_until(file.keys, key_of(file, id)));
}

TEST(KeyLife, OfTwoActivatedKeysTheLaterWritesWhereverItStands) {
  for (const bool later_first : {true, false}) {
    std::vector<Key> keys = new_file().keys;
    for (const bool later : {later_first, !later_first}) {
      keys.push_back(*generate_key(KeyState::next, kLifeNow, kLifeNow + seconds{later ? 2 : 1}));
    }
    settle_keys(keys, kLifeNow + seconds{2});
    for (const Key& key : keys) {
      const bool writes = key.activates_at == kLifeNow + seconds{2};
      EXPECT_EQ(key.state, writes ? KeyState::primary : KeyState::read_only);
    }
  }
}

TEST(KeyLife, RotatingTwiceAtOnceIsRefused) {
  KeyFile file = new_file();
  ASSERT_TRUE(rotate_keys(file, kLifeNow, system_entropy()));
  const auto again = rotate_keys(file, kLifeNow + seconds{19}, system_entropy());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(file.keys.size(), 2U);
  EXPECT_TRUE(rotate_keys(file, kLifeNow + seconds{20}, system_entropy()));
  EXPECT_EQ(file.keys.size(), 3U);
}

TEST(KeyLife, APreparedKeyWaitsForTheRotationThatUsesIt) {
  KeyFile file = new_file();
  const std::string id = *prepare_key(file, kLifeNow, system_entropy());
  settle_keys(file.keys, kLifeNow + days{365});
  EXPECT_EQ(key_of(file, id).state, KeyState::next);
  EXPECT_EQ(*rotate_keys(file, kLifeNow + days{365}, system_entropy()), id);
  EXPECT_EQ(file.keys.size(), 2U);
}

TEST(KeyLife, RetiringWaitsForTheLastTokenUnlessForced) {
  KeyFile file = new_file();
  const std::string old = file.keys[0].id;
  EXPECT_NE(refusal_text(retire_key(file, old, kLifeNow, days{30}, true)).find("key rotate"),
            std::string::npos);
  ASSERT_TRUE(rotate_keys(file, kLifeNow, system_entropy()));
  const UnixTime dead = kLifeNow + seconds{20} + days{30};
  const std::string early = refusal_text(retire_key(file, old, dead - Millis{1}, days{30}, false));
  EXPECT_NE(early.find("--force"), std::string::npos);
  EXPECT_NE(early.find("2025-12-21T00:00:20.000Z"), std::string::npos) << early;
  EXPECT_FALSE(key_of(file, old).secret.empty());
  EXPECT_EQ(refusal_text(retire_key(file, old, dead, days{30}, false)), "done");
  EXPECT_EQ(key_of(file, old).state, KeyState::gone);
  EXPECT_TRUE(key_of(file, old).secret.empty());
  EXPECT_TRUE(file.ring());
}

TEST(KeyLife, ForceRetiresAKeyWhoseTokensLive) {
  KeyFile file = new_file();
  const std::string old = file.keys[0].id;
  ASSERT_TRUE(rotate_keys(file, kLifeNow, system_entropy()));
  EXPECT_EQ(refusal_text(retire_key(file, old, kLifeNow + seconds{21}, days{30}, true)), "done");
}

TEST(KeyLife, AKeyThatNeverWroteIsRetiredAtOnce) {
  KeyFile file = new_file();
  const std::string id = *prepare_key(file, kLifeNow, system_entropy());
  EXPECT_EQ(refusal_text(retire_key(file, id, kLifeNow, days{30}, false)), "done");
  EXPECT_EQ(retire_key(file, "none", kLifeNow, days{30}, false).error().code, Errc::not_found);
}

TEST(KeyLife, AReadOnlyKeyOfUnknownPastIsTakenToHaveWrittenUntilNow) {
  KeyFile file = new_file();
  file.keys.push_back(*generate_key(KeyState::read_only, kLifeNow, kLifeNow + days{9}));
  const std::string id = file.keys[1].id;
  EXPECT_EQ(retire_key(file, id, kLifeNow, days{30}, false).error().code, Errc::conflict);
}

}  // namespace
}  // namespace latchkey::server
