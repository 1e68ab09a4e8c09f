// Every order in which the steps of two readers and two writers can happen, on the real table: what
// a change has told the cache to drop is never believed again. A reader takes a ticket, asks the
// store, and keeps the answer; a writer commits, and what it changed is dropped later, because the
// news travel.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/near_cache/table.h"

namespace latchkey::near_cache {
namespace {

constexpr std::size_t kActors = 4;
constexpr std::array<std::size_t, kActors> kSteps = {3, 3, 2, 2};  // of a reader, of a writer
constexpr UnixTime kNow = from_unix_millis(1'900'000'000'000);

SessionRecord interleaved_record() {
  SessionRecord record;
  record.id = SessionId::parse("06SAbcdefghijklmnopqrst").value();
  record.user_id = UserId::parse("ada").value();
  record.created_at = kNow;
  record.idle_expires_at = record.absolute_expires_at = kNow + std::chrono::hours{1};
  return record;
}

// InterleavedWorld is a store with one session, and a cache before it.
class InterleavedWorld {
 public:
  using Drop = std::function<void(Table&)>;
  InterleavedWorld(const Drop& drop, bool second_ends) : drop_(drop), second_ends_(second_ends) {
    stored_.record = interleaved_record();
  }

  void step(std::size_t actor) {
    const std::size_t at = done_[actor]++;
    if (actor < 2) {
      read_step(actor, at);
    } else {
      write_step(actor, at);
    }
  }

  // What the cache answers is not older than what was dropped.
  bool holds() {
    Found found;
    if (!table_.read(id_, false, kNow, found)) return true;
    return !end_told_ && found.record->version >= told_version_;
  }

 private:
  void read_step(std::size_t actor, std::size_t at) {
    Reader& reader = readers_[actor];
    if (at == 0) {
      reader.ticket = table_.take_ticket(id_, kNow);
    } else if (at == 1) {
      reader.answer = stored_;
    } else {
      table_.keep(id_, reader.answer, false, reader.ticket);
    }
  }

  void write_step(std::size_t actor, std::size_t at) {
    Writer& writer = writers_[actor - 2];
    if (at == 0) {
      writer.ends = second_ends_ && actor == 3;
      if (writer.ends) stored_.record.reset();
      if (stored_.record) writer.version = ++stored_.record->version;
      return;
    }
    drop_(table_);
    told_version_ = std::max(told_version_, writer.version);
    end_told_ = end_told_ || writer.ends;
  }

  struct Reader {
    Table::Ticket ticket;
    Found answer;
  };
  struct Writer {
    std::int64_t version = 0;
    bool ends = false;
  };

  const Drop& drop_;
  const bool second_ends_;
  const SessionId id_ = interleaved_record().id;
  Table table_{16, std::chrono::seconds{5}};
  Found stored_;
  std::array<Reader, 2> readers_;
  std::array<Writer, 2> writers_;
  std::array<std::size_t, kActors> done_{};
  std::int64_t told_version_ = 0;
  bool end_told_ = false;
};

// run replays one order; it returns how many of its steps leave the promise kept.
std::size_t run(const std::vector<std::size_t>& order, const InterleavedWorld::Drop& drop,
                bool second_ends) {
  InterleavedWorld world(drop, second_ends);
  for (std::size_t i = 0; i < order.size(); ++i) {
    world.step(order[i]);
    if (!world.holds()) return i;
  }
  return order.size();
}

std::string text_of(const std::vector<std::size_t>& order) {
  std::string text;
  for (const std::size_t actor : order) text.append(1, "abXY"[actor]).append(" ");
  return text;
}

// for_each_order calls `visit` with every order that keeps the steps of each actor in sequence.
void for_each_order(std::vector<std::size_t>& order, std::array<std::size_t, kActors>& done,
                    const std::function<void()>& visit) {
  bool complete = true;
  for (std::size_t actor = 0; actor < kActors; ++actor) {
    if (done[actor] == kSteps[actor]) continue;
    complete = false;
    ++done[actor];
    order.push_back(actor);
    for_each_order(order, done, visit);
    order.pop_back();
    --done[actor];
  }
  if (complete) visit();
}

void expect_every_order_to_hold(const InterleavedWorld::Drop& drop) {
  for (const bool second_ends : {false, true}) {
    std::size_t orders = 0;
    std::vector<std::size_t> order;
    std::array<std::size_t, kActors> done{};
    for_each_order(order, done, [&] {
      ++orders;
      const std::size_t kept = run(order, drop, second_ends);
      EXPECT_EQ(kept, order.size()) << text_of(order) << "at step " << kept + 1;
    });
    EXPECT_EQ(orders, 25'200U);  // 10! / (3! 3! 2! 2!)
  }
}

TEST(NearCacheInterleaving, ADroppedIdIsNeverBelievedAgain) {
  expect_every_order_to_hold([](Table& table) { table.drop(interleaved_record().id); });
}

TEST(NearCacheInterleaving, ADroppedUserIsNeverBelievedAgain) {
  expect_every_order_to_hold([](Table& table) { table.drop_user(interleaved_record().user_id); });
}

TEST(NearCacheInterleaving, WhatWasThereWhenTheChannelWasLostIsNeverBelievedAgain) {
  expect_every_order_to_hold([](Table& table) { table.drop_all(); });
}

}  // namespace
}  // namespace latchkey::near_cache
