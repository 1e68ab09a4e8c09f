#include "session/write_behind.h"

#include <algorithm>

#include "base/log.h"

namespace latchkey::session {

WriteBehind::WriteBehind(SessionStore& store, Millis every)
    : store_(store), every_(every), thread_([this] { run(); }) {}

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
  Touch& kept = touches_.try_emplace(touch.id, touch).first->second;
  kept.last_seen_at = std::max(kept.last_seen_at, touch.last_seen_at);
  kept.idle_expires_at = std::max(kept.idle_expires_at, touch.idle_expires_at);
}

void WriteBehind::expire(const SessionId& id, UnixTime now) {
  MutexLock lock(mutex_);
  if (expired_.size() < kMaxQueued) expired_.insert(id);
  expired_at_ = std::max(expired_at_, now);
}

Result<void> WriteBehind::flush() {
  MutexLock one_at_a_time(writing_);
  std::unordered_map<SessionId, Touch> touches;
  std::unordered_set<SessionId> expired;
  UnixTime expired_at;
  {
    MutexLock lock(mutex_);
    touches.swap(touches_);
    expired.swap(expired_);
    expired_at = expired_at_;
  }
  Result<void> outcome;
  if (!touches.empty()) {
    std::vector<Touch> batch;
    batch.reserve(touches.size());
    for (const auto& [id, touch] : touches) batch.push_back(touch);
    if (auto touched = store_.touch(batch); touched) {
      touches.clear();
    } else {
      outcome = touched.error();
    }
  }
  if (!expired.empty()) {
    const std::vector<SessionId> ids(expired.begin(), expired.end());
    if (auto removed = store_.remove(ids, EndReason::expired, expired_at); removed) {
      expired.clear();
    } else {
      outcome = removed.error();
    }
  }
  if (!outcome) requeue(std::move(touches), std::move(expired));
  return outcome;
}

void WriteBehind::requeue(std::unordered_map<SessionId, Touch> touches,
                          std::unordered_set<SessionId> expired) {
  MutexLock lock(mutex_);
  for (const auto& [id, touch] : touches) merge(touch);
  expired_.merge(expired);
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
