#include "latchkey/faulty.h"

#include <gtest/gtest.h>

#include <map>

#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"

namespace latchkey::testing {
namespace {

// Without a fault the wrapper is a store like the one it wraps.
class UnfaultedUnderTest final : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override {
    return std::make_unique<ForwardingStore>(*inner_);
  }

 private:
  std::unique_ptr<Store> inner_ = std::move(*make_memory_store());
  std::unique_ptr<Store> store_ = make_faulty_store(*inner_, nullptr);
};

INSTANTIATE_TEST_SUITE_P(Faulty, StoreSuite,
                         ::testing::Values(StoreFactory{
                             "Unfaulted", [] { return std::make_unique<UnfaultedUnderTest>(); }}),
                         store_factory_name);

const UserId kFaultyUser = UserId::parse("ada").value();

SessionRecord record() {
  SessionRecord result;
  result.id = SessionId::parse("06Sabcdefghijklmnopqrst").value();
  result.user_id = kFaultyUser;
  result.created_at = kStart;
  result.idle_expires_at = result.absolute_expires_at = kStart + kIdle;
  return result;
}

StoredUser user() {
  StoredUser result;
  result.user.id = kFaultyUser;
  result.username_key = "ada";
  result.password_hash = "old";
  return result;
}

// Every call of the contract, and whether it failed as a planned fault does.
std::map<StoreCall, std::function<bool(Store&)>> every_call() {
  const auto failed = [](const auto& result) {
    return !result && result.error().code == Errc::store_unavailable;
  };
  const SessionId id = record().id;
  return {
      {StoreCall::insert, [=](Store& s) { return failed(s.sessions().insert(record(), {})); }},
      {StoreCall::find,
       [=](Store& s) {
         return failed(s.sessions().find({&id, 1}, {}));
       }},
      {StoreCall::touch, [=](Store& s) { return failed(s.sessions().touch({})); }},
      {StoreCall::replace,
       [=](Store& s) { return failed(s.sessions().replace(record(), 1, kStart)); }},
      {StoreCall::remove,
       [=](Store& s) {
         return failed(s.sessions().remove({&id, 1}, EndReason::logout, kStart));
       }},
      {StoreCall::remove_user,
       [=](Store& s) { return failed(s.sessions().remove_user(kFaultyUser, {})); }},
      {StoreCall::list_user,
       [=](Store& s) { return failed(s.sessions().list_user(kFaultyUser, {})); }},
      {StoreCall::prune, [=](Store& s) { return failed(s.sessions().prune(kStart, 1)); }},
      {StoreCall::user_epoch, [=](Store& s) { return failed(s.epochs().user_epoch(kFaultyUser)); }},
      {StoreCall::add_user, [=](Store& s) { return failed(s.users().add_user(user())); }},
      {StoreCall::find_user, [=](Store& s) { return failed(s.users().find_user(kFaultyUser)); }},
      {StoreCall::find_username, [=](Store& s) { return failed(s.users().find_username("ada")); }},
      {StoreCall::set_password,
       [=](Store& s) {
         return failed(s.users().set_password(
             {.user = kFaultyUser, .new_hash = "new", .expected_hash = "old"}));
       }},
      {StoreCall::upgrade_hash,
       [=](Store& s) { return failed(s.users().upgrade_hash(kFaultyUser, "old", "new")); }},
      {StoreCall::set_attributes,
       [=](Store& s) { return failed(s.users().set_attributes(kFaultyUser, "", "{}")); }},
      {StoreCall::set_disabled,
       [=](Store& s) { return failed(s.users().set_disabled(kFaultyUser, true)); }},
      {StoreCall::delete_user,
       [=](Store& s) { return failed(s.users().delete_user(kFaultyUser, kStart)); }},
      {StoreCall::list_users, [=](Store& s) { return failed(s.users().list_users("", 1)); }},
      {StoreCall::deny, [=](Store& s) { return failed(s.denials().deny({})); }},
      {StoreCall::standing,
       [=](Store& s) { return failed(s.denials().standing("x", kFaultyUser)); }},
      {StoreCall::prune_denials,
       [=](Store& s) { return failed(s.denials().prune_denials(kStart, 1)); }},
      {StoreCall::take, [=](Store& s) { return failed(s.counters().take({}, kStart)); }},
      {StoreCall::settle, [=](Store& s) { return failed(s.counters().settle({}, {})); }},
      {StoreCall::prune_counters,
       [=](Store& s) { return failed(s.counters().prune_counters(kStart, 1)); }},
      {StoreCall::put_secret,
       [=](Store& s) { return failed(s.one_time().put_secret(make_secret(1), 1)); }},
      {StoreCall::find_secret,
       [=](Store& s) { return failed(s.one_time().find_secret({}, "reset", kStart)); }},
      {StoreCall::take_secret,
       [=](Store& s) { return failed(s.one_time().take_secret({}, "reset", kStart)); }},
      {StoreCall::remove_secrets,
       [=](Store& s) { return failed(s.one_time().remove_secrets(kFaultyUser, "")); }},
      {StoreCall::prune_secrets,
       [=](Store& s) { return failed(s.one_time().prune_secrets(kStart, 1)); }},
      {StoreCall::append_events, [=](Store& s) { return failed(s.events().append_events({})); }},
      {StoreCall::list_events, [=](Store& s) { return failed(s.events().list_events({})); }},
      {StoreCall::blank_addresses,
       [=](Store& s) { return failed(s.events().blank_addresses(kStart, 1)); }},
      {StoreCall::prune_events,
       [=](Store& s) { return failed(s.events().prune_events(kStart, 1)); }},
      {StoreCall::keys, [=](Store& s) { return failed(s.keys().keys()); }},
      {StoreCall::put_keys, [=](Store& s) { return failed(s.keys().put_keys({}, 0)); }},
      {StoreCall::meta, [=](Store& s) { return failed(s.meta().meta()); }},
      {StoreCall::check, [=](Store& s) { return failed(s.meta().check()); }},
  };
}

TEST(FaultyStore, FailsExactlyTheCallThatIsPlanned) {
  const auto calls = every_call();
  ASSERT_EQ(calls.size(), static_cast<std::size_t>(StoreCall::check) + 1);
  for (const auto& [planned, unused] : calls) {
    const std::unique_ptr<Store> inner = std::move(*make_memory_store());
    const std::unique_ptr<Store> store =
        make_faulty_store(*inner, [planned = planned](StoreCall call, std::uint64_t nth) {
          return call == planned && nth == 2 ? Fault::fail_before : Fault::none;
        });
    for (int nth = 1; nth <= 3; ++nth) {
      for (const auto& [call, run] : calls) {
        EXPECT_EQ(run(*store), call == planned && nth == 2)
            << "call " << static_cast<int>(call) << ", time " << nth;
      }
    }
  }
}

Found look_up(Store& store) {
  const SessionId id = record().id;
  return std::move(must(store.sessions().find({&id, 1}, {})).at(0));
}

TEST(FaultyStore, FailingBeforeLeavesTheInnerStoreUntouched) {
  const std::unique_ptr<Store> inner = std::move(*make_memory_store());
  const std::unique_ptr<Store> store =
      make_faulty_store(*inner, [](StoreCall, std::uint64_t) { return Fault::fail_before; });
  EXPECT_FALSE(store->sessions().insert(record(), {}));
  EXPECT_FALSE(look_up(*inner).record.has_value());
}

TEST(FaultyStore, FailingAfterDoesTheWorkAndLosesTheAnswer) {
  const std::unique_ptr<Store> inner = std::move(*make_memory_store());
  const std::unique_ptr<Store> store =
      make_faulty_store(*inner, [](StoreCall, std::uint64_t) { return Fault::fail_after; });
  EXPECT_FALSE(store->sessions().insert(record(), {}));
  EXPECT_TRUE(look_up(*inner).record.has_value());
  EXPECT_FALSE(store->sessions().remove_user(kFaultyUser, {.now = kStart}));
  EXPECT_TRUE(look_up(*inner).tombstone.has_value());
}

}  // namespace
}  // namespace latchkey::testing
