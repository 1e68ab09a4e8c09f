#include "store/redis/records/sessions.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "store/page_cursor.h"
#include "store/redis/scan.h"
#include "store/rules.h"

namespace latchkey::redis {
namespace {

constexpr std::size_t kMaxPage = 1000;
constexpr std::size_t kUserFields = 4;

Error invalid(const char* what) { return Error{Errc::invalid_argument, what}; }

// by_place groups what one script may do in one step: everything without a cluster, and one session
// at a time with one. Calls body(place, indexes).
template <class Item, class IdOf>
std::vector<std::pair<Place, std::vector<std::size_t>>> by_place(const Keys& keys,
                                                                 std::span<const Item> items,
                                                                 IdOf id_of) {
  std::vector<std::pair<Place, std::vector<std::size_t>>> groups;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Place place = keys.of_session(id_of(items[i]));
    const auto [found, is_new] = known.emplace(place.base, groups.size());
    if (is_new) groups.push_back({std::move(place), {}});
    groups[found->second].second.push_back(i);
  }
  return groups;
}

const SessionId& same(const SessionId& id) noexcept { return id; }

Result<void> fill(const SessionId& id, const Reply& reply, Found& found) {
  if (reply.kind == Reply::Kind::null) return {};
  Value value = unpack(id, reply.text);
  if (auto* record = std::get_if<SessionRecord>(&value)) {
    found.record = std::move(*record);
  } else if (auto* tombstone = std::get_if<Tombstone>(&value)) {
    found.tombstone = *tombstone;
  } else {
    return damaged();
  }
  return {};
}

Result<InsertOutcome> read_inserted(const Reply& reply) {
  if (reply.elements.empty()) return damaged();
  auto evicted = read_ids(reply, 1);
  if (!evicted) return evicted.error();
  return InsertOutcome{static_cast<InsertStatus>(reply.elements[0].integer), *std::move(evicted)};
}

}  // namespace

Result<std::optional<User>> read_user(const UserId& id, const Reply& fields) {
  if (!fields.is_array() || fields.elements.size() < kUserFields || !fields.elements[0].is_text()) {
    return std::optional<User>{};
  }
  User user{.id = id,
            .username = fields.elements[0].text,
            .attributes = fields.elements[1].text,
            .disabled = fields.elements[2].text != "0"};
  const std::string& created = fields.elements[3].text;
  std::int64_t millis = 0;
  std::from_chars(created.data(), created.data() + created.size(), millis);
  user.created_at = from_unix_millis(millis);
  return std::optional<User>{std::move(user)};
}

Result<std::vector<SessionId>> read_ids(const Reply& reply, std::size_t first) {
  std::vector<SessionId> ids;
  for (std::size_t i = first; i < reply.elements.size(); ++i) {
    const auto id = SessionId::parse(reply.elements[i].text);
    if (!id) return damaged();
    ids.push_back(*id);
  }
  return ids;
}

Result<Call> RedisSessions::insert_call(const Insertion& one) const {
  const SessionRecord& record = one.record;
  if (Result<void> fine = check_record(record); !fine) return fine.error();
  if (!engine_.keys().belongs(record.id, record.user_id)) {
    return invalid("insert: a cluster keeps only sessions whose id has the slot tag of their user");
  }
  const std::uint32_t most = record.user_id.empty() ? 0 : one.options.max_per_user;
  return engine_.script(kInsert, engine_.keys().of_session(record.id),
                        {std::string{record.id.text()}, pack(record, record.version),
                         record.user_id.text(), millis_text(one.options.now), std::to_string(most),
                         one.options.user_epoch ? std::to_string(*one.options.user_epoch) : ""});
}

Result<InsertOutcome> RedisSessions::insert(const SessionRecord& record,
                                            const InsertOptions& options) {
  const Insertion one{record, options};
  return std::move(insert_all({&one, 1}).front());
}

// One pipeline for each node.
std::vector<Result<InsertOutcome>> RedisSessions::insert_all(
    std::span<const Insertion> insertions) {
  std::vector<Result<InsertOutcome>> outcomes;
  std::vector<Call> calls;
  std::vector<std::size_t> places;
  for (const Insertion& one : insertions) {
    Result<Call> call = insert_call(one);
    outcomes.emplace_back(call ? Result<InsertOutcome>(InsertOutcome{}) : call.error());
    if (!call) continue;
    places.push_back(outcomes.size() - 1);
    calls.push_back(*std::move(call));
  }
  const auto replies = engine_.client().run_each(calls, engine_.write_timeout());
  for (std::size_t i = 0; i < places.size(); ++i) {
    outcomes[places[i]] = replies[i] ? read_inserted(*replies[i]) : replies[i].error();
  }
  return outcomes;
}

Result<std::vector<Found>> RedisSessions::find(std::span<const SessionId> ids,
                                               const FindOptions& options) {
  if (ids.size() > kMaxFind) return invalid("find: more than 64 ids");
  if (ids.empty()) return std::vector<Found>{};
  if (options.wait == Wait::never) return would_wait();
  auto found = options.with_user ? find_with_user(ids) : find_plain(ids);
  const bool moving = !found && found.error().code == Errc::store_busy && engine_.keys().cluster();
  return moving ? find_one_by_one(ids, options.with_user) : std::move(found);
}

Result<std::vector<Found>> RedisSessions::find_one_by_one(std::span<const SessionId> ids,
                                                          bool with_user) {
  std::vector<Call> calls;
  for (const SessionId& id : ids) {
    const Place place = engine_.keys().of_session(id);
    for (const std::string& key : {place.marker, engine_.keys().session_key(id)}) {
      calls.push_back({.slot = place.slot,
                       .args = {"GET", key},
                       .tracked = changes_.wanted(),
                       .repeatable = true});
    }
  }
  auto values = engine_.client().run(calls, engine_.read_timeout());
  if (!values) return values.error();
  std::vector<Found> answers(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if ((*values)[2 * i].text != engine_.instance()) return engine_.lost();
    Result<void> fine = fill(ids[i], (*values)[2 * i + 1], answers[i]);
    if (!fine) return fine.error();
  }
  if (with_user) {
    if (Result<void> added = add_users(answers); !added) return added.error();
  }
  return answers;
}

Result<void> RedisSessions::add_users(std::vector<Found>& answers) {
  std::vector<Call> calls;
  std::vector<Found*> owners;
  for (Found& found : answers) {
    if (!found.record || found.record->user_id.empty()) continue;
    const Place place = engine_.keys().of_user(found.record->user_id);
    calls.push_back({.slot = place.slot,
                     .args = {"HMGET", place.base + "u:" + found.record->user_id.text(), "username",
                              "attributes", "disabled", "created_at"},
                     .tracked = changes_.wanted(),
                     .repeatable = true});
    owners.push_back(&found);
  }
  auto fields = engine_.client().run(calls, engine_.read_timeout());
  if (!fields) return fields.error();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    auto user = read_user(owners[i]->record->user_id, (*fields)[i]);
    if (!user) return user.error();
    owners[i]->user = std::move(*user);
  }
  return {};
}

// One MGET for each slot: the marker and the records.
Result<std::vector<Found>> RedisSessions::find_plain(std::span<const SessionId> ids) {
  const auto groups = by_place(engine_.keys(), ids, same);
  std::vector<Call> calls;
  for (const auto& [place, members] : groups) {
    Call call{.slot = place.slot,
              .args = {"MGET", place.marker},
              .tracked = changes_.wanted(),
              .impatient = true,
              .repeatable = true};
    for (const std::size_t i : members) {
      call.args.push_back(place.base + "s:" + std::string{ids[i].text()});
    }
    calls.push_back(std::move(call));
  }
  auto replies = engine_.client().run(calls, engine_.read_timeout());
  if (!replies) return replies.error();
  std::vector<Found> answers(ids.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::vector<Reply>& values = (*replies)[g].elements;
    const std::vector<std::size_t>& members = groups[g].second;
    if (values.size() != members.size() + 1) return damaged();
    if (values[0].text != engine_.instance()) return engine_.lost();
    for (std::size_t i = 0; i < members.size(); ++i) {
      Result<void> fine = fill(ids[members[i]], values[i + 1], answers[members[i]]);
      if (!fine) return fine.error();
    }
  }
  return answers;
}

Result<std::vector<Found>> RedisSessions::find_with_user(std::span<const SessionId> ids) {
  const auto groups = by_place(engine_.keys(), ids, same);
  std::vector<Call> calls;
  for (const auto& [place, members] : groups) {
    Call call = engine_.repeatable(kFind, place, {});
    for (const std::size_t i : members) {
      call.keys.push_back(place.base + "s:" + std::string{ids[i].text()});
    }
    call.tracked = changes_.wanted();
    call.impatient = true;
    calls.push_back(std::move(call));
  }
  auto replies = engine_.client().run(calls, engine_.read_timeout());
  if (!replies) return replies.error();
  std::vector<Found> answers(ids.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::vector<Reply>& values = (*replies)[g].elements;
    const std::vector<std::size_t>& members = groups[g].second;
    if (values.size() != 2 * members.size()) return damaged();
    for (std::size_t i = 0; i < members.size(); ++i) {
      Found& found = answers[members[i]];
      if (Result<void> fine = fill(ids[members[i]], values[2 * i], found); !fine) {
        return fine.error();
      }
      if (!found.record) continue;
      auto user = read_user(found.record->user_id, values[2 * i + 1]);
      if (!user) return user.error();
      found.user = std::move(*user);
    }
  }
  return answers;
}

Result<std::size_t> RedisSessions::touch(std::span<const Touch> touches) {
  constexpr std::size_t kAtOnce = 500;  // one script should not hold up others for long
  std::size_t moved = 0;
  while (!touches.empty()) {
    const auto some = touches.first(std::min(touches.size(), kAtOnce));
    touches = touches.subspan(some.size());
    std::vector<Call> calls;
    for (const auto& [place, members] :
         by_place(engine_.keys(), some, [](const Touch& touch) { return touch.id; })) {
      std::vector<std::string> args;
      for (const std::size_t i : members) {
        args.emplace_back(some[i].id.text());
        args.push_back(millis_text(some[i].last_seen_at));
        args.push_back(millis_text(some[i].idle_expires_at));
      }
      calls.push_back(engine_.script(kTouch, place, std::move(args)));
    }
    Result<std::size_t> more = sum(engine_, calls);
    if (!more) return more;
    moved += *more;
  }
  return moved;
}

Result<ReplaceStatus> RedisSessions::replace(const SessionRecord& record,
                                             std::int64_t expected_version, UnixTime now) {
  if (Result<void> fine = check_record(record); !fine) return fine.error();
  auto reply = engine_.write(kReplace, engine_.keys().of_session(record.id),
                             {std::string{record.id.text()}, pack(record, expected_version + 1),
                              std::to_string(expected_version), millis_text(now)});
  if (!reply) return reply.error();
  switch (reply->integer) {
    case 0:
      return ReplaceStatus::replaced;
    case 1:
      return ReplaceStatus::conflict;
    case 2:
      return ReplaceStatus::gone;
    default:
      return invalid("replace: user_id and created_at must not change");
  }
}

Result<std::size_t> RedisSessions::remove(std::span<const SessionId> ids, EndReason reason,
                                          UnixTime now) {
  std::vector<Call> calls;
  for (const auto& [place, members] : by_place(engine_.keys(), ids, same)) {
    std::vector<std::string> args{std::to_string(static_cast<int>(reason)), millis_text(now)};
    for (const std::size_t i : members) args.emplace_back(ids[i].text());
    calls.push_back(engine_.script(kRemove, place, std::move(args)));
  }
  return sum(engine_, calls);
}

Result<Removed> RedisSessions::remove_user(const UserId& user, const RemoveUserOptions& options) {
  if (user.empty()) return invalid("remove_user: a guest is not a user");
  auto reply =
      engine_.write(kRemoveUser, engine_.keys().of_user(user),
                    {user.text(), options.except ? std::string{options.except->text()} : "",
                     std::to_string(static_cast<int>(options.reason)), millis_text(options.now),
                     options.bump_epoch ? "1" : "0"});
  if (!reply) return reply.error();
  if (reply->elements.empty()) return damaged();
  auto ids = read_ids(*reply, 1);
  if (!ids) return ids.error();
  return Removed{std::move(*ids), reply->elements[0].integer};
}

Result<SessionPage> RedisSessions::list_user(const UserId& user, const PageRequest& page) {
  if (page.limit == 0 || page.limit > kMaxPage) return invalid("list_user: limit is 1 to 1000");
  std::vector<std::string> args{user.text(), millis_text(page.now), std::to_string(page.limit + 1)};
  if (!page.after.empty()) {
    const auto after = parse_cursor(page.after);
    if (!after) return invalid("list_user: not a cursor of this store");
    args.push_back(millis_text(after->first));
    args.emplace_back(after->second.text());
  }
  auto reply = engine_.read(kList, engine_.keys().of_user(user), std::move(args));
  if (!reply) return reply.error();
  SessionPage result;
  for (std::size_t i = 0; i + 1 < reply->elements.size(); i += 2) {
    if (result.records.size() == page.limit) {
      const SessionRecord& last = result.records.back();
      result.next = format_cursor({last.created_at, last.id});
      break;
    }
    const auto id = SessionId::parse(reply->elements[i].text);
    if (!id) return damaged();
    Value value = unpack(*id, reply->elements[i + 1].text);
    auto* record = std::get_if<SessionRecord>(&value);
    if (record == nullptr) return damaged();
    result.records.push_back(std::move(*record));
  }
  return result;
}

Result<std::size_t> RedisSessions::prune(UnixTime now, std::size_t limit) {
  if (limit == 0) return invalid("prune: limit is at least 1");
  const Result<bool> agree = clocks_agree(engine_, add(now, kTombstoneLife));
  if (!agree) return agree.error();
  if (*agree) return std::size_t{0};
  return scan(engine_, engine_.keys().session_pattern(), limit,
              [&](const std::vector<std::string>& keys, std::size_t most) {
                return prune_page(keys, now, most);
              });
}

Result<std::size_t> RedisSessions::prune_page(const std::vector<std::string>& keys, UnixTime now,
                                              std::size_t limit) {
  std::vector<SessionId> ids;
  std::vector<Call> reads;
  for (const std::string& key : keys) {
    const auto id = engine_.keys().session_of(key);
    if (!id) continue;
    ids.push_back(*id);
    reads.push_back(
        {.slot = engine_.keys().of_session(*id).slot, .args = {"GET", key}, .repeatable = true});
  }
  auto values = engine_.client().run(reads, engine_.write_timeout());
  if (!values) return values.error();
  std::vector<Call> calls;
  for (std::size_t i = 0; i < ids.size() && calls.size() < limit; ++i) {
    const Value value = unpack(ids[i], (*values)[i].text);
    const auto* record = std::get_if<SessionRecord>(&value);
    const auto* tombstone = std::get_if<Tombstone>(&value);
    const bool over = (record != nullptr && !is_alive(*record, now)) ||
                      (tombstone != nullptr && now - tombstone->ended_at > kTombstoneLife);
    if (!over) continue;
    calls.push_back(engine_.script(kPrune, engine_.keys().of_session(ids[i]),
                                   {std::string{ids[i].text()}, millis_text(now)}));
  }
  return sum(engine_, calls);
}

std::optional<WatchStatus> RedisSessions::watch_status() const {
  if (!changes_.wanted()) return std::nullopt;
  return engine_.client().watch_status();
}

std::optional<Millis> RedisSessions::watch(Sink sink) {
  const bool ended = !sink;
  changes_.set(std::move(sink));
  // A channel that says nothing is asked, and given up when it does not answer.
  if (ended) return std::nullopt;
  return kLookEvery + kLostAfter;
}

}  // namespace latchkey::redis
