#pragma once

#include <algorithm>
#include <set>

#include "latchkey/testing/store_fixture.h"

// Conformance: events (R176, R177).
namespace latchkey {

inline void PrintTo(const Event& event, std::ostream* out) {
  *out << "{" << event.id << " at " << to_unix_millis(event.at) << " "
       << event_kind_name(event.kind) << " user " << event.user_id.text() << " address "
       << event.address << "}";
}

}  // namespace latchkey

namespace latchkey::testing {

// make_event returns the `number`-th event; ids go up with the numbers.
inline Event make_event(int number, UnixTime at = kStart) {
  std::string id = std::to_string(number);
  id.insert(0, kEventIdLength - id.size(), '0');
  return {.id = id, .at = at, .kind = EventKind::log_in, .address = "192.0.2.7"};
}

// list_all returns the ids of all events a query finds, page by page.
inline std::vector<std::string> list_all(EventStore& store, EventQuery query) {
  std::vector<std::string> ids;
  do {
    const std::string before = query.after;
    const EventPage page = must(store.list_events(query));
    EXPECT_LE(page.events.size(), query.limit);
    if (!page.next.empty() && page.next == before) {
      ADD_FAILURE() << "a page points at itself";
      break;
    }
    for (const Event& event : page.events) ids.push_back(event.id);
    query.after = page.next;
  } while (!query.after.empty());
  return ids;
}

TEST_P(StoreSuite, EventsComeBackAsTheyWereWritten) {
  EventStore& store = data().store().events();
  Event full = make_event(1);
  full.kind = EventKind::log_in_failed;
  full.user_id = UserId::parse("alice \xC3\xA9").value();
  full.session_id = next_id(full.user_id);
  full.reason = std::string(kMaxEventReasonBytes, 'r');
  full.account = std::string(kMaxEventAccountBytes, 'a');
  full.address = std::string(kMaxEventAddressBytes, 'f');
  full.user_agent = std::string(kMaxEventUserAgentBytes, 'u');
  full.request_id = std::string(kMaxEventRequestIdBytes, 'q');
  Event bare = make_event(2, kStart - Millis{1});
  bare.address.clear();
  const std::vector<Event> both{full, bare};
  ASSERT_TRUE(store.append_events(both));
  ASSERT_TRUE(store.append_events(both)) << "a call may be repeated";
  EXPECT_EQ(must(store.list_events({})).events, both);
  EXPECT_EQ(must(store.list_events({.user_id = full.user_id})).events, std::vector<Event>{full});
  std::vector<Event> kinds;
  for (std::uint8_t kind = 1; kind <= kLastEventKind; ++kind) {
    kinds.push_back(make_event(100 + kind, kStart + Millis{kind}));
    kinds.back().kind = static_cast<EventKind>(kind);
  }
  ASSERT_TRUE(store.append_events(kinds));
  EXPECT_EQ(must(store.list_events({.since = kStart + Millis{1}, .oldest_first = true})).events,
            kinds);
  EXPECT_TRUE(store.append_events({}));
}

TEST_P(StoreSuite, EventsAreListedByTimeUserAndKind) {
  EventStore& store = data().store().events();
  const UserId alice = UserId::parse("alice").value(), bob = UserId::parse("bob").value();
  std::vector<Event> events;
  for (int i = 0; i < 60; ++i) {
    // Four events of each moment, so that pages end between events of one.
    Event event = make_event(i, kStart + Millis{i / 4});
    if (i % 3 == 1) event.user_id = alice;
    if (i % 3 == 2) event.user_id = bob;
    if (i % 5 == 0) event.kind = EventKind::log_out;
    events.push_back(event);
  }
  std::vector<Event> shuffled = events;
  std::reverse(shuffled.begin() + 10, shuffled.begin() + 40);
  ASSERT_TRUE(store.append_events(shuffled));
  const auto expect = [&](const EventQuery& asked, auto wanted) {
    std::vector<std::string> ids;
    for (const Event& event : events) {
      if (event.at >= asked.since && event.at < asked.until && wanted(event)) {
        ids.push_back(event.id);
      }
    }
    for (const bool oldest_first : {true, false}) {
      if (!oldest_first) std::reverse(ids.begin(), ids.end());
      for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
        EventQuery query = asked;
        query.oldest_first = oldest_first;
        query.limit = limit;
        EXPECT_EQ(list_all(store, query), ids) << "pages of " << limit;
      }
    }
  };
  expect({}, [](const Event&) { return true; });
  expect({.user_id = alice}, [&](const Event& event) { return event.user_id == alice; });
  expect({.kind = EventKind::log_out},
         [](const Event& event) { return event.kind == EventKind::log_out; });
  expect({.user_id = bob, .kind = EventKind::log_out}, [&](const Event& event) {
    return event.user_id == bob && event.kind == EventKind::log_out;
  });
  expect({.since = kStart + Millis{3}, .until = kStart + Millis{9}},
         [](const Event&) { return true; });
  expect({.user_id = alice, .since = kStart + Millis{3}, .until = kStart + Millis{9}},
         [&](const Event& event) { return event.user_id == alice; });
  expect({.since = kStart + Millis{9}, .until = kStart + Millis{9}},
         [](const Event&) { return true; });
  EXPECT_TRUE(list_all(store, {.user_id = next_user()}).empty());
}

TEST_P(StoreSuite, APageOfEventsGoesOnWhereItEndedThoughEventsCome) {
  EventStore& store = data().store().events();
  std::vector<Event> events;
  for (int i = 0; i < 6; ++i) events.push_back(make_event(10 + i, kStart + Millis{i}));
  ASSERT_TRUE(store.append_events(events));
  EventPage page = must(store.list_events({.limit = 2}));
  const std::vector<Event> more{make_event(1, kStart + Millis{9}), make_event(2, kStart)};
  ASSERT_TRUE(store.append_events(more));
  std::vector<std::string> ids;
  for (const Event& event : page.events) ids.push_back(event.id);
  for (const std::string& id : list_all(store, {.after = page.next, .limit = 2})) ids.push_back(id);
  const std::vector<std::string> expected{events[5].id, events[4].id, events[3].id, events[2].id,
                                          events[1].id, events[0].id, more[1].id};
  EXPECT_EQ(ids, expected);
}

TEST_P(StoreSuite, EventsAndQueriesAreChecked) {
  EventStore& store = data().store().events();
  const auto refused = [&](auto change) {
    std::vector<Event> events{make_event(1), make_event(2)};
    change(events[1]);
    const Result<void> appended = store.append_events(events);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, Errc::invalid_argument);
  };
  refused([](Event& event) { event.id = ""; });
  refused([](Event& event) { event.id = std::string(kEventIdLength, '.'); });
  refused([](Event& event) { event.id += 'a'; });
  refused([](Event& event) { event.at = UnixTime{} - Millis{1}; });
  refused([](Event& event) { event.kind = static_cast<EventKind>(0); });
  refused([](Event& event) { event.kind = static_cast<EventKind>(kLastEventKind + 1); });
  refused([](Event& event) { event.reason = std::string(kMaxEventReasonBytes + 1, 'a'); });
  refused([](Event& event) { event.account = "a\n"; });
  refused([](Event& event) { event.address = "\xff"; });
  refused([](Event& event) { event.user_agent = "a\x1b[31m"; });
  refused([](Event& event) { event.request_id = std::string(1, '\0'); });
  EXPECT_FALSE(store.append_events(std::vector<Event>(kMaxEvents + 1, make_event(1))));
  EXPECT_TRUE(must(store.list_events({})).events.empty());
  EXPECT_FALSE(store.list_events({.limit = 0}));
  EXPECT_FALSE(store.list_events({.limit = 1001}));
  for (const char* after : {"x", "1", "1.", ".0000000000000001", "1.000000000000000!", "-1.0"}) {
    EXPECT_FALSE(store.list_events({.after = after})) << after;
  }
}

TEST_P(StoreSuite, OldAddressesAreBlankedAndNothingElse) {
  EventStore& store = data().store().events();
  const UserId alice = UserId::parse("alice").value();
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) {
    Event event = make_event(i, kStart + Millis{i / 3});
    if (i % 2 == 0) event.user_id = alice;
    if (i % 5 == 0) event.address.clear();
    event.user_agent = "agent";
    events.push_back(event);
  }
  ASSERT_TRUE(store.append_events(events));
  const UnixTime before = kStart + Millis{5};  // leaves events 15 and later
  std::size_t changed = 0;
  for (std::size_t batch = 4; batch == 4;) {
    batch = must(store.blank_addresses(before, 4));
    EXPECT_LE(batch, 4U);
    changed += batch;
  }
  EXPECT_EQ(changed, 12U);
  EXPECT_EQ(must(store.blank_addresses(before, 4)), 0U);
  for (Event& event : events) {
    if (event.at < before) event.address.clear();
  }
  EXPECT_EQ(must(store.list_events({.oldest_first = true})).events, events);
  for (const Event& event : must(store.list_events({.user_id = alice})).events) {
    if (event.at >= before) continue;
    EXPECT_TRUE(event.address.empty()) << event.id;
  }
  // One that comes late is found, too.
  const Event late = make_event(100, kStart);
  ASSERT_TRUE(store.append_events({&late, 1}));
  EXPECT_EQ(must(store.blank_addresses(before, 4)), 1U);
  EXPECT_EQ(must(store.blank_addresses(kNever, 1000)), 12U);
}

TEST_P(StoreSuite, PruningEventsTakesTheOldestFirst) {
  EventStore& store = data().store().events();
  const UserId alice = UserId::parse("alice").value();
  std::vector<Event> events;
  for (int i = 0; i < 20; ++i) {
    Event event = make_event(i, kStart + Millis{i});
    if (i % 2 == 0) event.user_id = alice;
    events.push_back(event);
  }
  ASSERT_TRUE(store.append_events(events));
  EXPECT_EQ(must(store.prune_events(kStart, 10)), 0U);
  EXPECT_EQ(must(store.prune_events(kStart + Millis{10}, 4)), 4U);
  EXPECT_EQ(list_all(store, {.oldest_first = true}).front(), events[4].id);
  EXPECT_EQ(must(store.prune_events(kStart + Millis{10}, 100)), 6U);
  EXPECT_EQ(must(store.prune_events(kStart + Millis{10}, 100)), 0U);
  EXPECT_EQ(list_all(store, {}).size(), 10U);
  const std::vector<std::string> own{events[18].id, events[16].id, events[14].id, events[12].id,
                                     events[10].id};
  EXPECT_EQ(list_all(store, {.user_id = alice}), own);
}

TEST_P(StoreSuite, EventsOfManyWritersAreAllThere) {
  const std::unique_ptr<Store> other = data().open_again();
  constexpr int kThreads = 4, kBatches = 5, kBatch = 20;
  run_parallel(kThreads, [&](int thread) {
    Store& store = other != nullptr && thread % 2 == 1 ? *other : data().store();
    for (int batch = 0; batch < kBatches; ++batch) {
      std::vector<Event> events;
      for (int i = 0; i < kBatch; ++i) {
        events.push_back(make_event((thread * kBatches + batch) * kBatch + i, kStart));
      }
      EXPECT_TRUE(store.events().append_events(events));
    }
  });
  const auto ids = list_all(data().store().events(), {.limit = 33});
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), kThreads * kBatches * kBatch);
}

}  // namespace latchkey::testing
