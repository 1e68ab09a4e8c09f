// Everything is seen, whatever happens to the servers between two pages.
#include <gtest/gtest.h>

#include <set>

#include "codec/token/slot_tag.h"
#include "latchkey/store/scan_store.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/cluster.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

constexpr int kSessions = 60;
constexpr std::size_t kPage = 5;

std::unique_ptr<Store> open_patient(RedisOptions options) {
  options.read_timeout = options.write_timeout = std::chrono::seconds{20};
  auto opened = open_redis(options);
  EXPECT_TRUE(opened) << opened.error().detail;
  return opened ? std::move(*opened) : nullptr;
}

std::set<SessionId> fill(Store& store) {
  std::set<SessionId> ids;
  const auto slot_key = must(store.meta().meta()).slot_key;
  for (int i = 0; i < kSessions; ++i) {
    SessionRecord record;
    record.user_id = UserId{i};
    const std::string digits = std::to_string(1000 + i);
    record.id =
        SessionId::parse(slot_tag_of(record.user_id, slot_key) + std::string(16, 'x') + digits)
            .value();
    record.created_at = record.last_seen_at = kStart;
    record.idle_expires_at = kStart + kIdle;
    record.absolute_expires_at = kStart + kAbsolute;
    must(store.sessions().insert(record, {.now = kStart}));
    ids.insert(record.id);
  }
  return ids;
}

// read_page adds a page of sessions to `seen` and returns where the next begins.
std::string read_page(Store& store, const std::string& after, std::set<SessionId>& seen) {
  const ScanPage page = must(store.scan()->scan(ScanKind::sessions, after, kPage));
  for (const SessionRecord& record : page.sessions) seen.insert(record.id);
  return page.next;
}

void read_rest(Store& store, std::string after, std::set<SessionId>& seen) {
  do {
    after = read_page(store, after, seen);
  } while (!after.empty());
}

TEST(RedisScan, APositionFromBeforeARestartBeginsAgain) {
  RedisServer server({"--appendonly", "yes", "--appendfsync", "always"});
  std::set<SessionId> ids;
  std::set<SessionId> early;
  std::string after;
  {
    const auto store = open_patient(server.options());
    ids = fill(*store);
    for (int page = 0; page < 3; ++page) after = read_page(*store, after, early);
  }
  ASSERT_FALSE(after.empty());
  server.kill();
  ASSERT_TRUE(server.start());
  const auto store = open_patient(server.options());
  std::set<SessionId> late;
  read_rest(*store, after, late);
  EXPECT_EQ(late, ids) << "a cursor means nothing to another process";
}

TEST(RedisScan, AnEmptiedServerIsAFailureAndNotTheEnd) {
  RedisServer server;
  const auto store = open_patient(server.options());
  fill(*store);
  std::set<SessionId> seen;
  const std::string after = read_page(*store, "", seen);
  server.ask({"FLUSHALL"});
  for (const std::string& position : {std::string{}, after}) {
    const auto page = store->scan()->scan(ScanKind::sessions, position, kPage);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Errc::store_mismatch);
  }
  EXPECT_EQ(store->scan()->scan(ScanKind::users, "", kPage).error().code, Errc::store_mismatch);
}

TEST(RedisScan, APositionThatIsNoneIsRefused) {
  const auto store = open_patient(shared_redis().options());
  for (const char* position : {"500", ".", "0.0"}) {
    EXPECT_EQ(store->scan()->scan(ScanKind::sessions, position, kPage).error().code,
              Errc::invalid_argument)
        << position;
  }
}

TEST(RedisScan, SessionsOfASlotThatMovesToAnEarlierNodeAreSeen) {
  RedisCluster cluster;
  ASSERT_TRUE(cluster.ready());
  const auto store = open_patient(cluster.options());
  const std::set<SessionId> ids = fill(*store);
  std::set<SessionId> seen;
  std::string after;
  do {
    after = read_page(*store, after, seen);
  } while (after.starts_with("0."));
  ASSERT_FALSE(after.empty());
  const auto slot_of = [](const SessionId& id) {
    return codec::cluster_slot(id.text().substr(0, 3));
  };
  const auto unseen =
      std::find_if(ids.begin(), ids.end(), [&](auto& id) { return !seen.contains(id); });
  ASSERT_NE(unseen, ids.end());
  const auto from = cluster.owner(slot_of(*unseen));
  // The first node was read to its end, so another node than that of `unseen` has been seen.
  const auto earlier = std::find_if(seen.begin(), seen.end(), [&](const SessionId& id) {
    return cluster.owner(slot_of(id)) != from;
  });
  ASSERT_NE(earlier, seen.end());
  const RedisCluster::Migration migration{
      .slot = slot_of(*unseen), .from = from, .to = cluster.owner(slot_of(*earlier))};
  cluster.begin(migration);
  cluster.move_keys(migration);
  cluster.finish(migration);
  read_rest(*store, after, seen);
  EXPECT_EQ(seen, ids);
}

}  // namespace
}  // namespace latchkey::testing
