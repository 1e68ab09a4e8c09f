// Random calls of the contract by several threads, each checked against what was acknowledged
// before it began: nothing that ended is seen again, and nothing that changed is seen as it was.
// Once with a node that is alone, and once with another one beside it, whose changes arrive late.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <unordered_map>

#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "store/near_cache/tracking_engine.h"

namespace latchkey::testing {
namespace {

constexpr int kModelThreads = 4;
constexpr std::size_t kUsers = 6;
constexpr std::size_t kSessions = 600;
constexpr std::size_t kTogether = 16;
constexpr std::size_t kRoundsTogether = 100;

// Model is what is known of one session. A flag or number is raised after the call that makes it
// true was acknowledged, but `may_end` before the call that may end it begins.
struct Model {
  SessionRecord record;
  std::size_t user = 0;
  std::atomic<bool> claimed{false};
  std::atomic<bool> inserted{false};
  std::atomic<bool> may_end{false};
  std::atomic<bool> dead{false};
  std::atomic<std::int64_t> version{1};
  std::atomic<UnixTime> seen{kStart};
};

template <class T>
void raise(std::atomic<T>& target, T value) {
  T now = target.load();
  while (now < value && !target.compare_exchange_weak(now, value)) {
  }
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>((state_ >> 33) % limit);
  }

 private:
  std::uint64_t state_;
};

class World {
 public:
  World(std::size_t max_entries, bool with_another_node)
      : with_another_node_(with_another_node),
        cache_(make_near_cache(engine_.near(),
                               {.max_entries = max_entries, .max_age = std::chrono::hours{1}})) {
    for (std::size_t i = 0; i < kUsers; ++i) {
      StoredUser user;
      user.user.id = UserId::parse("user-" + std::to_string(i)).value();
      user.username_key = user.user.id.text();
      EXPECT_TRUE(must(cache_->users().add_user(user)));
    }
    for (std::size_t i = 0; i < kSessions; ++i) prepare(i);
  }

  void play(std::uint64_t seed, int rounds) {
    Dice dice(seed);
    for (int round = 0; round < rounds; ++round) {
      // All threads go through the sessions a few at a time, so that they meet.
      const std::size_t first = static_cast<std::size_t>(round) / kRoundsTogether * kTogether;
      Model& model = pick(first, dice);
      switch (dice.below(40)) {
        case 0:
          remove(model, dice);
          break;
        case 1:
          remove_user(model.user, dice);
          break;
        case 2:
          disable(model.user, dice);
          break;
        case 3:
          if (dice.below(4) == 0) cache_->drop_all();
          break;
        case 4:
        case 5:
        case 6:
          replace(model, dice);
          break;
        case 7:
        case 8:
        case 9:
        case 10:
          touch(model, dice);
          break;
        case 11:
        case 12:
          insert(model, dice);
          break;
        default:
          find(first, dice);
          break;
      }
    }
  }

  std::size_t dead() const {
    std::size_t count = 0;
    for (const Model& model : models_) count += model.dead ? 1 : 0;
    return count;
  }
  NearCacheStats stats() const { return cache_->stats(); }

 private:
  void prepare(std::size_t i) {
    Model& model = models_[i];
    std::string text = "06S00000000000000000000";
    const std::string digits = std::to_string(1000 + i);
    text.replace(4, 4, digits);
    text.replace(13, 4, digits);
    model.user = i % kUsers;
    SessionRecord& record = model.record;
    record.id = SessionId::parse(text).value();
    record.user_id = user_id(model.user);
    record.created_at = record.last_seen_at = kStart;
    record.idle_expires_at = kStart + kIdle;
    record.absolute_expires_at = kStart + kAbsolute;
    by_id_[record.id] = &model;
  }
  Model& pick(std::size_t first, Dice& dice) {
    return models_[(first + dice.below(kTogether)) % kSessions];
  }
  static UserId user_id(std::size_t user) {
    return UserId::parse("user-" + std::to_string(user)).value();
  }

  // at_a_node does something at the node with the cache, or at another one. What another one does
  // counts as acknowledged once it has been heard.
  template <class Body>
  void at_a_node(Dice& dice, Body body) {
    if (!with_another_node_ || dice.below(2) == 0) return body(*cache_, [] {});
    body(engine_.far(), [this] { engine_.deliver(); });
  }

  void user_may_end(std::size_t user) {
    for (std::size_t i = user; i < kSessions; i += kUsers) models_[i].may_end = true;
  }
  void ended(const std::vector<SessionId>& ids) {
    for (const SessionId& id : ids) {
      EXPECT_FALSE(by_id_.at(id)->dead.exchange(true)) << "ended twice";
    }
  }

  void insert(Model& model, Dice& dice) {
    if (model.claimed.exchange(true)) return;
    const bool limited = dice.below(20) == 0;
    if (limited) user_may_end(model.user);
    at_a_node(dice, [&](Store& node, auto hear) {
      const auto outcome = must(
          node.sessions().insert(model.record, {.now = kStart, .max_per_user = limited ? 5U : 0U}));
      EXPECT_EQ(outcome.status, InsertStatus::inserted);
      hear();
      model.inserted = true;
      ended(outcome.evicted);
    });
  }

  void remove(Model& model, Dice& dice) {
    model.may_end = true;
    if (!model.inserted) return;
    at_a_node(dice, [&](Store& node, auto hear) {
      const auto existed =
          must(node.sessions().remove({&model.record.id, 1}, EndReason::logout, kStart));
      hear();
      if (existed == 1) ended({model.record.id});
    });
  }

  void remove_user(std::size_t user, Dice& dice) {
    if (dice.below(16) != 0) return;
    user_may_end(user);
    at_a_node(dice, [&](Store& node, auto hear) {
      const auto removed = must(node.sessions().remove_user(user_id(user), {.now = kStart}));
      hear();
      ended(removed.ids);
    });
  }

  void disable(std::size_t user, Dice& dice) {
    if (dice.below(8) != 0) return;
    at_a_node(dice, [&](Store& node, auto hear) {
      EXPECT_TRUE(must(node.users().set_disabled(user_id(user), true)));
      hear();
      disabled_[user] = true;
    });
  }

  void touch(Model& model, Dice& dice) {
    const bool dead = model.dead;
    const UnixTime seen = kStart + Millis{static_cast<std::int64_t>(dice.below(1'000'000))};
    const Touch touch{model.record.id, seen, seen + kIdle};
    at_a_node(dice, [&](Store& node, auto hear) {
      const std::size_t moved = must(node.sessions().touch({&touch, 1}));
      EXPECT_FALSE(dead && moved > 0) << "a touch revived a session";
      hear();
      if (moved > 0) raise(model.seen, seen);
    });
  }

  void replace(Model& model, Dice& dice) {
    const bool dead = model.dead;
    SessionRecord next = model.record;
    next.version = model.version;
    at_a_node(dice, [&](Store& node, auto hear) {
      const auto status = must(node.sessions().replace(next, next.version, kStart));
      EXPECT_FALSE(dead && status != ReplaceStatus::gone) << "a replace revived a session";
      hear();
      if (status == ReplaceStatus::replaced) raise(model.version, next.version + 1);
    });
  }

  void find(std::size_t first, Dice& dice) {
    struct Before {
      bool inserted = false;
      bool dead = false;
      bool disabled = false;
      std::int64_t version = 0;
      UnixTime seen{};
    };
    const std::size_t count = 1 + dice.below(3);
    const FindOptions options{.with_user = dice.below(2) == 0, .fresh = dice.below(10) == 0};
    std::array<Model*, 3> asked{};
    std::array<Before, 3> before{};
    std::vector<SessionId> ids;
    for (std::size_t i = 0; i < count; ++i) {
      Model& model = *(asked[i] = &pick(first, dice));
      before[i] = {model.inserted, model.dead, disabled_[model.user], model.version, model.seen};
      ids.push_back(model.record.id);
    }
    const std::vector<Found> found = must(cache_->sessions().find(ids, options));
    for (std::size_t i = 0; i < count; ++i) {
      const auto& record = found[i].record;
      const bool alive = before[i].inserted && !asked[i]->may_end;
      EXPECT_FALSE(before[i].dead && record) << "an ended session was accepted";
      EXPECT_FALSE(alive && !record) << "a session was lost";
      if (!record) continue;
      EXPECT_EQ(record->id, ids[i]);
      EXPECT_GE(record->version, before[i].version) << "a change was unseen";
      EXPECT_GE(record->last_seen_at, before[i].seen) << "a touch was unseen";
      if (!options.with_user) continue;
      ASSERT_TRUE(found[i].user.has_value());
      EXPECT_FALSE(before[i].disabled && !found[i].user->disabled);
    }
  }

  TrackingEngine engine_;
  const bool with_another_node_;
  std::unique_ptr<NearCache> cache_;
  std::array<Model, kSessions> models_;
  std::unordered_map<SessionId, Model*> by_id_;
  std::array<std::atomic<bool>, kUsers> disabled_{};
};

struct Setting {
  std::size_t max_entries;
  bool with_another_node;
};

class NearCacheModel : public ::testing::TestWithParam<Setting> {};

TEST_P(NearCacheModel, NothingAcknowledgedIsUnseenAfterwards) {
  const int worlds = scaled(4, 300);
  std::size_t dead = 0;
  std::uint64_t hits = 0;
  for (int i = 0; i < worlds && !HasFailure(); ++i) {
    World world(GetParam().max_entries, GetParam().with_another_node);
    run_parallel(kModelThreads, [&](int thread) {
      world.play(static_cast<std::uint64_t>(i * kModelThreads + thread), 4'000);
    });
    dead += world.dead();
    hits += world.stats().hits;
  }
  EXPECT_GT(dead, 0U) << "the test reached what it is about";
  EXPECT_GT(hits, 0U);
}

INSTANTIATE_TEST_SUITE_P(Settings, NearCacheModel,
                         ::testing::Values(Setting{20, false}, Setting{100'000, false},
                                           Setting{20, true}, Setting{100'000, true}));

}  // namespace
}  // namespace latchkey::testing
