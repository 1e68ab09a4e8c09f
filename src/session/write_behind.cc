#include "session/write_behind.h"

#include <algorithm>

#include "base/log.h"

namespace latchkey::session {
namespace {

// The first moment of use stays, because the store takes a touch only of a session that was alive
// then: a later one may lie past the deadline that this very touch moves.
void combine(Touch& kept, const Touch& touch) noexcept {
  kept.last_seen_at = std::min(kept.last_seen_at, touch.last_seen_at);
  kept.idle_expires_at = std::max(kept.idle_expires_at, touch.idle_expires_at);
}

}  // namespace

WriteBehind::WriteBehind(SessionStore& store, Millis every, EventLog* events)
    : store_(store), every_(every), events_(events), thread_([this] { run(); }) {}

WriteBehind::~WriteBehind() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WriteBehind::touch(const Touch& touch) {
  MutexLock lock(mutex_);
  merge(touch);
}

void WriteBehind::merge(const Touch& touch) {
  if (touches_.size() >= kMaxQueued && !touches_.contains(touch.id)) return;
  combine(touches_.try_emplace(touch.id, touch).first->second, touch);
}

void WriteBehind::expire(const SessionRecord& session, UnixTime now) {
  bool first = false;
  {
    MutexLock lock(mutex_);
    if (expired_.size() < kMaxQueued) first = expired_.insert(session.id).second;
    expired_at_ = std::max(expired_at_, now);
  }
  if (!first || events_ == nullptr || session.user_id.empty()) return;
  events_->add(
      {.kind = EventKind::session_expired, .user_id = session.user_id, .session_id = session.id});
}

std::optional<Touch> WriteBehind::pending(const SessionId& id) const {
  MutexLock lock(mutex_);
  std::optional<Touch> touch;
  for (const auto* touches : {&being_written_, &touches_}) {
    const auto found = touches->find(id);
    if (found == touches->end()) continue;
    if (!touch) touch = found->second;
    combine(*touch, found->second);
  }
  return touch;
}

Result<void> WriteBehind::flush() {
  MutexLock one_at_a_time(writing_);
  Result<void> touched = write_touches();
  Result<void> ended = write_ends();
  return touched ? ended : touched;
}

// What is being written stays visible to pending() until the store has it.
Result<void> WriteBehind::write_touches() {
  std::vector<Touch> batch;
  {
    MutexLock lock(mutex_);
    being_written_.swap(touches_);
    batch.reserve(being_written_.size());
    for (const auto& [id, touch] : being_written_) batch.push_back(touch);
  }
  if (batch.empty()) return {};
  const auto written = store_.touch(batch);
  MutexLock lock(mutex_);
  being_written_.clear();
  if (written) return {};
  for (const Touch& touch : batch) merge(touch);
  return written.error();
}

Result<void> WriteBehind::write_ends() {
  std::vector<SessionId> ids;
  UnixTime now;
  {
    MutexLock lock(mutex_);
    ids.assign(expired_.begin(), expired_.end());
    expired_.clear();
    now = expired_at_;
  }
  if (ids.empty()) return {};
  const auto removed = store_.remove(ids, EndReason::expired, now);
  if (removed) return {};
  MutexLock lock(mutex_);
  expired_.insert(ids.begin(), ids.end());
  return removed.error();
}

void WriteBehind::run() {
  for (bool stopping = false; !stopping;) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) wake_.wait_for(mutex_, every_);
      stopping = stopping_;
    }
    if (Result<void> flushed = flush(); !flushed) {
      log(LogLevel::warn, "touches_not_written",
          {{"code", error_name(flushed.error().code)}, {"detail", flushed.error().detail}});
    }
  }
}

}  // namespace latchkey::session
