#include "store/memory/table.h"
#include "store/page_cursor.h"
#include "store/rules.h"

namespace latchkey::memory {
namespace {

constexpr std::size_t kMaxPage = 1000;

Error invalid(const char* what) { return Error{Errc::invalid_argument, what}; }

}  // namespace

Result<InsertOutcome> Sessions::insert(const SessionRecord& record, const InsertOptions& options) {
  if (record.id.empty()) return invalid("insert: the record has no id");
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  SessionTable& sessions = data_.sessions;
  if (sessions.find(record.id) != nullptr || sessions.find_tombstone(record.id) != nullptr) {
    return InsertOutcome{InsertStatus::id_taken, {}};
  }
  if (options.user_epoch && *options.user_epoch != data_.users.epoch(record.user_id)) {
    return InsertOutcome{InsertStatus::user_changed, {}};
  }
  InsertOutcome outcome;
  if (options.max_per_user > 0) {  // guests have no index and are never counted
    outcome.evicted = sessions.evict(record.user_id, options.max_per_user - 1, options.now);
  }
  sessions.add(record);
  return outcome;
}

Result<std::vector<Found>> Sessions::find(std::span<const SessionId> ids,
                                          const FindOptions& options) {
  if (ids.size() > kMaxFind) return invalid("find: more than 64 ids");
  std::vector<Found> answers(ids.size());
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  for (std::size_t i = 0; i < ids.size(); ++i) read(ids[i], options.with_user, answers[i]);
  return answers;
}

Result<void> Sessions::find_one(const SessionId& id, const FindOptions& options,
                                const FoundPlaces& out) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  read(id, options.with_user, out);
  return {};
}

void Sessions::read(const SessionId& id, bool with_user, const FoundPlaces& out) {
  if (const SessionRecord* record = data_.sessions.find(id)) {
    out.record = *record;
    if (!with_user || record->user_id.empty()) return;
    if (const StoredUser* user = data_.users.find(record->user_id)) out.user = user->user;
  } else if (const Tombstone* tombstone = data_.sessions.find_tombstone(id)) {
    out.tombstone = *tombstone;
  }
}

Result<std::size_t> Sessions::touch(std::span<const Touch> touches) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  std::size_t moved = 0;
  for (const Touch& touch : touches) {
    const SessionRecord* row = data_.sessions.find(touch.id);
    if (row == nullptr) continue;
    SessionRecord next = *row;
    if (!apply_touch(next, touch)) continue;
    data_.sessions.put(next);
    ++moved;
  }
  return moved;
}

Result<ReplaceStatus> Sessions::replace(const SessionRecord& record, std::int64_t expected_version,
                                        UnixTime now) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  const SessionRecord* row = data_.sessions.find(record.id);
  if (row == nullptr || !is_alive(*row, now)) return ReplaceStatus::gone;
  if (row->version != expected_version) return ReplaceStatus::conflict;
  if (row->user_id != record.user_id || row->created_at != record.created_at) {
    return invalid("replace: user_id and created_at must not change");
  }
  SessionRecord next = record;
  next.version = expected_version + 1;
  keep_later(next, *row);
  data_.sessions.put(next);
  return ReplaceStatus::replaced;
}

Result<std::size_t> Sessions::remove(std::span<const SessionId> ids, EndReason reason,
                                     UnixTime now) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  std::size_t existed = 0;
  for (const SessionId& id : ids) existed += data_.sessions.end(id, reason, now) ? 1 : 0;
  return existed;
}

Result<Removed> Sessions::remove_user(const UserId& user, const RemoveUserOptions& options) {
  if (user.empty()) return invalid("remove_user: a guest is not a user");
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  Removed removed;
  removed.ids = data_.sessions.end_user(user, options.except, options.reason, options.now);
  removed.user_epoch = options.bump_epoch ? data_.users.bump_epoch(user) : data_.users.epoch(user);
  return removed;
}

Result<SessionPage> Sessions::list_user(const UserId& user, const PageRequest& page) {
  if (page.limit == 0 || page.limit > kMaxPage) return invalid("list_user: limit is 1 to 1000");
  std::optional<SessionTable::Newest> after;
  if (!page.after.empty()) {
    after = parse_cursor(page.after);
    if (!after) return invalid("list_user: not a cursor of this store");
  }
  SessionPage result;
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  const SessionTable::UserIndex* index = data_.sessions.of_user(user);
  if (index == nullptr) return result;
  for (auto it = after ? index->upper_bound(*after) : index->begin(); it != index->end(); ++it) {
    const SessionRecord* record = data_.sessions.find(it->second);
    if (!is_alive(*record, page.now)) continue;
    if (result.records.size() == page.limit) {
      const SessionRecord& last = result.records.back();
      result.next = format_cursor({last.created_at, last.id});
      break;
    }
    result.records.push_back(*record);
  }
  return result;
}

Result<std::size_t> Sessions::prune(UnixTime now, std::size_t limit) {
  if (limit == 0) return invalid("prune: limit is at least 1");
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.sessions.prune(now, limit);
}

std::optional<Millis> Sessions::watch(Sink) { return std::nullopt; }

}  // namespace latchkey::memory
