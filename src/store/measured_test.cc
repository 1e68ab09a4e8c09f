#include "store/measured.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Measured, a store is like the one inside.
class MeasuredUnderTest final : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override {
    return std::make_unique<ForwardingStore>(*inner_);
  }

 private:
  store::StoreMeter meter_;
  std::unique_ptr<Store> inner_ = std::move(*make_memory_store());
  std::unique_ptr<Store> store_ =
      store::make_measured_store(std::make_unique<ForwardingStore>(*inner_), meter_);
};

INSTANTIATE_TEST_SUITE_P(Measured, StoreSuite,
                         ::testing::Values(StoreFactory{
                             "Measured", [] { return std::make_unique<MeasuredUnderTest>(); }}),
                         store_factory_name);

class MeasuredStoreTest : public ::testing::Test {
 protected:
  SessionRecord fresh() {
    SessionRecord record;
    record.id = SessionId::parse("06Sabcdefghijklmnopqrs" + std::string(1, next_++)).value();
    record.user_id = UserId::parse("ada").value();
    record.created_at = kStart;
    record.last_seen_at = kStart + Millis{next_};
    record.idle_expires_at = record.absolute_expires_at = kStart + kIdle;
    EXPECT_TRUE(store_->sessions().insert(record, {.now = kStart, .max_per_user = 3}));
    return record;
  }
  std::string text() const { return meter_.text("memory"); }

  char next_ = 'a';
  bool away_ = false;
  store::StoreMeter meter_;
  std::unique_ptr<Store> memory_ = std::move(*make_memory_store());
  std::unique_ptr<Store> store_ = store::make_measured_store(
      make_faulty_store(
          *memory_,
          [this](StoreCall, std::uint64_t) { return away_ ? Fault::fail_before : Fault::none; }),
      meter_);
};

TEST_F(MeasuredStoreTest, CountsWhatBecomesOfSessions) {
  const SessionRecord first = fresh();
  for (int i = 0; i < 3; ++i) fresh();  // the first one goes
  const SessionRecord last = fresh();   // and another
  const Touch touch{last.id, kStart + Millis{1000}, kStart + kIdle};
  EXPECT_EQ(*store_->sessions().touch({&touch, 1}), 1U);
  EXPECT_EQ(*store_->sessions().remove({&last.id, 1}, EndReason::logout, kStart), 1U);
  EXPECT_EQ(*store_->sessions().remove({&first.id, 1}, EndReason::logout, kStart), 0U);
  EXPECT_TRUE(store_->sessions().remove_user(last.user_id, {.now = kStart}));
  for (const char* line : {"\nlatchkey_sessions_created_total 5\n",
                           "\nlatchkey_sessions_ended_total{reason=\"evicted\"} 2\n",
                           "\nlatchkey_sessions_ended_total{reason=\"logout\"} 1\n",
                           "\nlatchkey_sessions_ended_total{reason=\"revoked\"} 2\n",
                           "\nlatchkey_touch_writes_total 1\n"}) {
    EXPECT_THAT(text(), HasSubstr(line));
  }
}

TEST_F(MeasuredStoreTest, CountsCallsAndFailuresByName) {
  const SessionRecord record = fresh();
  Found found;
  ASSERT_TRUE(store_->sessions().find_one(record.id, {}, found));
  away_ = true;
  EXPECT_FALSE(store_->sessions().find({&record.id, 1}, {}));
  EXPECT_FALSE(store_->meta().check());
  const Insertion twice{record, {}};
  EXPECT_FALSE(store_->sessions().insert_all({&twice, 1}).front());
  for (const char* line :
       {"latchkey_store_duration_seconds_count{op=\"find\",backend=\"memory\"} 2\n",
        "latchkey_store_duration_seconds_count{op=\"insert\",backend=\"memory\"} 2\n",
        "latchkey_store_errors_total{op=\"find\",kind=\"store_unavailable\"} 1\n",
        "latchkey_store_errors_total{op=\"insert\",kind=\"store_unavailable\"} 1\n",
        "latchkey_store_errors_total{op=\"check\",kind=\"store_unavailable\"} 1\n",
        "latchkey_sessions_created_total 1\n"}) {
    EXPECT_THAT(text(), HasSubstr(line));
  }
  EXPECT_THAT(text(), Not(HasSubstr("remove"))) << "calls never made are left out";
  EXPECT_THAT(text(), Not(HasSubstr(std::string(record.id.text()))));
}

TEST_F(MeasuredStoreTest, WhatWouldWaitWasNoCall) {
  meter_.note(StoreCall::find, Millis{1}, Errc::would_wait);
  EXPECT_THAT(text(), Not(HasSubstr("find")));
}

}  // namespace
}  // namespace latchkey::testing
