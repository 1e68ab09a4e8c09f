#include <unistd.h>

#include <atomic>
#include <thread>

#include "bench/fixture.h"
#include "bench/raw_sqlite.h"

namespace latchkey::bench {
namespace {

constexpr std::uint64_t kThreads = 64;
constexpr std::uint64_t kLogins = 64 * 100;  // one operation of the comparison

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
}

// 64 callers that each wait for their own durable session, as 64 logins at once do.
std::uint64_t create_with_threads(Sessions& sessions, std::uint64_t first) {
  std::atomic<std::uint64_t> next{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i; (i = next++) < kLogins;) {
        check(sessions.create(user_of(mix(first + i))).has_value(), "create");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return kLogins;
}

// The same rows into the same table, 64 to a durable transaction, by one thread.
std::uint64_t insert_grouped(RawDatabase& db, RawStatement& insert, std::uint64_t first,
                             UnixTime now) {
  for (std::uint64_t group = 0; group < kLogins / 64; ++group) {
    db.run("BEGIN IMMEDIATE");
    for (std::uint64_t k = 0; k < 64; ++k) {
      SessionRecord record = make_record((1ULL << 40) + first + group * 64 + k, now);
      record.user_id = user_of(mix(first + group * 64 + k));
      insert.text(1, record.id.text().data(), record.id.text().size());
      insert.blob(2, record.secret_hash.bytes.data(), record.secret_hash.bytes.size());
      insert.text(3, record.user_id.text().data(), record.user_id.text().size());
      insert.number(4, to_unix_millis(now));
      insert.number(5, to_unix_millis(record.idle_expires_at));
      insert.number(6, to_unix_millis(record.absolute_expires_at));
      insert.number(7, record.idle.count());
      insert.step();
      insert.reset();
    }
    db.run("COMMIT");
  }
  return kLogins;
}

Entry create_durable(const Options& options) {
  const std::string ours = options.directory + "/create_ours.db";
  const std::string bare = options.directory + "/create_limit.db";
  remove_database(ours);
  remove_database(bare);
  open_database(bare).reset();  // makes the tables
  const auto store = open_database(ours);
  const auto sessions = open_sessions(*store);
  RawDatabase db(bare);
  db.run("PRAGMA journal_mode=wal; PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=32000");
  RawStatement insert(
      db,
      "INSERT INTO latchkey_sessions(id, secret_hash, user_id, created_at, authenticated_at,"
      " last_seen_at, idle_expires_at, absolute_expires_at, idle, level, persistent, version)"
      " VALUES(?1,?2,?3,?4,?4,?4,?5,?6,?7,1,1,1)");
  const UnixTime now = system_clock().now();
  Entry entry = compare(
      "create_durable_64", options,
      [&](std::uint64_t i) { return create_with_threads(*sessions, i); },
      [&](std::uint64_t i) { return insert_grouped(db, insert, i, now); });
  entry.budget = 1.43;  // 0.7 of the limit's rate
  return entry;
}

}  // namespace

std::vector<Named> create_benchmarks() {
  return {{"create_durable_64",
           "Sessions::create by 64 callers, FULL sync; limit: the same INSERTs 64 to a transaction",
           create_durable}};
}

}  // namespace latchkey::bench
