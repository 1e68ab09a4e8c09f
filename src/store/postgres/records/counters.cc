#include "store/postgres/records/counters.h"

#include <limits>

#include "store/counter_rules.h"
#include "store/damaged_row.h"

namespace latchkey::postgres {
namespace {

std::string_view key_text(const std::string& key) { return key; }

}  // namespace

Result<CounterOutcome> PostgresCounters::take(std::span<const CounterTry> tries, UnixTime now) {
  if (Result<void> fine = check_tries(tries); !fine) return fine.error();
  if (tries.empty()) return CounterOutcome{.taken = true};
  const auto millis = [&](Millis CounterRule::*field) {
    return [field](const CounterTry& one) { return std::int64_t{(one.rule.*field).count()}; };
  };
  Params params = client_.params();
  params.add_texts(tries, [](const CounterTry& one) { return std::string_view(one.key); })
      .add_numbers(tries, [](const CounterTry& one) { return std::int64_t{one.rule.free}; })
      .add_numbers(tries, millis(&CounterRule::first_delay))
      .add_numbers(tries, millis(&CounterRule::longest_delay))
      .add_numbers(tries, [](const CounterTry& one) { return std::int64_t{one.rule.most}; })
      .add_numbers(tries, millis(&CounterRule::window))
      .add_numbers(tries, [](const CounterTry& one) { return std::int64_t{one.rule.moving}; })
      .add(now);
  Result<Rows> rows = client_.write(Sql::take_tries, params);
  if (!rows) return rows.error();
  if (rows->size() != static_cast<int>(tries.size())) return damaged_row("latchkey_counters");
  CounterOutcome outcome{.taken = rows->integer(0, 0) != 0};
  for (int row = 0; row < rows->size(); ++row) {
    const std::int64_t count = rows->integer(row, 1);
    if (count < 0 || count > std::numeric_limits<std::uint32_t>::max()) {
      return damaged_row("latchkey_counters");
    }
    outcome.states.push_back({static_cast<std::uint32_t>(count), rows->time(row, 2)});
  }
  return outcome;
}

Result<void> PostgresCounters::settle(std::span<const std::string> cleared,
                                      std::span<const std::string> returned) {
  if (Result<void> fine = check_settled(cleared, returned); !fine) return fine;
  if (cleared.empty() && returned.empty()) return {};
  Params params = client_.params();
  params.add_texts(cleared, key_text).add_texts(returned, key_text);
  Result<Rows> rows = client_.write(Sql::settle_tries, params);
  if (!rows) return rows.error();
  return {};
}

Result<std::size_t> PostgresCounters::prune_counters(UnixTime now, std::size_t limit) {
  Params params = client_.params();
  params.add(now).add(static_cast<std::int64_t>(limit));
  Result<Rows> rows = client_.write(Sql::prune_counters, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

}  // namespace latchkey::postgres
