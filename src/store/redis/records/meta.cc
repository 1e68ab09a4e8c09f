#include "store/redis/records/meta.h"

#include <algorithm>
#include <charconv>

#include "store/instance.h"

namespace latchkey::redis {
namespace {

constexpr std::int64_t kSchemaVersion = 1;

// Whoever comes first makes the store; the others find it.
constexpr std::string_view kMakeMeta =
    "if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end";

constexpr std::string_view kMakeMarkers =
    "#!lua flags=allow-cross-slot-keys\n"
    "for i = 2, #ARGV do redis.call('SET', ARGV[i], ARGV[1], 'NX') end";

Error nothing_there() {
  return Error{Errc::store_mismatch,
               "Redis holds no store under this prefix: it was emptied, or it is another one"};
}

}  // namespace

// meta = {instance, slot_key in hexadecimal, schema_version, ready: 1 once every marker was made}
Result<StoreMeta> RedisMeta::read() {
  const Place place = engine_.keys().of_meta();
  const Call call{.slot = place.slot,
                  .args = {"HMGET", place.base, "instance", "slot_key", "schema_version", "ready"},
                  .repeatable = true};
  auto replies = engine_.client().run({&call, 1}, engine_.write_timeout());
  if (!replies) return replies.error();
  const std::vector<Reply>& fields = replies->front().elements;
  StoreMeta meta;
  if (fields.size() != 4 || !fields[0].is_text()) return meta;
  meta.instance = fields[0].text;
  const std::string& version = fields[2].text;
  std::from_chars(version.data(), version.data() + version.size(), meta.schema_version);
  if (!from_hex(fields[1].text, meta.slot_key) || meta.schema_version < 1) return damaged();
  ready_ = fields[3].text == "1";
  if (meta.schema_version > kSchemaVersion) {
    return Error{Errc::store_mismatch, "the store in Redis was made by a newer version"};
  }
  return meta;
}

Result<StoreMeta> RedisMeta::make(const std::optional<StoreMeta>& adopt) {
  const Result<DrawnInstance> drawn = draw_instance(adopt);
  if (!drawn) return drawn.error();
  const Place place = engine_.keys().of_meta();
  const Call call{.slot = place.slot,
                  .args = {"EVAL", std::string{kMakeMeta}, "1", place.base, "instance",
                           drawn->instance, "slot_key", drawn->slot_key, "schema_version",
                           std::to_string(kSchemaVersion), "ready", "0"}};
  auto made = engine_.client().run({&call, 1}, engine_.write_timeout());
  if (!made) return made.error();
  return read();
}

// One script for each node, so that making 16384 markers is quick.
Result<void> RedisMeta::make_markers() {
  std::vector<Call> calls;
  for (const std::vector<std::uint16_t>& slots : engine_.client().slots_by_primary()) {
    Call& call = calls.emplace_back(Call{.slot = slots.front(), .repeatable = true});
    call.args = {"EVAL", std::string{kMakeMarkers}, "0", engine_.instance()};
    for (const std::uint16_t slot : slots) call.args.push_back(engine_.keys().marker(slot));
  }
  auto made = engine_.client().run(calls, engine_.write_timeout());
  if (!made) return made.error();
  const Place place = engine_.keys().of_meta();
  const Call done{
      .slot = place.slot, .args = {"HSET", place.base, "ready", "1"}, .repeatable = true};
  auto set = engine_.client().run({&done, 1}, engine_.write_timeout());
  if (!set) return set.error();
  return {};
}

Result<StoreMeta> RedisMeta::open(const RedisOptions& options) {
  Result<StoreMeta> meta = read();
  if (!meta) return meta;
  if (meta->instance.empty()) {
    if (!options.create || !options.expected_instance.empty()) return nothing_there();
    meta = make(options.adopt);
    if (!meta) return meta;
  }
  if (!options.expected_instance.empty() && options.expected_instance != meta->instance) {
    return Error{Errc::store_mismatch, "Redis holds another store under this prefix"};
  }
  engine_.adopt(*meta);
  if (!ready_) {
    if (Result<void> made = make_markers(); !made) return made.error();
  }
  if (Result<void> fine = check(); !fine) return fine.error();
  return meta;
}

Result<StoreMeta> RedisMeta::meta() {
  Result<StoreMeta> meta = read();
  if (meta && meta->instance != engine_.instance()) return engine_.lost();
  return meta;
}

Result<void> RedisMeta::check() {
  std::vector<Call> calls;
  for (const std::uint16_t slot : engine_.client().primaries()) {
    calls.push_back(
        {.slot = slot, .args = {"GET", engine_.keys().marker(slot)}, .repeatable = true});
  }
  auto markers = engine_.client().run(calls, engine_.read_timeout());
  if (!markers) return markers.error();
  const bool all = std::all_of(markers->begin(), markers->end(), [&](const Reply& marker) {
    return marker.text == engine_.instance();
  });
  return all ? Result<void>{} : engine_.lost();
}

}  // namespace latchkey::redis
