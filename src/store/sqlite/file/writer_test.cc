#include "store/sqlite/file/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <vector>

#include "latchkey/testing/store_fixture.h"
#include "store/sqlite/file/schema.h"
#include "store/sqlite/records/sessions.h"
#include "store/sqlite/test_support.h"

namespace latchkey::sqlite::testing {
namespace {

using latchkey::testing::run_parallel;

// A writer on a file of its own, with a table `t` to write to.
class SqliteWriterTest : public ::testing::Test {
 protected:
  void SetUp() override { restart({}); }

  void restart(WriterOptions options) {
    writer_.reset();
    guard_.reset();
    std::unique_ptr<Connection> connection = open_plain(dir_.file());
    const auto meta = open_schema(*connection, {.busy_timeout = Millis{1000}});
    ASSERT_TRUE(meta) << meta.error().detail;
    ASSERT_TRUE(connection->exec("CREATE TABLE IF NOT EXISTS t(v INTEGER UNIQUE, pad BLOB)"));
    guard_.emplace(dir_.file());
    options.instance = meta->instance;
    options.busy_timeout = Millis{1000};
    writer_ = std::make_unique<Writer>(std::move(connection), nullptr, *guard_, options);
  }

  Result<bool> write(const std::string& sql, Durability durability = Durability::relaxed) {
    return writer_->run(durability, [&](Connection& connection) -> Result<bool> {
      if (Result<void> ran = connection.exec(sql.c_str()); !ran) return ran.error();
      return true;
    });
  }
  std::string rows() { return value_or_fail(*open_plain(dir_.file()), "SELECT count(*) FROM t"); }

  // A caller that leads and does not come to the end of its job until it is let go, so that others
  // gather behind it.
  class Gate {
   public:
    explicit Gate(Writer& writer)
        : thread_([this, &writer] {
            EXPECT_TRUE(writer.run(Durability::relaxed, [this](Connection&) -> Result<bool> {
              entered_.set_value();
              open_.get_future().wait();
              return true;
            }));
          }) {
      entered_.get_future().wait();
    }
    ~Gate() {
      open();
      thread_.join();
    }
    void open() {
      if (!std::exchange(opened_, true)) open_.set_value();
    }

   private:
    std::promise<void> entered_, open_;
    bool opened_ = false;
    std::thread thread_;
  };

  TempDir dir_;
  std::optional<FileGuard> guard_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(SqliteWriterTest, JobsThatWaitTogetherShareOneCommit) {
  restart({.max_group = 64});
  std::atomic<int> commits{0};
  const auto count = [](void* out) {
    ++*static_cast<std::atomic<int>*>(out);
    return 0;
  };
  ASSERT_TRUE(writer_->run(Durability::relaxed, [&](Connection& connection) -> Result<bool> {
    sqlite3_commit_hook(connection.handle(), count, &commits);
    return true;
  }));
  // Whether all have come to wait when the gate opens is chance; that they ever share is not.
  int fewest = 1000, trial = 0;
  for (; trial < 100 && fewest > 2; ++trial) {
    const int before = commits.load();
    std::vector<std::thread> callers;
    std::atomic<int> started{0};
    {
      Gate gate(*writer_);
      for (int i = 0; i < 20; ++i) {
        callers.emplace_back([&, i] {
          ++started;
          EXPECT_TRUE(write("INSERT INTO t(v) VALUES(" + std::to_string(20 * trial + i) + ")"));
        });
      }
      while (started.load() < 20) std::this_thread::yield();
    }
    for (std::thread& caller : callers) caller.join();
    fewest = std::min(fewest, commits.load() - before);
  }
  EXPECT_EQ(rows(), std::to_string(20 * trial));
  EXPECT_EQ(fewest, 2) << "the gate's own, and one for those that waited";
}

TEST_F(SqliteWriterTest, ACallerThatIsAloneWritesByItself) {
  for (int i = 0; i < 3; ++i) {
    const auto wrote_on = writer_->run(
        Durability::relaxed,
        [](Connection&) -> Result<std::thread::id> { return std::this_thread::get_id(); });
    ASSERT_TRUE(wrote_on);
    EXPECT_EQ(*wrote_on, std::this_thread::get_id()) << "no other thread has to be woken";
  }
}

TEST_F(SqliteWriterTest, OneOfThoseThatWaitWritesForItsGroup) {
  constexpr std::size_t kGroup = 4;
  restart({.max_group = kGroup});
  Mutex mutex;
  std::map<std::thread::id, std::vector<std::thread::id>> written;  // by whom, for whom
  std::vector<std::thread> callers;
  {
    Gate gate(*writer_);
    for (int i = 0; i < 10; ++i) {
      callers.emplace_back([&] {
        const auto caller = std::this_thread::get_id();
        EXPECT_TRUE(writer_->run(Durability::relaxed, [&](Connection&) -> Result<bool> {
          MutexLock lock(mutex);
          written[std::this_thread::get_id()].push_back(caller);
          return true;
        }));
      });
    }
  }
  for (std::thread& caller : callers) caller.join();
  std::size_t jobs = 0;
  for (const auto& [leader, group] : written) {
    jobs += group.size();
    EXPECT_LE(group.size(), kGroup);
    EXPECT_EQ(std::count(group.begin(), group.end(), leader), 1) << "a leader is one of its group";
  }
  EXPECT_EQ(jobs, 10U);
}

TEST_F(SqliteWriterTest, WritesAndLooksForCommitsOfOthersTakeTurns) {
  restart({.watch_every = Millis{1}, .max_group = 4});
  std::atomic<int> told{0};
  writer_->watch([&](const Invalidation&) { ++told; });
  run_parallel(8, [&](int caller) {
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(write("INSERT INTO t(v) VALUES(" + std::to_string(caller * 50 + i) + ")"));
    }
  });
  EXPECT_EQ(rows(), "400");
  EXPECT_EQ(told.load(), 0) << "nobody else has written";
}

TEST_F(SqliteWriterTest, AJobThatFailsAloneLeavesTheOthersAlone) {
  std::atomic<int> taken{0};
  ASSERT_TRUE(write("INSERT INTO t(v) VALUES(1000)"));
  run_parallel(16, [&](int i) {
    const bool clash = i % 2 == 0;
    const auto wrote = write("INSERT INTO t(v) VALUES(" + std::to_string(clash ? 1000 : i) + ")");
    EXPECT_EQ(wrote.has_value(), !clash);
    if (!wrote && wrote.error().code == Errc::invalid_argument) ++taken;
  });
  EXPECT_EQ(taken.load(), 8);
  EXPECT_EQ(rows(), "9");
}

TEST_F(SqliteWriterTest, ACommitIntoAFileThatWasTakenAwayIsNotAcknowledged) {
  const auto wrote = writer_->run(Durability::relaxed, [&](Connection& connection) -> Result<bool> {
    std::filesystem::rename(dir_.file(), dir_.file("away"));
    if (Result<void> ran = connection.exec("INSERT INTO t(v) VALUES(1)"); !ran) return ran.error();
    return true;
  });
  std::filesystem::rename(dir_.file("away"), dir_.file());
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code, Errc::store_unavailable);
}

TEST_F(SqliteWriterTest, AJobThatFailsHalfwayIsUndone) {
  EXPECT_FALSE(write("INSERT INTO t(v) VALUES(1); INSERT INTO t(v) VALUES(1)"));
  EXPECT_EQ(rows(), "0");
  EXPECT_TRUE(write("INSERT INTO t(v) VALUES(1)"));
}

TEST_F(SqliteWriterTest, AGroupThatFailsTellsEachOfItsCallers) {
  std::atomic<int> failed{0};
  const auto stop = [](void*) { return 1; };  // a commit hook that turns commits into rollbacks
  EXPECT_FALSE(writer_->run(Durability::relaxed, [&](Connection& connection) -> Result<bool> {
    sqlite3_commit_hook(connection.handle(), stop, nullptr);
    return true;
  }));
  run_parallel(8, [&](int i) {
    if (!write("INSERT INTO t(v) VALUES(" + std::to_string(i) + ")")) ++failed;
  });
  EXPECT_EQ(failed.load(), 8);
  EXPECT_EQ(rows(), "0");
}

TEST_F(SqliteWriterTest, AFullDiskUndoesTheGroupAndKeepsWhatWasThere) {
  ASSERT_TRUE(write("INSERT INTO t(v) VALUES(1)"));
  ASSERT_TRUE(write("PRAGMA max_page_count=1"));  // means: no page more than there are
  const auto wrote = write("INSERT INTO t(v,pad) VALUES(2,zeroblob(100000))");
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code, Errc::store_read_only);
  EXPECT_NE(wrote.error().detail.find("free space"), std::string::npos);
  EXPECT_EQ(rows(), "1");
  ASSERT_TRUE(write("PRAGMA max_page_count=1000000"));
  EXPECT_TRUE(write("INSERT INTO t(v,pad) VALUES(2,zeroblob(100000))"));
}

TEST_F(SqliteWriterTest, GroupsOfTouchesNeedNoSync) {
  const auto synchronous = [&](Durability durability) {
    Result<std::string> level =
        writer_->run(durability, [](Connection& c) { return c.value_of("PRAGMA synchronous"); });
    return level ? *level : "failed";
  };
  EXPECT_EQ(synchronous(Durability::full), "2");
  EXPECT_EQ(synchronous(Durability::relaxed), "1");
  EXPECT_EQ(synchronous(Durability::full), "2");
}

// Told counts invalidations and lets a test wait for the next one.
class Told {
 public:
  void operator()(const Invalidation& invalidation) {
    EXPECT_TRUE(invalidation.everything);
    ++count;
  }
  void wait_for(int wanted) const {
    while (count.load() < wanted) std::this_thread::yield();
  }
  std::atomic<int> count{0};
};

TEST_F(SqliteWriterTest, CommitsOfOthersAreToldAndOwnOnesAreNot) {
  restart({.watch_every = Millis{1}});
  Told told;
  EXPECT_EQ(writer_->watch([&](const Invalidation& i) { told(i); }), Millis{2});
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(write("INSERT INTO t(v) VALUES(" + std::to_string(i) + ")"));
  }
  EXPECT_EQ(told.count.load(), 0);
  const auto other = open_plain(dir_.file());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(other->exec(("INSERT INTO t(v) VALUES(" + std::to_string(100 + i) + ")").c_str()));
    told.wait_for(i);
  }
  writer_->watch(nullptr);
  const int before = told.count.load();
  ASSERT_TRUE(other->exec("INSERT INTO t(v) VALUES(200)"));
  ASSERT_TRUE(write("INSERT INTO t(v) VALUES(201)"));
  EXPECT_EQ(told.count.load(), before);
}

TEST_F(SqliteWriterTest, CommitsOfOthersAreToldBeforeAWriteReturns) {
  restart({.watch_every = std::chrono::hours{1}});  // polling plays no part
  Told told;
  writer_->watch([&](const Invalidation& i) { told(i); });
  const auto other = open_plain(dir_.file());
  ASSERT_TRUE(other->exec("INSERT INTO t(v) VALUES(1)"));
  ASSERT_TRUE(write("INSERT INTO t(v) VALUES(2)"));
  EXPECT_EQ(told.count.load(), 1);
}

TEST_F(SqliteWriterTest, CommitsOfOthersAreToldWhileAWriteWaitsForTheirLock) {
  restart({.watch_every = std::chrono::hours{1}});
  Told told;
  writer_->watch([&](const Invalidation& i) { told(i); });
  const auto changing = open_plain(dir_.file());
  ASSERT_TRUE(changing->exec("BEGIN IMMEDIATE; INSERT INTO t(v) VALUES(1)"));
  std::thread caller([&] { EXPECT_TRUE(write("INSERT INTO t(v) VALUES(2)")); });
  ASSERT_TRUE(changing->exec("COMMIT"));
  caller.join();
  EXPECT_EQ(told.count.load(), 1);
  EXPECT_EQ(rows(), "2");
}

}  // namespace
}  // namespace latchkey::sqlite::testing
