#include "latchkey/event_log.h"

#include <gtest/gtest.h>

#include <thread>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {
namespace {

// Gate is an EventStore whose appends wait until it is opened.
class Gate final : public EventStore {
 public:
  explicit Gate(EventStore& inner) : inner_(inner) {}
  void open() {
    open_ = true;
    open_.notify_all();
  }
  // wait_for_writer returns once an append waits here.
  void wait_for_writer() const { waiting_.wait(false); }
  Result<void> append_events(std::span<const Event> events) override {
    waiting_ = true;
    waiting_.notify_all();
    open_.wait(false);
    return inner_.append_events(events);
  }
  Result<EventPage> list_events(const EventQuery& query) override {
    return inner_.list_events(query);
  }
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override {
    return inner_.blank_addresses(before, limit);
  }
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override {
    return inner_.prune_events(before, limit);
  }

 private:
  EventStore& inner_;
  std::atomic<bool> open_{false};
  std::atomic<bool> waiting_{false};
};

class EventLogTest : public ::testing::Test {
 protected:
  std::vector<Event> listed() { return store_->events().list_events({.limit = 1000})->events; }

  std::unique_ptr<Store> store_ = std::move(*make_memory_store());
  ManualClock clock_{kStart};
};

TEST_F(EventLogTest, R177AnEventGetsAnIdAndATimeAndCleanTexts) {
  EventLog log(store_->events(), {.clock = &clock_});
  log.add({.kind = EventKind::log_in_failed,
           .reason = "wrong\npassword",
           .address = std::string(500, '1'),
           .user_agent = "a\x1b[31mb\xff",
           .request_id = std::string(500, 'r')});
  log.add({.at = kStart - Millis{5}, .kind = EventKind::sign_up});
  ASSERT_TRUE(log.flush());
  const std::vector<Event> events = listed();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at, kStart);
  EXPECT_EQ(events[0].reason, "wrongpassword");
  EXPECT_EQ(events[0].address.size(), kMaxEventAddressBytes);
  EXPECT_EQ(events[0].user_agent, "a[31mb");
  EXPECT_EQ(events[0].request_id.size(), kMaxEventRequestIdBytes);
  EXPECT_EQ(events[0].id.size(), kEventIdLength);
  EXPECT_NE(events[0].id, events[1].id);
  EXPECT_EQ(events[1].at, kStart - Millis{5});
  EXPECT_EQ(log.stats().written, 2U);
}

// Programs in Node.js have nobody else who prunes.
TEST_F(EventLogTest, PrunesByItselfWhereItIsAskedTo) {
  EventLog log(store_->events(), {.prune_every = Millis{1}, .clock = &clock_});
  log.add({.kind = EventKind::sign_up});
  ASSERT_TRUE(log.flush());
  ASSERT_EQ(listed().size(), 1U);
  clock_.advance(std::chrono::days{91});
  while (!listed().empty()) std::this_thread::yield();  // the test's own time limit bounds it
}

TEST_F(EventLogTest, R181AFloodNeitherWaitsNorGrowsAndWhatIsLostIsCounted) {
  Gate gate(store_->events());
  {
    EventLog log(gate, {.queue = 10, .clock = &clock_});
    log.add({.kind = EventKind::log_in});
    gate.wait_for_writer();  // the store takes nothing from here on
    for (int i = 0; i < 1000; ++i) log.add({.kind = EventKind::log_in_failed});
    EXPECT_EQ(log.stats().queued, 10U);
    EXPECT_EQ(log.stats().lost, 991U);
    gate.open();
    ASSERT_TRUE(log.flush());
    EXPECT_EQ(log.stats().written, 10U);
  }
  EXPECT_EQ(listed().size(), 10U);
}

TEST_F(EventLogTest, WhatTheStoreDidNotTakeIsWrittenWhenItWorksAgain) {
  std::atomic<bool> broken{true};
  const auto faulty = make_faulty_store(*store_, [&](StoreCall call, std::uint64_t) {
    return broken && call == StoreCall::append_events ? Fault::fail_before : Fault::none;
  });
  EventLog log(faulty->events(), {.clock = &clock_});
  for (int i = 0; i < 600; ++i) log.add({.kind = EventKind::log_in});
  EXPECT_EQ(log.flush().error().code, Errc::store_unavailable);
  EXPECT_EQ(log.stats().queued, 600U);
  broken = false;
  EXPECT_TRUE(log.flush());
  EXPECT_EQ(listed().size(), 600U);
  EXPECT_EQ(log.stats().lost, 0U);
}

TEST_F(EventLogTest, AMalformedEventIsLostAndHoldsUpNoOther) {
  EventLog log(store_->events(), {.clock = &clock_});
  log.add({.kind = EventKind::log_in});
  log.add({.kind = static_cast<EventKind>(0)});
  log.add({.kind = EventKind::log_out});
  EXPECT_TRUE(log.flush());
  EXPECT_EQ(listed().size(), 2U);
  EXPECT_EQ(log.stats().lost, 1U);
}

TEST_F(EventLogTest, TheLastEventsAreWrittenWhenTheLogEnds) {
  {
    EventLog log(store_->events(), {.clock = &clock_});
    log.add({.kind = EventKind::log_out});
  }
  EXPECT_EQ(listed().size(), 1U);
}

TEST_F(EventLogTest, PruningKeepsToTheRetentionAndBlanksAddressesBeforeThat) {
  EventLog log(store_->events(), {.retention = std::chrono::days{90}, .clock = &clock_});
  const Millis day = std::chrono::days{1};
  for (const int age : {0, 29, 30, 31, 89, 90, 91}) {
    log.add({.at = kStart - age * day, .kind = EventKind::log_in, .address = "192.0.2.1"});
  }
  ASSERT_TRUE(log.flush());
  EXPECT_EQ(*log.prune(), 1U);
  const std::vector<Event> events = listed();
  ASSERT_EQ(events.size(), 6U);
  for (const Event& event : events) {
    EXPECT_EQ(event.address.empty(), event.at < kStart - 30 * day);
  }
}

TEST_F(EventLogTest, WithoutRetentionNothingIsKept) {
  EventLog log(store_->events(), {.retention = Millis{0}});
  EXPECT_FALSE(log.enabled());
  log.add({.kind = EventKind::log_in});
  EXPECT_TRUE(log.flush());
  EXPECT_EQ(*log.prune(), 0U);
  EXPECT_TRUE(listed().empty());
}

}  // namespace
}  // namespace latchkey::testing
