#include "store/redis/records/counters.h"

#include <utility>

#include "store/counter_rules.h"

namespace latchkey::redis {
namespace {

// Batch collects what one script is asked for, a call for each slot.
class Batch {
 public:
  Batch(Engine& engine, const Script& script) : engine_(engine), script_(script) {}

  void add(const Place& place, std::vector<std::string> args, std::size_t number = 0) {
    auto [slot, added] = by_slot_.try_emplace(place.slot);
    Part& part = slot->second;
    if (added) {
      part.call = engine_.script(script_, place, std::move(args));
    } else {
      part.call.args.push_back(place.base);
      part.call.args.insert(part.call.args.end(), args.begin(), args.end());
    }
    part.numbers.push_back(number);
  }
  void end_each_with(const std::string& last) {
    for (auto& [slot, part] : by_slot_) part.call.args.push_back(last);
  }
  // run returns the replies, in the order of numbers().
  Result<std::vector<Reply>> run() {
    std::vector<Call> calls;
    for (auto& [slot, part] : by_slot_) calls.push_back(part.call);
    return engine_.client().run(calls, engine_.write_timeout());
  }
  // numbers returns, for each call, those that were given to add.
  std::vector<std::vector<std::size_t>> numbers() const {
    std::vector<std::vector<std::size_t>> all;
    for (const auto& [slot, part] : by_slot_) all.push_back(part.numbers);
    return all;
  }

 private:
  struct Part {
    Call call{};
    std::vector<std::size_t> numbers{};
  };
  Engine& engine_;
  const Script& script_;
  std::map<std::uint16_t, Part> by_slot_;
};

std::string number_text(Millis time) { return std::to_string(time.count()); }

std::vector<std::string> rule_args(const CounterRule& rule) {
  return {std::to_string(rule.free), number_text(rule.first_delay), number_text(rule.longest_delay),
          std::to_string(rule.most), number_text(rule.window),      rule.moving ? "1" : "0"};
}

// read_states reads {taken, {count, next-at}...} of the counters `numbers`.
Result<bool> read_states(const Reply& reply, const std::vector<std::size_t>& numbers,
                         CounterOutcome& outcome) {
  if (reply.elements.size() != 2 || reply.elements[1].elements.size() != 2 * numbers.size()) {
    return damaged();
  }
  const std::vector<Reply>& flat = reply.elements[1].elements;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    outcome.states[numbers[i]] = {static_cast<std::uint32_t>(flat[2 * i].integer),
                                  from_unix_millis(flat[2 * i + 1].integer)};
  }
  return reply.elements[0].integer == 1;
}

}  // namespace

Result<CounterOutcome> RedisCounters::take(std::span<const CounterTry> tries, UnixTime now) {
  if (Result<void> fine = check_tries(tries); !fine) return fine.error();
  Batch batch(engine_, kTake);
  for (std::size_t i = 0; i < tries.size(); ++i) {
    batch.add(engine_.keys().of_counter(tries[i].key), rule_args(tries[i].rule), i);
  }
  batch.end_each_with(millis_text(now));
  auto replies = batch.run();
  if (!replies) return replies.error();
  CounterOutcome outcome{.taken = true, .states = std::vector<CounterState>(tries.size())};
  std::vector<std::string> counted;
  const auto numbers = batch.numbers();
  for (std::size_t call = 0; call < numbers.size(); ++call) {
    auto taken = read_states((*replies)[call], numbers[call], outcome);
    if (!taken) return taken.error();
    if (!*taken) outcome.taken = false;
    if (!*taken) continue;
    for (const std::size_t number : numbers[call]) counted.push_back(tries[number].key);
  }
  if (outcome.taken || counted.empty()) return outcome;
  if (Result<void> returned = settle({}, counted); !returned) return returned.error();
  return outcome;
}

Result<void> RedisCounters::settle(std::span<const std::string> cleared,
                                   std::span<const std::string> returned) {
  if (Result<void> fine = check_settled(cleared, returned); !fine) return fine;
  Batch batch(engine_, kSettle);
  for (const std::string& key : cleared) batch.add(engine_.keys().of_counter(key), {"0"});
  for (const std::string& key : returned) batch.add(engine_.keys().of_counter(key), {"1"});
  auto replies = batch.run();
  if (!replies) return replies.error();
  return {};
}

Result<std::size_t> RedisCounters::prune_counters(UnixTime /*now*/, std::size_t /*limit*/) {
  return std::size_t{0};
}

}  // namespace latchkey::redis
