// A failing store is an Error and never looks like a missing session (R28).
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/sessions.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

class SessionFaults : public ::testing::Test {
 protected:
  SessionFaults()
      : memory_(std::move(*make_memory_store())),
        store_(make_faulty_store(*memory_, [this](StoreCall call, std::uint64_t) {
          if (call == StoreCall::touch && during_touch_) during_touch_();
          return call == failing_.load() ? kind_.load() : Fault::none;
        })) {
    SessionsOptions options;
    options.clock = &clock_;
    options.touch_every = std::chrono::hours{1};
    sessions_ = std::move(*Sessions::open(*store_, options));
  }
  void fail(StoreCall call, Fault kind = Fault::fail_before) {
    kind_ = kind;
    failing_ = call;
  }
  void heal() { kind_ = Fault::none; }
  NewSession create() { return std::move(*sessions_->create(alice_)); }

  const UserId alice_ = *UserId::parse("alice");
  testing::ManualClock clock_;
  std::atomic<StoreCall> failing_{StoreCall::check};
  std::atomic<Fault> kind_{Fault::none};
  std::function<void()> during_touch_;
  std::unique_ptr<Store> memory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sessions> sessions_;
};

template <class T>
void expect_unavailable(const Result<T>& result, const char* what) {
  ASSERT_FALSE(result) << what;
  EXPECT_EQ(result.error().code, Errc::store_unavailable) << what;
}

TEST_F(SessionFaults, EveryCallReportsTheStoresFailure) {
  const NewSession made = create();
  const SessionId& id = made.record.id;
  fail(StoreCall::find);
  expect_unavailable(sessions_->validate(made.token.reveal()), "validate");
  expect_unavailable(sessions_->update(id, "{}"), "update");
  expect_unavailable(sessions_->rotate(id), "rotate");
  expect_unavailable(sessions_->touch(id), "touch");
  expect_unavailable(sessions_->attach(id, alice_), "attach");
  fail(StoreCall::insert);
  expect_unavailable(sessions_->create(alice_), "create");
  expect_unavailable(sessions_->create_guest(), "create_guest");
  fail(StoreCall::remove);
  expect_unavailable(sessions_->revoke(id), "revoke");
  fail(StoreCall::remove_user);
  expect_unavailable(sessions_->revoke_user(alice_), "revoke_user");
  fail(StoreCall::list_user);
  expect_unavailable(sessions_->list(alice_), "list");
  fail(StoreCall::replace);
  expect_unavailable(sessions_->update(id, R"({"a":1})"), "update");
  fail(StoreCall::prune);
  expect_unavailable(sessions_->prune(), "prune");
  heal();
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
}

TEST_F(SessionFaults, OpeningNeedsTheStoresMeta) {
  fail(StoreCall::meta);
  EXPECT_FALSE(Sessions::open(*store_, {}));
}

TEST_F(SessionFaults, TouchesThatCouldNotBeWrittenAreKept) {
  const NewSession made = create();
  clock_.advance(std::chrono::days{10});
  fail(StoreCall::touch);
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
  expect_unavailable(sessions_->flush(), "flush");
  heal();
  ASSERT_TRUE(sessions_->flush());
  clock_.advance(std::chrono::days{5});
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
}

TEST_F(SessionFaults, AQueuedTouchCountsAlsoWhenItCannotBeWritten) {
  const NewSession made = create();
  clock_.advance(std::chrono::days{10});
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
  fail(StoreCall::touch);
  clock_.advance(std::chrono::days{5});  // past the deadline in the store, not past the queued one
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
  expect_unavailable(sessions_->flush(), "flush");
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
}

TEST_F(SessionFaults, UsePastTheStoredDeadlineDoesNotSpoilTheTouchThatMovesIt) {
  const NewSession made = create();
  for (int i = 0; i < 2; ++i) {
    clock_.advance(std::chrono::days{10});
    EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
  }
  ASSERT_TRUE(sessions_->flush());
  clock_.advance(std::chrono::days{9});
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
}

TEST_F(SessionFaults, ATouchCountsWhileItIsBeingWritten) {
  const NewSession made = create();
  clock_.advance(std::chrono::days{10});
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::active);
  clock_.advance(std::chrono::days{5});
  SessionState seen = SessionState::none;
  during_touch_ = [&] { seen = sessions_->validate(made.token.reveal(), {.touch = false})->state; };
  ASSERT_TRUE(sessions_->flush());
  EXPECT_EQ(seen, SessionState::active);
}

TEST_F(SessionFaults, AValidationWritesNothingItself) {
  const NewSession old = create();
  clock_.advance(std::chrono::days{10});
  const NewSession young = create();
  clock_.advance(std::chrono::days{4});
  for (const StoreCall call : {StoreCall::touch, StoreCall::remove}) {
    fail(call);
    EXPECT_EQ(sessions_->validate(young.token.reveal())->state, SessionState::active);
    EXPECT_EQ(sessions_->validate(old.token.reveal())->state, SessionState::expired);
    EXPECT_EQ(sessions_->validate(old.token.reveal())->state, SessionState::expired);
  }
}

TEST_F(SessionFaults, AnExpiredSessionThatCouldNotBeRemovedIsTriedAgain) {
  const NewSession made = create();
  clock_.advance(std::chrono::days{31});
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::expired);
  fail(StoreCall::remove);
  expect_unavailable(sessions_->flush(), "flush");
  heal();
  ASSERT_TRUE(sessions_->flush());
  const auto found = memory_->sessions().find(std::span(&made.record.id, 1), {});
  EXPECT_FALSE(found->front().record);
  EXPECT_EQ(found->front().tombstone->reason, EndReason::expired);
}

TEST_F(SessionFaults, ALostAnswerToARevocationMayBeRepeated) {
  const NewSession made = create();
  fail(StoreCall::remove, Fault::fail_after);
  expect_unavailable(sessions_->revoke(made.record.id), "revoke");
  heal();
  EXPECT_TRUE(sessions_->revoke(made.record.id));
  EXPECT_EQ(sessions_->validate(made.token.reveal())->state, SessionState::revoked);
}

TEST_F(SessionFaults, AttachThatCouldNotEndTheGuestLeavesTheGuest) {
  const auto guest = sessions_->create_guest();
  fail(StoreCall::remove);
  expect_unavailable(sessions_->attach(guest->record.id, alice_), "attach");
  heal();
  EXPECT_EQ(sessions_->validate(guest->token.reveal())->state, SessionState::active);
}

}  // namespace
}  // namespace latchkey
