#include "cli/store_copy.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <span>
#include <thread>
#include <utility>

namespace latchkey::cli {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::string_view kEventsFrom = "events:";  // a position

// Epochs come before sessions: raising one ends the sessions a user has in the target.
constexpr std::array<std::pair<std::string_view, ScanKind>, 4> kKinds{
    {{"users", ScanKind::users},
     {"epochs", ScanKind::epochs},
     {"denials", ScanKind::denials},
     {"sessions", ScanKind::sessions}}};

// The version counts the changes in one store; times of use move with every visit.
bool same_session(SessionRecord a, const SessionRecord& b) {
  a.version = b.version;
  a.last_seen_at = b.last_seen_at;
  a.idle_expires_at = b.idle_expires_at;
  return a == b;
}

bool same_user(const StoredUser& a, const StoredUser& b) {
  return a.user == b.user && a.username_key == b.username_key && a.password_hash == b.password_hash;
}

// in_parallel calls body for each number below `count`, on several threads, so that a store can
// commit many changes at once.
template <class Body>
Result<void> in_parallel(std::size_t count, CopyCounts& counts, Body body) {
  constexpr std::size_t kThreads = 16;
  std::array<CopyCounts, kThreads> own;
  std::array<std::optional<Error>, kThreads> failed;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < std::min(kThreads, count); ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = next++; i < count && !failed[t]; i = next++) {
        if (Result<void> done = body(i, own[t]); !done) failed[t] = done.error();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < kThreads; ++t) {
    if (failed[t]) return *failed[t];
    counts.written += own[t].written;
  }
  return {};
}

// find_all looks up any number of ids.
Result<std::vector<Found>> find_all(Store& store, const std::vector<SessionRecord>& records) {
  std::vector<SessionId> ids;
  for (const SessionRecord& record : records) ids.push_back(record.id);
  std::vector<Found> all;
  for (std::size_t at = 0; at < ids.size(); at += kMaxFind) {
    const auto part = std::span(ids).subspan(at, std::min(kMaxFind, ids.size() - at));
    Result<std::vector<Found>> found = store.sessions().find(part, {.fresh = true});
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

// A position is KIND:AFTER, as in "sessions:4711".
template <class Visit>
Result<void> StoreCopy::each_page(ScanStore& scan, const std::string& position, CopyCounts& counts,
                                  Visit visit) {
  const std::size_t colon = std::min(position.find(':'), position.size());
  const std::string_view begin = std::string_view(position).substr(0, colon);
  const std::string behind = colon < position.size() ? position.substr(colon + 1) : std::string{};
  bool begun = position.empty();
  const UnixTime now = system_clock().now();
  for (const auto& [name, kind] : kKinds) {
    begun = begun || name == begin;
    // Epochs and denials are few, and come before any session is written.
    const bool always = kind == ScanKind::epochs || kind == ScanKind::denials;
    if (!begun && !always) continue;
    std::string after = name == begin ? behind : std::string{};
    do {
      Result<ScanPage> page = scan.scan(kind, after, kPage);
      if (!page) return page.error();
      // What is past its deadline is of no use to anybody, and may be gone at once over there.
      std::erase_if(page->sessions, [now](const SessionRecord& record) {
        return std::min(record.idle_expires_at, record.absolute_expires_at) <= now;
      });
      if (Result<void> done = visit(*page); !done) return done;
      after = page->next;
      counts.users += page->users.size();
      counts.sessions += page->sessions.size();
      counts.others += page->epochs.size() + page->denials.size();
      told_(std::string(name) + ':' + after, counts);
    } while (!after.empty());
  }
  if (begun) return {};
  return Error{Errc::bad_config, "not a position of a copy: " + position};
}

Result<CopyCounts> StoreCopy::copy(const std::string& position) {
  CopyCounts counts;
  const bool only_events = position.starts_with(kEventsFrom);
  Result<void> done;
  if (!only_events) {
    done = each_page(source_, position, counts,
                     [&](const ScanPage& page) { return write(page, counts); });
  }
  if (done) done = copy_events(only_events ? position.substr(kEventsFrom.size()) : "", counts);
  if (!done) return done.error();
  return counts;
}

// What is there already is left as it is.
Result<void> StoreCopy::copy_events(std::string after, CopyCounts& counts) {
  do {
    Result<EventPage> page = from_.events().list_events(
        {.oldest_first = true, .after = std::move(after), .limit = kMaxEvents});
    if (!page) return page.error();
    if (Result<void> done = to_.events().append_events(page->events); !done) return done;
    counts.others += page->events.size();
    after = std::move(page->next);
    told_(std::string(kEventsFrom) + after, counts);
  } while (!after.empty());
  return {};
}

Result<void> StoreCopy::write(const ScanPage& page, CopyCounts& counts) {
  for (const StoredUser& user : page.users) {
    if (Result<void> done = write_user(user, counts); !done) return done;
  }
  for (const UserEpoch& epoch : page.epochs) {
    if (Result<void> done = write_epoch(epoch, counts); !done) return done;
  }
  Result<std::size_t> denied = to_.denials().deny(page.denials);
  if (!denied) return denied.error();
  counts.written += *denied;
  // What is there already, most of it in a second pass, costs one read for 64 sessions.
  Result<std::vector<Found>> there = find_all(to_, page.sessions);
  if (!there) return there.error();
  return in_parallel(page.sessions.size(), counts, [&](std::size_t i, CopyCounts& own) {
    const SessionRecord& record = page.sessions[i];
    const Found& found = (*there)[i];
    if (found.tombstone) return Result<void>();  // it was ended there
    if (!found.record) return write_session(record, own);
    if (*found.record == record) return Result<void>();
    return change_session(record, *found.record, own);
  });
}

Result<void> StoreCopy::write_user(const StoredUser& user, CopyCounts& counts) {
  Result<std::optional<StoredUser>> there = to_.users().find_user(user.user.id);
  if (!there) return there.error();
  if (!*there) {
    Result<bool> added = to_.users().add_user(user);
    if (!added) return added.error();
    counts.written += *added ? 1 : 0;
    return {};
  }
  if (same_user(user, **there)) return {};
  Result<bool> hash =
      to_.users().upgrade_hash(user.user.id, (*there)->password_hash, user.password_hash);
  if (!hash) return hash.error();
  Result<bool> attributes =
      to_.users().set_attributes(user.user.id, (*there)->user.attributes, user.user.attributes);
  if (!attributes) return attributes.error();
  Result<bool> disabled = to_.users().set_disabled(user.user.id, user.user.disabled);
  if (!disabled) return disabled.error();
  ++counts.written;
  return {};
}

// An epoch only grows. Growing ends the user's sessions in the target, as it did in the source; of
// those that are left there, the one that ended the others is spared.
Result<void> StoreCopy::write_epoch(const UserEpoch& epoch, CopyCounts& counts) {
  Result<std::int64_t> there = to_.epochs().user_epoch(epoch.user);
  if (!there) return there.error();
  if (*there >= epoch.epoch) return {};
  const UnixTime now = system_clock().now();
  Result<SessionPage> left = from_.sessions().list_user(epoch.user, {.now = now, .limit = 1000});
  if (!left) return left.error();
  RemoveUserOptions options{.now = now, .bump_epoch = true};
  Result<std::vector<Found>> held = find_all(to_, left->records);
  if (!held) return held.error();
  for (const Found& found : *held) {
    if (found.record) options.except = found.record->id;
  }
  while (*there < epoch.epoch) {
    Result<Removed> removed = to_.sessions().remove_user(epoch.user, options);
    if (!removed) return removed.error();
    there = removed->user_epoch;
    counts.ended += removed->ids.size();
  }
  ++counts.written;
  return {};
}

Result<void> StoreCopy::write_session(const SessionRecord& record, CopyCounts& counts) {
  Result<InsertOutcome> inserted = to_.sessions().insert(record, {.now = system_clock().now()});
  if (!inserted) return inserted.error();
  counts.written += inserted->status == InsertStatus::inserted ? 1 : 0;
  return {};
}

Result<void> StoreCopy::change_session(const SessionRecord& record, const SessionRecord& there,
                                       CopyCounts& counts) {
  if (same_session(record, there)) {
    const Touch touch{record.id, record.last_seen_at, record.idle_expires_at};
    Result<std::size_t> moved = to_.sessions().touch({&touch, 1});
    if (!moved) return moved.error();
    counts.written += *moved;
    return {};
  }
  Result<ReplaceStatus> replaced =
      to_.sessions().replace(record, there.version, there.last_seen_at);
  if (!replaced) return replaced.error();
  counts.written += *replaced == ReplaceStatus::replaced ? 1 : 0;
  return {};
}

Result<CopyCounts> StoreCopy::end_missing() {
  CopyCounts counts;
  const UnixTime now = system_clock().now();
  const auto end = [&](const ScanPage& page) -> Result<void> {
    Result<std::vector<Found>> found = find_all(from_, page.sessions);
    if (!found) return found.error();
    for (std::size_t i = 0; i < page.sessions.size(); ++i) {
      const Found& source = (*found)[i];
      if (source.record) continue;
      const EndReason reason = source.tombstone ? source.tombstone->reason : EndReason::revoked;
      const UnixTime at = source.tombstone ? source.tombstone->ended_at : now;
      Result<std::size_t> removed = to_.sessions().remove({&page.sessions[i].id, 1}, reason, at);
      if (!removed) return removed.error();
      counts.ended += *removed;
    }
    return {};
  };
  if (Result<void> done = each_page(target_, "sessions:", counts, end); !done) return done.error();
  return counts;
}

Result<CopyCounts> StoreCopy::check() {
  CopyCounts counts;
  Result<void> done =
      each_page(source_, "", counts, [&](const ScanPage& page) { return compare(page, counts); });
  if (!done) return done.error();
  return counts;
}

Result<void> StoreCopy::compare(const ScanPage& page, CopyCounts& counts) {
  for (const StoredUser& user : page.users) {
    Result<std::optional<StoredUser>> there = to_.users().find_user(user.user.id);
    if (!there) return there.error();
    counts.differ += *there && same_user(user, **there) ? 0 : 1;
  }
  for (const UserEpoch& epoch : page.epochs) {
    Result<std::int64_t> there = to_.epochs().user_epoch(epoch.user);
    if (!there) return there.error();
    counts.differ += *there == epoch.epoch ? 0 : 1;
  }
  for (const Denial& denial : page.denials) {
    Result<Standing> there = to_.denials().standing(denial.key, UserId{});
    if (!there) return there.error();
    counts.differ += there->denied ? 0 : 1;
  }
  Result<std::vector<Found>> there = find_all(to_, page.sessions);
  if (!there) return there.error();
  for (std::size_t i = 0; i < page.sessions.size(); ++i) {
    const auto& record = (*there)[i].record;
    counts.differ += record && same_session(page.sessions[i], *record) ? 0 : 1;
  }
  return {};
}

Result<void> StoreCopy::copy_keys() {
  Result<StoredKeys> keys = from_.keys().keys();
  if (!keys) return keys.error();
  if (keys->version == 0) return {};
  Result<bool> put = to_.keys().put_keys(keys->keys, 0);
  if (!put) return put.error();
  return {};
}

}  // namespace latchkey::cli
