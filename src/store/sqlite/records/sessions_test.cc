#include "store/sqlite/records/sessions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "store/sqlite/test_support.h"

namespace latchkey::sqlite::testing {
namespace {

// What the conformance suite cannot know: the shape of the index, the cursor and the table's rules.
class SqliteSessionsTest : public ::testing::Test {
 protected:
  TempDir dir_;
  std::unique_ptr<Store> store_ = open_or_fail(dir_.file());
  SessionStore& sessions() { return store_->sessions(); }
};

TEST_F(SqliteSessionsTest, AnIdThatEndsLikeAnotherIsTakenAndNeverMistakenForIt) {
  SessionRecord first = make_record(1);
  SessionRecord second = make_record(2);
  first.id = *SessionId::parse("aaa" + std::string(20, 'b'));
  second.id = *SessionId::parse("ccc" + std::string(20, 'b'));
  ASSERT_TRUE(insert_ok(*store_, first));
  EXPECT_EQ(sessions().insert(second, {.now = kNow})->status, InsertStatus::id_taken);
  EXPECT_FALSE(find_or_fail(*store_, second.id).record);
  EXPECT_EQ(*sessions().remove({&second.id, 1}, EndReason::logout, kNow), 0U);
  const Touch touch{second.id, kNow + kHour, kNow + 48 * kHour};
  EXPECT_EQ(*sessions().touch({&touch, 1}), 0U);
  EXPECT_EQ(*sessions().replace(second, 1, kNow), ReplaceStatus::gone);
  EXPECT_EQ(find_or_fail(*store_, first.id).record, first);
}

TEST_F(SqliteSessionsTest, APageRequestThatNoPageMadeIsRefused) {
  const UserId user = *UserId::parse("u1");
  for (const std::string after : {"x", ".", "12", "1.short", "99999999999999999999.x", "1x.x"}) {
    const auto page = sessions().list_user(user, {.now = kNow, .after = after});
    ASSERT_FALSE(page) << after;
    EXPECT_EQ(page.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(sessions().list_user(user, {.now = kNow, .limit = 0}));
  EXPECT_FALSE(sessions().list_user(user, {.now = kNow, .limit = 1001}));
}

TEST_F(SqliteSessionsTest, AnEmptyIdNamesNothingAmongOthers) {
  ASSERT_TRUE(insert_ok(*store_, make_record(1)));
  ASSERT_TRUE(insert_ok(*store_, make_record(2)));
  const std::vector ids{make_id(2), make_id(9), make_id(1), make_id(2), SessionId()};
  const auto found = sessions().find(ids, {});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 5U);
  EXPECT_EQ((*found)[0].record->id, make_id(2));
  EXPECT_FALSE((*found)[1].record);
  EXPECT_EQ((*found)[2].record->id, make_id(1));
  EXPECT_EQ((*found)[3].record->id, make_id(2));
  EXPECT_FALSE((*found)[4].record);
}

// One end of all: whoever looks for all at once finds all or none, whenever that happens.
TEST_F(SqliteSessionsTest, ALookForManyIsOfOneMoment) {
  for (std::uint64_t trial = 0; trial < 10; ++trial) {
    std::vector<SessionId> ids;
    for (std::uint64_t i = 0; i < kMaxFind; ++i) {
      ids.push_back(make_id(1000 * trial + i));
      ASSERT_TRUE(insert_ok(*store_, make_record(1000 * trial + i)));
    }
    std::atomic<bool> looked{false};
    std::thread reader([&] {
      std::ptrdiff_t alive = 1;
      while (alive != 0) {
        const auto found = sessions().find(ids, {});
        looked = true;
        ASSERT_TRUE(found) << found.error().detail;
        alive = std::count_if(found->begin(), found->end(),
                              [](const Found& one) { return one.record.has_value(); });
        EXPECT_TRUE(alive == 0 || alive == std::ssize(ids)) << alive;
      }
    });
    while (!looked) std::this_thread::yield();
    EXPECT_EQ(*sessions().remove(ids, EndReason::logout, kNow), ids.size());
    reader.join();
  }
}

TEST_F(SqliteSessionsTest, ARecordThatBreaksARuleOfTheTableFailsAlone) {
  SessionRecord broken = make_record(1);
  broken.idle_expires_at = broken.absolute_expires_at + Millis{1};
  EXPECT_EQ(sessions().insert(broken, {.now = kNow}).error().code, Errc::invalid_argument);
  EXPECT_FALSE(sessions().insert(SessionRecord(), {.now = kNow}));
  EXPECT_TRUE(insert_ok(*store_, make_record(2)));
}

}  // namespace
}  // namespace latchkey::sqlite::testing
