#include <gtest/gtest.h>

#include "latchkey/sqlite.h"
#include "store/sqlite/test_support.h"

// Two processes on one file. Every child is started before its test opens anything, and waits for a
// file to appear, so that no lock, thread or connection is shared over the fork.
namespace latchkey::sqlite::testing {
namespace {

void wait_for_file(const std::string& path) {
  while (!std::filesystem::exists(path)) ::usleep(1000);
}
void make_file(const std::string& path) { EXPECT_TRUE(create_file(path)); }

std::unique_ptr<Store> open_quietly(const std::string& path, SqliteOptions options = {}) {
  options.path = path;
  Result<std::unique_ptr<Store>> store = open_sqlite(options);
  if (store) return *std::move(store);
  std::fprintf(stderr, "open_sqlite: %s\n", store.error().detail.c_str());
  return nullptr;
}

TEST(SqliteProcesses, BothMakeTheTablesAtOnceAndAgreeOnTheInstance) {
  TempDir dir;
  const auto open_and_count = [&] {
    const auto store = open_quietly(dir.file());
    if (!store) return 1;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const auto id = static_cast<std::uint64_t>(::getpid()) * 1000 + i;
      const auto outcome = store->sessions().insert(make_record(id), {.now = kNow});
      if (!outcome || outcome->status != InsertStatus::inserted) return 2;
    }
    return 0;
  };
  {
    Child first(open_and_count);
    Child second(open_and_count);
    EXPECT_EQ(first.wait(), 0);
    EXPECT_EQ(second.wait(), 0);
  }
  EXPECT_EQ(value_or_fail(*open_plain(dir.file()), "SELECT count(*) FROM latchkey_sessions"), "40");
}

TEST(SqliteProcesses, ARevocationByOneIsSeenAndToldToTheOther) {
  TempDir dir;
  Child child([&] {
    wait_for_file(dir.file("go"));
    const auto store = open_quietly(dir.file());
    const SessionId id = make_id(1);
    const auto removed = store ? store->sessions().remove({&id, 1}, EndReason::revoked, kNow)
                               : Result<std::size_t>(std::size_t{0});
    return removed && *removed == 1 ? 0 : 1;
  });
  auto store = open_or_fail(dir.file(), {.watch_every = Millis{1}});
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  std::atomic<bool> told{false};
  EXPECT_FALSE(store->sessions().watch_status()) << "nobody watches";
  store->sessions().watch([&](const Invalidation& change) { told = change.everything; });
  EXPECT_TRUE(store->sessions().watch_status().value().up);
  make_file(dir.file("go"));
  while (!told.load()) std::this_thread::yield();
  EXPECT_EQ(child.wait(), 0);
  const Found found = find_or_fail(*store, make_id(1));
  EXPECT_FALSE(found.record);
  EXPECT_EQ(found.tombstone->reason, EndReason::revoked);
  const Touch late{make_id(1), kNow, kNow + 48 * kHour};
  EXPECT_EQ(*store->sessions().touch({&late, 1}), 0U);
}

TEST(SqliteProcesses, TheLimitAndTheEpochHoldAcrossProcesses) {
  TempDir dir;
  const UserId user = *UserId::parse("u1");
  const auto log_in = [&](std::uint64_t base) {
    const auto store = open_quietly(dir.file(), {.busy_timeout = std::chrono::seconds{60}});
    if (!store) return 1;
    for (std::uint64_t i = 0; i < 60; ++i) {
      const auto outcome =
          store->sessions().insert(make_record(base + i), {.now = kNow, .max_per_user = 5});
      if (!outcome || outcome->status != InsertStatus::inserted) return 2;
      const auto page = store->sessions().list_user(user, {.now = kNow});
      if (!page || page->records.size() > 5) return 3;
    }
    return 0;
  };
  {
    Child first([&] { return log_in(1000); });
    Child second([&] { return log_in(2000); });
    EXPECT_EQ(first.wait(), 0);
    EXPECT_EQ(second.wait(), 0);
  }
  const auto store = open_or_fail(dir.file());
  EXPECT_EQ(store->sessions().list_user(user, {.now = kNow})->records.size(), 5U);
  EXPECT_EQ(value_or_fail(*open_plain(dir.file()), "SELECT count(*) FROM latchkey_tombstones"),
            "115");
}

TEST(SqliteProcesses, AProcessThatHoldsTheLockMakesTheOtherBusyAndNotWrong) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  Child child([&] {
    {
      const auto other = open_plain(dir.file());
      if (!other->exec("BEGIN EXCLUSIVE")) return 1;
      if (!create_file(dir.file("locked"))) return 2;
      wait_for_file(dir.file("release"));
    }
    return create_file(dir.file("released")) ? 0 : 3;
  });
  wait_for_file(dir.file("locked"));
  auto store = open_or_fail(dir.file(), {.busy_timeout = Millis{10}});
  const auto refused = store->sessions().insert(make_record(1), {.now = kNow});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::store_busy);
  EXPECT_FALSE(find_or_fail(*store, make_id(1)).record);
  make_file(dir.file("release"));
  EXPECT_EQ(child.wait(), 0);
  EXPECT_TRUE(insert_ok(*store, make_record(1)));
}

}  // namespace
}  // namespace latchkey::sqlite::testing
