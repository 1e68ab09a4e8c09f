// A bad network before the nodes of a cluster. What the cluster announces of itself are proxies.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "codec/token/slot_tag.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/cluster.h"
#include "tests/redis/proxy.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;

class RedisClusterFaults : public ::testing::Test {
 protected:
  // One for all tests.
  struct Network {
    RedisCluster cluster;
    std::array<Proxy, RedisCluster::kPrimaries> proxies{Proxy(cluster.node(0).port()),
                                                        Proxy(cluster.node(1).port()),
                                                        Proxy(cluster.node(2).port())};
    bool ready = cluster.ready() &&
                 cluster.announce({proxies[0].port(), proxies[1].port(), proxies[2].port()});
  };
  static Network& network() {
    static Network shared;
    return shared;
  }

  void SetUp() override {
    ASSERT_TRUE(network().ready);
    const std::string prefix = next_prefix();
    store_ = open(prefix, std::chrono::seconds{20});
    hasty_ = open(prefix, std::chrono::seconds{1});
    ASSERT_TRUE(store_ && hasty_);
    store_->sessions().watch([this](const Invalidation& change) { lost_ += change.everything; });
    const auto slot_key = must(store_->meta().meta()).slot_key;
    // As many sessions of each node; and every node knows the script.
    std::array<std::size_t, RedisCluster::kPrimaries> of_node{};
    for (int number = 1; ids_.size() < kSessions; ++number) {
      SessionRecord record;
      record.user_id = UserId{number};
      const std::string tag = slot_tag_of(record.user_id, slot_key);
      record.id =
          SessionId::parse(tag + "0123456789abcdefg" + std::to_string(100 + number)).value();
      record.idle_expires_at = record.absolute_expires_at = kStart + kAbsolute;
      if (++of_node[owner(record.id)] > kSessions / of_node.size()) continue;
      records_.push_back(record);
      ids_.push_back(record.id);
      ASSERT_EQ(insert(record), InsertStatus::inserted);
    }
  }
  void TearDown() override {
    if (store_ != nullptr) store_->sessions().watch(nullptr);
  }

  static std::unique_ptr<Store> open(const std::string& prefix, Millis read_timeout) {
    RedisOptions options;
    options.cluster = true;
    options.addresses.push_back({.host = "127.0.0.1", .port = network().proxies[0].port()});
    options.prefix = prefix;
    options.read_timeout = read_timeout;
    options.write_timeout = std::chrono::seconds{20};
    auto opened = open_redis(options);
    EXPECT_TRUE(opened) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  static std::size_t owner(const SessionId& id) {
    return network().cluster.owner(codec::cluster_slot(id.text().substr(0, 3)));
  }
  InsertStatus insert(const SessionRecord& record) {
    return must(store_->sessions().insert(record, {.now = kStart})).status;
  }
  static Result<std::vector<Found>> find(Store& store, std::span<const SessionId> ids) {
    return store.sessions().find(ids, {.with_user = true});
  }
  // finds_everything waits, for a while, until look-ups of all sessions work.
  void finds_everything() {
    for (Store* store : {store_.get(), hasty_.get()}) {
      const auto deadline = steady_clock::now() + std::chrono::seconds{20};
      auto found = find(*store, ids_);
      while (!found && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(Millis{10});
        found = find(*store, ids_);
      }
      ASSERT_TRUE(found) << found.error().detail;
      expect_all(*found);
    }
  }
  void expect_all(const std::vector<Found>& found) const {
    for (std::size_t i = 0; i < kSessions; ++i) EXPECT_EQ(found[i].record, records_[i]);
  }
  // fails_alone looks for each session by itself: those of the node fail, the others are there.
  void fails_alone(std::size_t node) {
    for (std::size_t i = 0; i < kSessions; ++i) {
      const bool fails = owner(ids_[i]) == node;
      const auto found = find(fails ? *hasty_ : *store_, {&ids_[i], 1});
      ASSERT_NE(found.operator bool(), fails);
      if (fails) {
        EXPECT_EQ(found.error().code, Errc::store_unavailable);
      } else {
        EXPECT_EQ((*found)[0].record, records_[i]);
      }
    }
  }

  static constexpr std::size_t kSessions = 6;
  std::unique_ptr<Store> store_, hasty_;
  std::vector<SessionRecord> records_;
  std::vector<SessionId> ids_;
  std::atomic<int> lost_{0};
};

TEST_F(RedisClusterFaults, ASlowNodeFailsInTimeForItsOwnSlotsOnly) {
  network().proxies[1].set_delay(Millis{1'500});
  fails_alone(1);
  network().proxies[1].set_delay(Millis{0});
  finds_everything();
}

TEST_F(RedisClusterFaults, ABlackHoleBeforeANodeIsNoticedAndLeft) {
  network().proxies[1].set_black_hole(true);
  fails_alone(1);
  const auto deadline = steady_clock::now() + std::chrono::seconds{20};
  while (lost_ == 0 && steady_clock::now() < deadline) std::this_thread::sleep_for(Millis{10});
  EXPECT_GE(lost_, 1) << "nobody knows what was missed";
  network().proxies[1].set_black_hole(false);
  finds_everything();
}

// The node that the URL names is only where the cluster was found.
TEST_F(RedisClusterFaults, ABlackHoleBeforeTheFirstNodeIsItsOwnFailureOnly) {
  network().proxies[0].set_black_hole(true);
  fails_alone(0);
  network().proxies[0].set_black_hole(false);
  finds_everything();
}

TEST_F(RedisClusterFaults, AResetInMidReplyNeverGivesHalfAnAnswer) {
  for (int bytes = 0; bytes < 240; bytes += 7) {
    network().proxies[static_cast<std::size_t>(bytes) % 3].reset_after(bytes);
    const auto found =
        find(*store_, ids_);  // a pipeline for each node; the one that was cut is sent again
    if (found) {
      expect_all(*found);
    } else {
      EXPECT_EQ(found.error().code, Errc::store_unavailable);
    }
    finds_everything();
    if (HasFailure()) return;
  }
  EXPECT_GE(lost_, 1);
}

TEST_F(RedisClusterFaults, AWriteWhoseAnswerIsLostIsNotRepeatedBehindTheCallersBack) {
  for (std::size_t node = 0; node < RedisCluster::kPrimaries; ++node) {
    const auto of_node = std::find_if(ids_.begin(), ids_.end(),
                                      [&](const SessionId& id) { return owner(id) == node; });
    SessionRecord record = records_[static_cast<std::size_t>(of_node - ids_.begin())];
    record.id =
        SessionId::parse(std::string{record.id.text().substr(0, 3)} + "lostanswer0123456789")
            .value();
    network().proxies[node].reset_after(0);
    EXPECT_EQ(store_->sessions().insert(record, {.now = kStart}).error().code,
              Errc::store_unavailable);
    finds_everything();
    EXPECT_EQ(insert(record), InsertStatus::id_taken) << "it had been done";
  }
}

}  // namespace
}  // namespace latchkey::testing
