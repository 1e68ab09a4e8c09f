// Slots that move and primaries that fail, under a store that goes on.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "codec/token/slot_tag.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/cluster.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;

class RedisClusterTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(RedisCluster& cluster) {
    EXPECT_TRUE(cluster.ready());
    RedisOptions options = cluster.options();
    options.prefix = next_prefix();
    options.read_timeout = std::chrono::seconds{5};
    options.write_timeout = std::chrono::seconds{20};
    auto opened = open_redis(options);
    EXPECT_TRUE(opened) << opened.error().detail;
    if (!opened) return nullptr;
    slot_key_ = must((*opened)->meta().meta()).slot_key;
    return std::move(*opened);
  }
  SessionRecord record(int number, const UserId& user) {
    SessionRecord made;
    const std::string digits = std::to_string(number);
    made.id = SessionId::parse(slot_tag_of(user, slot_key_) + std::string(20 - digits.size(), 'x') +
                               digits)
                  .value();
    made.user_id = user;
    made.created_at = made.authenticated_at = made.last_seen_at = kStart;
    made.idle_expires_at = made.absolute_expires_at = kStart + kAbsolute;
    return made;
  }
  // alive is nothing when the store failed.
  static std::optional<bool> alive(Store& store, const SessionId& id, bool with_user) {
    const auto found = store.sessions().find({&id, 1}, {.with_user = with_user});
    EXPECT_TRUE(found) << found.error().detail;
    return found ? std::optional{(*found)[0].record.has_value()} : std::nullopt;
  }
  SessionRecord add(Store& store, int number, const UserId& user) {
    const SessionRecord made = record(number, user);
    const auto outcome = store.sessions().insert(made, {.now = kStart});
    EXPECT_TRUE(outcome) << outcome.error().detail;
    return made;
  }
  static int slot_of(const SessionId& id) { return codec::cluster_slot(id.text().substr(0, 3)); }
  static Result<std::vector<Found>> find(Store& store, const SessionId& id) {
    return store.sessions().find({&id, 1}, {.with_user = true});
  }

  std::array<std::uint8_t, 32> slot_key_{};
};

TEST_F(RedisClusterTest, SessionsSpreadOverAllNodesAndABatchFindsThem) {
  const auto store = open(shared_cluster());
  std::vector<SessionId> ids;
  std::set<std::size_t> owners;
  for (int i = 0; i < 64; ++i) {
    ids.push_back(add(*store, i, UserId{i}).id);
    owners.insert(shared_cluster().owner(slot_of(ids.back())));
  }
  EXPECT_EQ(owners.size(), RedisCluster::kPrimaries);
  for (const bool with_user : {false, true}) {
    const auto found = must(store->sessions().find(ids, {.with_user = with_user}));
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(found[i].record->id, ids[i]);
  }
}

TEST_F(RedisClusterTest, ASessionOfAnotherSlotThanItsUserIsRefused) {
  const auto store = open(shared_cluster());
  SessionRecord wrong = record(1, UserId{1});
  wrong.user_id = UserId{2};
  EXPECT_EQ(store->sessions().insert(wrong, {.now = kStart}).error().code, Errc::invalid_argument);
}

TEST_F(RedisClusterTest, ASlotThatMovesIsFollowedInEveryPhase) {
  const auto store = open(shared_cluster());
  const UserId user{1};
  const SessionRecord kept = add(*store, 1, user), ended = add(*store, 2, user);
  const int slot = slot_of(kept.id);
  RedisCluster::Migration move{.slot = slot, .from = shared_cluster().owner(slot)};
  move.to = (move.from + 1) % RedisCluster::kPrimaries;
  const SessionId unknown = record(3, user).id;
  const auto expect_all = [&](const char* phase) {
    for (const bool with_user : {false, true}) {
      EXPECT_EQ(alive(*store, kept.id, with_user), true) << phase;
      EXPECT_EQ(alive(*store, unknown, with_user), false) << phase;
    }
  };
  for (int round = 0; round < 2; ++round) {  // there and back
    shared_cluster().begin(move);
    expect_all("announced");
    shared_cluster().move_keys(move);
    expect_all("moved: ASK");
    shared_cluster().finish(move);
    expect_all("done: MOVED");
    std::swap(move.from, move.to);
  }
  EXPECT_EQ(must(store->sessions().remove({&ended.id, 1}, EndReason::logout, kStart)), 1U);
  EXPECT_TRUE(must(find(*store, ended.id))[0].tombstone);
}

TEST_F(RedisClusterTest, ANodeThatLostItsDataIsAFailureForItsSlotsOnly) {
  const auto store = open(shared_cluster());
  std::vector<SessionRecord> records;
  for (int i = 0; i < 30; ++i) records.push_back(add(*store, i, UserId{i}));
  shared_cluster().node(1).ask({"FLUSHALL"});
  for (const SessionRecord& record : records) {
    const auto found = find(*store, record.id);
    if (shared_cluster().owner(slot_of(record.id)) == 1) {
      ASSERT_FALSE(found);
      EXPECT_EQ(found.error().code, Errc::store_mismatch);
    } else {
      EXPECT_TRUE(must(find(*store, record.id))[0].record);
    }
  }
  EXPECT_EQ(store->meta().check().error().code, Errc::store_mismatch);
}

TEST_F(RedisClusterTest, AReplicaTakesOverFromAPrimaryThatFails) {
  RedisCluster cluster({.replicas = true});
  const auto store = open(cluster);
  ASSERT_NE(store, nullptr);
  std::atomic<int> everything{0};
  store->sessions().watch([&](const Invalidation& change) { everything += change.everything; });
  std::vector<SessionRecord> records;
  for (int i = 0; i < 30; ++i) records.push_back(add(*store, i, UserId{i}));
  const SessionRecord& ended = records.back();
  ASSERT_EQ(must(store->sessions().remove({&ended.id, 1}, EndReason::logout, kStart)), 1U);
  ASSERT_TRUE(cluster.replicated());
  cluster.node(1).kill();
  std::size_t wrong = 0, refused = 0;
  const auto deadline = steady_clock::now() + std::chrono::seconds{60};
  std::size_t good = 0;
  while (good < records.size() && steady_clock::now() < deadline) {
    good = 0;
    for (const SessionRecord& record : records) {
      const auto found = find(*store, record.id);
      refused += found ? 0 : 1;
      if (!found) continue;
      const bool alive = (*found)[0].record.has_value();
      wrong += alive != (record.id != ended.id) ? 1 : 0;
      ++good;
    }
  }
  EXPECT_EQ(good, records.size()) << "the cluster recovered, and the store with it";
  EXPECT_GT(refused, 0U) << "there was an outage";
  EXPECT_EQ(wrong, 0U) << "nobody was logged out by it, and nobody logged in again";
  EXPECT_GE(everything, 1);
  add(*store, 100, records[0].user_id);
  store->sessions().watch(nullptr);
}

}  // namespace
}  // namespace latchkey::testing
