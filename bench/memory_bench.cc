#include <malloc.h>
#include <unistd.h>

#include "bench/fixture.h"
#include "bench/generated_store.h"
#include "bench/raw_sqlite.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"

namespace latchkey::bench {
namespace {

double allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

Entry memory_per_session_cache(const Options&) {
  constexpr std::uint64_t kRows = 1'000'000;
  const auto memory = make_memory_store();
  check(memory.has_value(), "memory store");
  GeneratedStore generated(**memory, system_clock().now());
  const double before = allocated_bytes();
  const auto cache =
      make_near_cache(generated, {.max_entries = kRows, .max_age = std::chrono::hours{24}});
  for (std::uint64_t i = 0; i < kRows; ++i) {
    generated.next = i;
    const SessionId id = SessionToken::parse(token_text(i))->id();
    check(cache->sessions().find(std::span(&id, 1), {}).has_value(), "find");
  }
  const std::size_t entries = cache->stats().entries;
  check(entries > kRows * 9 / 10, "the cache kept too few entries");
  Entry entry;
  entry.name = "memory_per_session_cache";
  entry.value = (allocated_bytes() - before) / static_cast<double>(entries);
  entry.unit = "B";
  entry.budget = 200;
  return entry;
}

Entry memory_per_session_sqlite(const Options& options) {
  constexpr std::uint64_t kRows = 200'000;
  const std::string path = options.directory + "/memory.db";
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
  double pages_before = 0;
  const auto pages = [&] {
    RawDatabase db(path);
    RawStatement count(db,
                       "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    check(count.step(), "page_count");
    return static_cast<double>(sqlite3_column_int64(count.get(), 0));
  };
  {
    const auto store = open_database(path);
    pages_before = pages();
    fill_sessions(*store, kRows);
  }
  Entry entry;
  entry.name = "memory_per_session_sqlite";
  entry.value = (pages() - pages_before) / static_cast<double>(kRows);
  entry.unit = "B";
  entry.budget = 200;
  return entry;
}

}  // namespace

std::vector<Named> memory_benchmarks() {
  return {{"memory_per_session_cache", "near cache with 10^6 sessions without attributes",
           memory_per_session_cache},
          {"memory_per_session_sqlite", "SQLite file with 2*10^5 sessions, all indexes",
           memory_per_session_sqlite}};
}

}  // namespace latchkey::bench
