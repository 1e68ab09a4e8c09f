#include "store/sqlite/records/counters.h"

#include <limits>
#include <vector>

#include "store/counter_rules.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

Result<Counter> find_counter(Connection& connection, const std::string& key) {
  Query query(connection, Sql::find_counter);
  query.bind(std::string_view(key));
  if (!query.next()) {
    if (query.failed()) return query.status().error();
    return Counter{};
  }
  const std::int64_t count = query.integer(0);
  if (count < 0 || count > std::numeric_limits<std::uint32_t>::max()) {
    return damaged_row("latchkey_counters");
  }
  return Counter{static_cast<std::uint32_t>(count), query.time(1), query.time(2)};
}

// look reads every counter. `taken` is whether none of them blocks.
Result<CounterOutcome> look(Connection& connection, std::span<const CounterTry> tries, UnixTime now,
                            std::vector<Counter>& counters) {
  CounterOutcome outcome{.taken = true};
  for (const CounterTry& one : tries) {
    Result<Counter> counter = find_counter(connection, one.key);
    if (!counter) return counter.error();
    if (blocks(*counter, now)) outcome.taken = false;
    outcome.states.push_back(state_at(*counter, now));
    counters.push_back(*counter);
  }
  return outcome;
}

Result<CounterOutcome> take_all(Connection& connection, std::span<const CounterTry> tries,
                                UnixTime now) {
  std::vector<Counter> counters;
  Result<CounterOutcome> outcome = look(connection, tries, now, counters);
  if (!outcome || !outcome->taken) return outcome;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    Counter& counter = counters[i];
    count_try(counter, tries[i].rule, now);
    Query query(connection, Sql::put_counter);
    query.bind(std::string_view(tries[i].key))
        .bind(std::int64_t{counter.count})
        .bind(counter.next_at)
        .bind(counter.expires_at);
    if (Result<void> ran = query.run(); !ran) return ran.error();
    outcome->states[i] = state_at(counter, now);
  }
  return outcome;
}

Result<void> run_for_each(Connection& connection, Sql sql, std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    Query query(connection, sql);
    if (Result<void> ran = query.bind(std::string_view(key)).run(); !ran) return ran;
  }
  return {};
}

}  // namespace

// A flood of refused tries costs reads only: what blocks a try blocks it until its time has come.
Result<CounterOutcome> SqliteCounters::take(std::span<const CounterTry> tries, UnixTime now) {
  if (Result<void> fine = check_tries(tries); !fine) return fine.error();
  {
    Result<ReaderPool::Lease> lease = readers_.acquire();
    if (!lease) return lease.error();
    std::vector<Counter> counters;
    Result<CounterOutcome> seen = look(**lease, tries, now, counters);
    if (!seen || !seen->taken) return seen;
  }
  return writer_.run(Durability::relaxed,
                     [&](Connection& connection) { return take_all(connection, tries, now); });
}

Result<void> SqliteCounters::settle(std::span<const std::string> cleared,
                                    std::span<const std::string> returned) {
  if (Result<void> fine = check_settled(cleared, returned); !fine) return fine;
  if (cleared.empty() && returned.empty()) return {};
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<void> {
    Result<void> done = run_for_each(connection, Sql::clear_counter, cleared);
    return done ? run_for_each(connection, Sql::return_counter, returned) : done;
  });
}

Result<std::size_t> SqliteCounters::prune_counters(UnixTime now, std::size_t limit) {
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    Query query(connection, Sql::prune_counters);
    const Result<void> ran = query.bind(now).bind(static_cast<std::int64_t>(limit)).run();
    if (!ran) return ran.error();
    return static_cast<std::size_t>(connection.changes());
  });
}

}  // namespace latchkey::sqlite
