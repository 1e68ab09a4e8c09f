#include <sys/stat.h>
#include <unistd.h>

#include "bench/fixture.h"
#include "bench/generated_store.h"
#include "bench/limit_table.h"
#include "bench/raw_sqlite.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"

namespace latchkey::bench {
namespace {

constexpr std::uint64_t kRows = 1'000'000;

void validate_one(Sessions& sessions, const std::string& token, bool with_user) {
  const auto validation = sessions.validate(token, {.touch = false, .with_user = with_user});
  check(validation && validation->state == SessionState::active, "a session did not validate");
  keep(validation->session->idle_expires_at);
}

Operation validate_batch(Sessions& sessions, const std::vector<std::string>& tokens,
                         bool with_user) {
  return [&sessions, &tokens, with_user](std::uint64_t i) {
    for (std::uint64_t k = 0; k < 256; ++k) {
      validate_one(sessions, tokens[(i + k) % kSample], with_user);
    }
    return std::uint64_t{256};
  };
}

// How many sessions the cache holds. In a small table the cost of the call itself shows, in a large
// one what it waits for: memory.
struct CachedCase {
  const char* name;
  std::uint64_t rows;
  double budget;
};

Entry validate_cached(const Options& options, const CachedCase& which) {
  progress("filling the cache and the limit's table with " + std::to_string(which.rows) +
           " sessions");
  const auto memory = make_memory_store();
  check(memory.has_value(), "memory store");
  const UnixTime now = system_clock().now();
  GeneratedStore generated(**memory, now);
  const auto cache = make_near_cache(
      generated, {.max_entries = 2 * which.rows, .max_age = std::chrono::hours{24}});
  const auto sessions = open_sessions(*cache);
  LimitTable table(which.rows);
  for (std::uint64_t i = 0; i < which.rows; ++i) {
    generated.next = i;
    const SessionRecord record = make_record(i, now);
    check(cache->sessions().find(std::span(&record.id, 1), {}).has_value(), "find");
    table.put(token_text(i), to_unix_millis(record.idle_expires_at));
  }
  const std::vector<std::string> tokens = sample_tokens(which.rows);
  check(cache->stats().entries == which.rows, "the cache is not filled");
  const auto limit = [&](std::uint64_t i) {
    for (std::uint64_t k = 0; k < 256; ++k) {
      const std::int64_t expires_at = table.find(tokens[(i + k) % kSample]);
      check(expires_at > 0, "limit");
      keep(expires_at);
    }
    return std::uint64_t{256};
  };
  const std::uint64_t misses = cache->stats().misses;
  Entry entry = compare(which.name, options, validate_batch(*sessions, tokens, false), limit);
  check(cache->stats().misses == misses, "not every validation was a cache hit");
  entry.budget = which.budget;
  return entry;
}

Named cached_benchmark(const CachedCase& which) {
  return {which.name, "Sessions::validate, near cache hit; limit: SHA-256 + look-up",
          [which](const Options& options) { return validate_cached(options, which); }};
}

// The same rows in the smallest tables a session look-up can have.
std::string bare_database(const Options& options) {
  const std::string path = options.directory + "/bare_" + std::to_string(kRows) + ".db";
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return path;
  progress("making the limit's tables");
  const std::string partial = path + ".partial";
  unlink(partial.c_str());
  {
    RawDatabase db(partial);
    db.run(
        "PRAGMA journal_mode=off; PRAGMA synchronous=off;"
        "CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL);"
        "CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,"
        " user_id TEXT NOT NULL REFERENCES user(id)); BEGIN");
    RawStatement user(db, "INSERT INTO user VALUES(?,?)");
    for (std::uint64_t i = 0; i < kUsers; ++i) {
      const UserId id = user_of(i);
      const std::string name = "user" + std::to_string(i) + "@example.com";
      user.text(1, id.text().data(), id.text().size());
      user.text(2, name.data(), name.size());
      user.step();
      user.reset();
    }
    RawStatement session(db, "INSERT INTO session VALUES(?,?,?)");
    for (std::uint64_t i = 0; i < kRows; ++i) {
      const std::string token = token_text(i);
      const UserId id = user_of(mix(i) % kUsers);
      session.text(1, token.data() + 4, SessionId::kLength);
      session.number(2, 1'900'000'000);
      session.text(3, id.text().data(), id.text().size());
      session.step();
      session.reset();
    }
    db.run("COMMIT; PRAGMA journal_mode=wal");
  }
  check(rename(partial.c_str(), path.c_str()) == 0, "rename");
  return path;
}

Entry validate_sqlite(const Options& options) {
  const auto store = open_database(filled_database(options, kRows));
  const auto sessions = open_sessions(*store);
  const std::vector<std::string> tokens = sample_tokens(kRows);
  RawDatabase bare(bare_database(options));
  bare.run("PRAGMA journal_mode=wal; PRAGMA cache_size=-16384");  // as much as a connection of ours
  RawStatement join(bare,
                    "SELECT s.expires_at, s.user_id, u.username FROM session s "
                    "JOIN user u ON u.id=s.user_id WHERE s.id=?");
  const auto limit = [&](std::uint64_t i) {
    for (std::uint64_t k = 0; k < 256; ++k) {
      join.text(1, tokens[(i + k) % kSample].data() + 4, SessionId::kLength);
      check(join.step(), "limit");
      keep(sqlite3_column_int64(join.get(), 0));
      keep(sqlite3_column_text(join.get(), 1));
      keep(sqlite3_column_text(join.get(), 2));
      join.reset();
    }
    return std::uint64_t{256};
  };
  Entry entry =
      compare("validate_sqlite_1e6", options, validate_batch(*sessions, tokens, true), limit);
  entry.budget = 1.3;
  return entry;
}

}  // namespace

std::vector<Named> validate_benchmarks() {
  return {cached_benchmark({"validate_cached_1e4", 10'000, 3.0}),
          cached_benchmark({"validate_cached_1e6", kRows, 2.5}),
          {"validate_sqlite_1e6", "Sessions::validate on SQLite; limit: bare prepared JOIN",
           validate_sqlite}};
}

}  // namespace latchkey::bench
