#include "store/sqlite/records/users.h"

#include <gtest/gtest.h>

#include "store/sqlite/test_support.h"

namespace latchkey::sqlite::testing {
namespace {

StoredUser make_user(const std::string& id, const std::string& name) {
  StoredUser stored;
  stored.user.id = *UserId::parse(id);
  stored.user.username = name;
  stored.user.attributes = R"({"team":"blue"})";
  stored.user.created_at = kNow;
  stored.username_key = name + "-key";
  stored.password_hash = "hash-1";
  return stored;
}

class SqliteUsersTest : public ::testing::Test {
 protected:
  TempDir dir_;
  std::unique_ptr<Store> store_ = open_or_fail(dir_.file());
  UserStore& users() { return store_->users(); }
};

TEST_F(SqliteUsersTest, ATakenNameIsAnAnswerAndATakenIdAnError) {
  ASSERT_TRUE(*users().add_user(make_user("u1", "ada")));
  EXPECT_FALSE(*users().add_user(make_user("u2", "ada")));
  const auto taken = users().add_user(make_user("u1", "bob"));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::invalid_argument);
  EXPECT_NE(taken.error().detail.find("draw another id"), std::string::npos);
  EXPECT_FALSE(users().find_username("bob-key")->has_value());
}

TEST_F(SqliteUsersTest, KeysThatNobodyHereWroteAreDamage) {
  const Key key{.id = "a", .state = KeyState::primary, .secret = SecretBytes(std::string(32, 'k'))};
  ASSERT_TRUE(*store_->keys().put_keys({&key, 1}, 0));
  ASSERT_TRUE(store_->keys().keys());
  for (const char* damage :
       {"UPDATE latchkey_keys SET state=99", "UPDATE latchkey_keys SET state=-1",
        "UPDATE latchkey_meta SET value='1x' WHERE key='keys_version'",
        "UPDATE latchkey_meta SET value='99999999999999999999' "
        "WHERE key='keys_version'"}) {
    const auto plain = open_plain(dir_.file());
    ASSERT_TRUE(plain->exec(damage));
    const auto keys = store_->keys().keys();
    ASSERT_FALSE(keys) << damage;
    EXPECT_EQ(keys.error().code, Errc::store_damaged);
    ASSERT_TRUE(plain->exec("UPDATE latchkey_keys SET state=1"));
    ASSERT_TRUE(plain->exec("UPDATE latchkey_meta SET value='1' WHERE key='keys_version'"));
  }
  EXPECT_TRUE(store_->keys().keys());
}

TEST_F(SqliteUsersTest, UsersAndEpochsSurviveReopening) {
  ASSERT_TRUE(*users().add_user(make_user("u1", "ada")));
  const UserId user = *UserId::parse("u1");
  ASSERT_TRUE(store_->sessions().remove_user(user, {.now = kNow, .bump_epoch = true}));
  const StoreMeta before = *store_->meta().meta();
  store_.reset();
  store_ = open_or_fail(dir_.file());
  EXPECT_TRUE(users().find_user(user)->has_value());
  EXPECT_EQ(*store_->epochs().user_epoch(user), 1);
  const StoreMeta after = *store_->meta().meta();
  EXPECT_EQ(after.instance, before.instance);
  EXPECT_EQ(after.slot_key, before.slot_key);
  EXPECT_NE(after.slot_key, decltype(after.slot_key){});
}

}  // namespace
}  // namespace latchkey::sqlite::testing
